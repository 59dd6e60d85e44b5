// The knowledge service as a process of its own.
#include "knowledge/migrations.h"
#include "knowledge/module.h"
#include "platform/runtime/service_main.h"

int main(int argc, char** argv) {
  return hotline::platform::ServiceMain(
      "knowledge", argc, argv, {{"knowledge", hotline::knowledge::MakeModule, hotline::knowledge::Migrations()}});
}
