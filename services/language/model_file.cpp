#include "language/model_file.h"

#include <fstream>

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
  std::error_code unknown;
  const std::uintmax_t size = std::filesystem::file_size(file, unknown);
  std::ifstream in{file, std::ios::binary};
  if (unknown || !in) return absl::NotFoundError(absl::StrCat("no model at ", file.string()));
  std::string bytes(size, '\0');  // At once: what grows bit by bit is twice as large for a while.
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
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
