#include "platform/security/actor.h"

#include <algorithm>

namespace hotline::platform {

std::string_view Name(Role role) {
  switch (role) {
    case Role::kAgent: return "agent";
    case Role::kSupervisor: return "supervisor";
    case Role::kKnowledge: return "knowledge";
    case Role::kFollowUp: return "follow-up";
    case Role::kDirector: return "director";
    case Role::kSystem: return "system";
  }
  return "unknown";
}

absl::Status RequireRole(const Actor& actor, std::initializer_list<Role> allowed) {
  if (actor.development || std::find(allowed.begin(), allowed.end(), actor.role) != allowed.end()) {
    return absl::OkStatus();
  }
  std::string names;
  for (const Role role : allowed) names.append(names.empty() ? "" : ", ").append(Name(role));
  return absl::PermissionDeniedError("this needs one of the roles: " + names);
}

}  // namespace hotline::platform
