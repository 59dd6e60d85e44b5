#include "language/model_file.h"

#include <fstream>
#include <sstream>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

namespace hotline::language {

absl::StatusOr<nlohmann::json> ModelReader::Header(std::string_view magic) {
  if (Take(magic.size()) != magic) {
    return absl::DataLossError(absl::StrCat("it does not start with ", std::string{magic}));
  }
  const auto header_bytes = One<std::uint32_t>();
  auto header = nlohmann::json::parse(Take(header_bytes), nullptr, /*allow_exceptions=*/false);
  if (!header.is_object()) return absl::DataLossError("its header is not JSON");
  return header;
}

absl::StatusOr<std::string> ReadModelFile(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in) return absl::NotFoundError(absl::StrCat("no model at ", file.string()));
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return std::move(bytes).str();
}

absl::Status Guarded(const std::function<absl::Status()>& parse) {
  try {
    return parse();
  } catch (const std::exception& wrong) {
    return absl::DataLossError(wrong.what());
  }
}

absl::Status NotAModel(const std::filesystem::path& file, const absl::Status& problem) {
  return absl::DataLossError(absl::StrCat(file.string(), " is not a whole model file: ", problem.message()));
}

}  // namespace hotline::language
