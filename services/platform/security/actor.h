#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <absl/status/status.h>

namespace hotline::platform {

enum class Role { kAgent, kSupervisor, kKnowledge, kFollowUp, kDirector, kSystem };

[[nodiscard]] std::string_view Name(
    Role role);  ///< "agent", "supervisor", "knowledge", "follow-up", "director", "system"

/// Who makes a call (design.md §5.10). History rows name it.
struct Actor {
  std::string id;
  Role role = Role::kAgent;
  bool development = false;  ///< The unnamed actor of loopback: holds every role.
};

/// PERMISSION_DENIED naming the roles that may, unless `actor` holds one of them.
[[nodiscard]] absl::Status RequireRole(const Actor& actor, std::initializer_list<Role> allowed);

}  // namespace hotline::platform
