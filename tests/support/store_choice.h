#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace hotline::tests {

/// The environment of a process whose data is in `data`: none, so that it keeps its databases there; or, where this
/// program runs with HOTLINE_TEST_STORE=postgresql, a database of its own on a real server, the same for the same
/// folder.
[[nodiscard]] std::map<std::string, std::string> StoreOf(const std::filesystem::path& data);

}  // namespace hotline::tests
