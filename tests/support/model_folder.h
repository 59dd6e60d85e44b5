#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace hotline::tests {

/// A directory of its own with the shipped linear models, to be changed as whoever brings new ones would. Removed at
/// the end.
class ModelFolder {
 public:
  ModelFolder();
  ~ModelFolder();
  ModelFolder(const ModelFolder&) = delete;
  ModelFolder& operator=(const ModelFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Puts a file in the place of another at once.
  void Write(std::string_view name, std::string_view bytes) const;
  /// The same model under another version.
  void Stamp(std::string_view name, std::string_view version) const;

 private:
  std::filesystem::path path_;
};

}  // namespace hotline::tests
