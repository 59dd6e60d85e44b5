// The classification service as a process of its own.
#include "classification/migrations.h"
#include "classification/module.h"
#include "platform/runtime/service_main.h"

int main(int argc, char** argv) {
  return hotline::platform::ServiceMain(
      "classification", argc, argv,
      {{"classification", hotline::classification::MakeModule, hotline::classification::Migrations()}});
}
