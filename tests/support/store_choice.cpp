#include "support/store_choice.h"

#include <cstdlib>
#include <functional>
#include <string_view>

#include "support/postgres_server.h"

namespace hotline::tests {

std::map<std::string, std::string> StoreOf(const std::filesystem::path& data) {
  const char* const chosen = std::getenv("HOTLINE_TEST_STORE");
  if (chosen == nullptr || std::string_view{chosen} != "postgresql") return {};
  const std::string name = "data_" + std::to_string(std::hash<std::string>{}(data.string()));
  return {{"HOTLINE_STORE", "postgresql"},
          {"HOTLINE_POSTGRES", SharedPostgres().Database(name)},
          {"HOTLINE_POSTGRES_WRITERS", "2"}};
}

}  // namespace hotline::tests
