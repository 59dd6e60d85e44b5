// The intake service as a process of its own.
#include "intake/migrations.h"
#include "intake/module.h"
#include "platform/runtime/service_main.h"

int main(int argc, char** argv) {
  return hotline::platform::ServiceMain("intake", argc, argv,
                                        {{"intake", hotline::intake::MakeModule, hotline::intake::Migrations()}});
}
