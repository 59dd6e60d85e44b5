// The follow-up service as a process of its own.
#include "followup/migrations.h"
#include "followup/module.h"
#include "platform/runtime/service_main.h"

int main(int argc, char** argv) {
  return hotline::platform::ServiceMain("followup", argc, argv,
                                        {{"followup", hotline::followup::MakeModule, hotline::followup::Migrations()}});
}
