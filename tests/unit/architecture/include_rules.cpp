#include "unit/architecture/include_rules.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

namespace hotline::architecture {
namespace {

constexpr std::array<std::string_view, 5> kServices = {"intake", "classification", "escalation", "knowledge",
                                                       "followup"};

/// The rings of a service, from the inside out: each may include itself and what is inside of it. Adapters come before
/// rpc because both speak the contracts' messages and the translation of a shared one is an adapter.
enum class Ring { kDomain, kApp, kAdapters, kRpc, kModule, kMain };

/// A file or what an #include names, as the house sees it.
struct Place {
  std::string_view part;    ///< "intake", "platform", …; empty when it is none of ours.
  std::string_view folder;  ///< "app"; empty directly below the part.
  std::string_view file;    ///< "intake.h"
};

Place PlaceOf(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {.part = {}, .folder = {}, .file = path};
  const std::string_view rest = path.substr(slash + 1);
  const std::size_t next = rest.find('/');
  if (next == std::string_view::npos) return {.part = path.substr(0, slash), .folder = {}, .file = rest};
  return {.part = path.substr(0, slash), .folder = rest.substr(0, next), .file = rest.substr(next + 1)};
}

bool IsService(std::string_view part) { return std::ranges::find(kServices, part) != kServices.end(); }

bool IsOurs(std::string_view part) {
  return IsService(part) || part == "contracts" || part == "platform" || part == "language" || part == "hotline";
}

/// Nothing for a folder that the house does not have.
std::optional<Ring> RingOf(const Place& place) {
  if (place.folder == "domain") return Ring::kDomain;
  if (place.folder == "app") return Ring::kApp;
  if (place.folder == "adapters") return Ring::kAdapters;
  if (place.folder == "rpc") return Ring::kRpc;
  if (place.folder == "tools" || place.folder == "training") return Ring::kMain;  // Programs of their own.
  if (!place.folder.empty()) return std::nullopt;
  return place.file == "main.cpp" ? Ring::kMain : Ring::kModule;
}

bool StartsWithAny(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return text.starts_with(prefix); });
}

bool IsDriver(std::string_view include) {
  return StartsWithAny(include,
                       {"soci/", "soci-", "sqlite3", "librdkafka/", "hiredis/", "libpq", "postgresql/", "event2/"});
}

/// Protobuf and gRPC, generated or not; contracts/ is made of them.
bool IsWire(std::string_view include) {
  return include.ends_with(".pb.h") || StartsWithAny(include, {"google/protobuf/", "grpcpp/", "grpc/", "contracts/"});
}

bool MaySpeakWire(const Place& from) {
  if (from.part == "contracts" || from.part == "hotline") return true;
  if (from.part == "platform") return from.folder == "rpc" || from.folder == "runtime";
  if (!IsService(from.part)) return false;
  const std::optional<Ring> ring = RingOf(from);
  return ring && *ring >= Ring::kAdapters;
}

bool IsInputOrOutput(std::string_view include) {
  if (StartsWithAny(include, {"sys/", "netinet/"})) return true;
  constexpr std::array<std::string_view, 7> kHeaders = {"fstream", "iostream",           "filesystem", "thread",
                                                        "future",  "condition_variable", "unistd.h"};
  if (std::ranges::find(kHeaders, include) != kHeaders.end()) return true;
  return StartsWithAny(
      include, {"platform/bus/", "platform/store/", "platform/cache/", "platform/config/", "platform/concurrency/",
                "platform/runtime/", "platform/telemetry/", "platform/rpc/rpc.h", "platform/rpc/client.h"});
}

/// The rule that an #include breaks; empty when it breaks none.
std::string_view RuleBrokenBy(const Place& from, std::string_view include) {
  const Place to = PlaceOf(include);
  if (IsDriver(include) && from.part != "platform") return "SOCI, SQLite, Kafka and Redis are named in platform/ alone";
  if (include.starts_with("openvino/") && from.part != "language") return "OpenVINO is named in language/ alone";
  if (IsWire(include) && !MaySpeakWire(from)) return "protobuf and gRPC stop at rpc/ and adapters/";
  if (from.part == "contracts" && IsOurs(to.part) && to.part != "contracts") return "contracts need nothing of ours";
  // What operators ask of any service is the platform's own contract.
  const bool own_contract = include.starts_with("hotline/operations/");
  if (from.part == "platform" && IsOurs(to.part) && to.part != "platform" && to.part != "contracts" && !own_contract) {
    return "platform knows no business word";
  }
  if (from.part == "language") {
    if (IsOurs(to.part) && to.part != "language" && to.part != "platform") return "language is pure functions";
    if (to.part == "platform" && !to.folder.empty()) return "language is pure functions";
  }
  const bool of_a_program =
      include == std::string{to.part} + "/module.h" || include == std::string{to.part} + "/migrations.h";
  if (IsService(to.part) && from.part == "hotline" && !of_a_program) {
    return "the program builds services by their module.h and brings up their schemas by their migrations.h";
  }
  if (to.part == "hotline" && from.part != "hotline" && !include.ends_with(".pb.h")) return "nobody needs the program";
  if (!IsService(from.part)) return "";

  if (IsService(to.part) && to.part != from.part) return "services never include one another";
  const std::optional<Ring> ring = RingOf(from);
  if (!ring) return "a service has domain, app, adapters, rpc, module and main";
  if (*ring == Ring::kDomain && IsInputOrOutput(include)) return "domain does no input or output";
  if (to.part != from.part) return "";
  const std::optional<Ring> inner = RingOf(to);
  const bool generated = to.folder.empty() && to.file == "migrations.h";
  if (!inner || (*inner > *ring && !generated)) return "domain <- app <- adapters <- rpc <- module <- main";
  return "";
}

/// What stands between the quotes or angle brackets; empty when the line includes nothing.
std::string_view IncludeOf(std::string_view line) {
  const std::size_t hash = line.find_first_not_of(" \t");
  if (hash == std::string_view::npos || line[hash] != '#') return {};
  const std::size_t word = line.find_first_not_of(" \t", hash + 1);
  if (word == std::string_view::npos || !line.substr(word).starts_with("include")) return {};
  const std::size_t open = line.find_first_of("\"<", word);
  if (open == std::string_view::npos) return {};
  const std::size_t close = line.find_first_of("\">", open + 1);
  return close == std::string_view::npos ? std::string_view{} : line.substr(open + 1, close - open - 1);
}

}  // namespace

std::string ToString(const Violation& violation) {
  return violation.file + ":" + std::to_string(violation.line) + ": includes \"" + violation.include +
         "\": " + violation.rule;
}

SourceTree ReadSources(const std::filesystem::path& services) {
  SourceTree sources;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{services}) {
    const std::filesystem::path& path = entry.path();
    if (!entry.is_regular_file() || (path.extension() != ".h" && path.extension() != ".cpp")) continue;
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    sources.emplace(path.lexically_relative(services).generic_string(), text.str());
  }
  return sources;
}

std::vector<Violation> BrokenRules(const SourceTree& sources) {
  std::vector<Violation> violations;
  for (const auto& [file, text] : sources) {
    std::istringstream lines{text};
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      const std::string_view include = IncludeOf(line);
      if (include.empty()) continue;
      const std::string_view rule = RuleBrokenBy(PlaceOf(file), include);
      if (!rule.empty()) violations.push_back({file, number, std::string{include}, std::string{rule}});
    }
  }
  return violations;
}

}  // namespace hotline::architecture
