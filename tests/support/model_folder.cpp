#include "support/model_folder.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

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
  constexpr std::string_view kKey = "\"version\": \"";
  std::string bytes = *language::ReadModelFile(path_ / name);
  const std::size_t key = bytes.find(kKey);
  const std::size_t begin = key + kKey.size();
  if (key == bytes.npos || bytes.find('"', begin) - begin != version.size())
    throw std::invalid_argument{std::string{name} + " has no version of this length"};
  Write(name, bytes.replace(begin, version.size(), version));
}

}  // namespace hotline::tests
