#include "support/model_folder.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "language/model_file.h"
#include "language/models.h"

namespace hotline::tests {

ModelFolder::ModelFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "hotline-models-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
  path_ = name;
  for (const char* const model : {"topics", "post_emotion", "helpdesk", "shop"}) {
    const std::string file = std::string{model} + ".model";
    std::filesystem::copy_file(language::ModelDirectory() / file, path_ / file);
  }
}

ModelFolder::~ModelFolder() { std::filesystem::remove_all(path_); }

void ModelFolder::Write(std::string_view name, std::string_view bytes) const {
  const std::filesystem::path beside = path_ / (std::string{name} + ".new");
  std::ofstream{beside, std::ios::binary} << bytes;
  std::filesystem::rename(beside, path_ / name);
}

void ModelFolder::Stamp(std::string_view name, std::string_view version) const {
  constexpr std::size_t kMagic = 8;
  const std::string bytes = *language::ReadModelFile(path_ / name);
  std::uint32_t size = 0;
  std::memcpy(&size, bytes.data() + kMagic, sizeof size);
  const std::size_t begin = kMagic + sizeof size;
  const std::size_t weights = begin + size;
  auto header = nlohmann::json::parse(bytes.substr(begin, size));
  header.at("version") = version;
  const std::string stamped = header.dump();
  size = static_cast<std::uint32_t>(stamped.size());
  std::string changed = bytes.substr(0, kMagic);
  changed.append(reinterpret_cast<const char*>(&size), sizeof size);
  Write(name, changed.append(stamped).append(bytes, weights));
}

}  // namespace hotline::tests
