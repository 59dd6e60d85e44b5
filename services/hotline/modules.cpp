#include "hotline/modules.h"

#include "classification/migrations.h"
#include "classification/module.h"
#include "escalation/migrations.h"
#include "escalation/module.h"
#include "followup/migrations.h"
#include "followup/module.h"
#include "intake/migrations.h"
#include "intake/module.h"
#include "knowledge/migrations.h"
#include "knowledge/module.h"

namespace hotline {

std::vector<platform::ModuleFactory> AllModules() {
  return {{"intake", intake::MakeModule, intake::Migrations()},
          {"classification", classification::MakeModule, classification::Migrations()},
          {"escalation", escalation::MakeModule, escalation::Migrations()},
          {"knowledge", knowledge::MakeModule, knowledge::Migrations()},
          {"followup", followup::MakeModule, followup::Migrations()}};
}

}  // namespace hotline
