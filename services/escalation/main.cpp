// The escalation service as a process of its own.
#include "escalation/migrations.h"
#include "escalation/module.h"
#include "platform/runtime/service_main.h"

int main(int argc, char** argv) {
  return hotline::platform::ServiceMain(
      "escalation", argc, argv, {{"escalation", hotline::escalation::MakeModule, hotline::escalation::Migrations()}});
}
