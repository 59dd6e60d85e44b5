#include "hotline/modules.h"

#include "classification/module.h"
#include "escalation/module.h"
#include "followup/module.h"
#include "intake/module.h"
#include "knowledge/module.h"

namespace hotline {

std::vector<platform::ModuleFactory> AllModules() {
  return {{"intake", intake::MakeModule},
          {"classification", classification::MakeModule},
          {"escalation", escalation::MakeModule},
          {"knowledge", knowledge::MakeModule},
          {"followup", followup::MakeModule}};
}

}  // namespace hotline
