#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace hotline::architecture {

/// Source files by their path below services/: "intake/app/intake.h" -> its text.
using SourceTree = std::map<std::string, std::string>;

/// An #include that design.md §2 does not allow.
struct Violation {
  std::string file;
  int line = 0;
  std::string include;
  std::string rule;
};

/// "intake/app/intake.h:12: includes "followup/module.h": services never include one another"
[[nodiscard]] std::string ToString(const Violation& violation);

/// Every .h and .cpp file below `services`.
[[nodiscard]] SourceTree ReadSources(const std::filesystem::path& services);

/// What breaks the rules of the house:
/// - inside a service, arrows point one way: domain <- app <- adapters <- rpc <- module <- main;
/// - services never include one another; they share contracts, platform and language;
/// - generated protobuf and gRPC stop at rpc/ and adapters/;
/// - SOCI, SQLite, Kafka and Redis are named in platform/ alone;
/// - OpenVINO is named in language/ alone;
/// - platform knows no service, language no transport and no store, contracts nothing but themselves;
/// - domain does no input or output.
[[nodiscard]] std::vector<Violation> BrokenRules(const SourceTree& sources);

}  // namespace hotline::architecture
