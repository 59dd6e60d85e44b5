#pragma once

#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>
#include <nlohmann/json_fwd.hpp>

namespace hotline::language {

/// Takes fixed parts off the front of a model file's bytes (little endian); remembers whether they were all there.
class ModelReader {
 public:
  explicit ModelReader(std::string_view bytes) : bytes_{bytes} {}

  [[nodiscard]] std::string_view Take(std::size_t size) {
    if (size > bytes_.size()) {
      short_ = true;
      size = bytes_.size();
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  template <typename T>
  void Fill(std::vector<T>& values, std::size_t count) {
    const std::string_view taken = Take(count * sizeof(T));
    values.resize(taken.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), taken.data(), values.size() * sizeof(T));
  }
  template <typename T>
  [[nodiscard]] T One() {
    std::vector<T> value;
    Fill(value, 1);
    return value.empty() ? T{} : value.front();
  }
  /// The magic word, a length and a JSON object; DATA_LOSS otherwise.
  [[nodiscard]] absl::StatusOr<nlohmann::json> Header(std::string_view magic);
  [[nodiscard]] bool whole() const { return !short_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool short_ = false;
};

/// A model file's bytes; NOT_FOUND names the file.
[[nodiscard]] absl::StatusOr<std::string> ReadModelFile(const std::filesystem::path& file);
/// What `parse` says; DATA_LOSS for what it throws, as the header's values of a wrong type do.
[[nodiscard]] absl::Status Guarded(const std::function<absl::Status()>& parse);
/// DATA_LOSS that names the file, for what `problem` says of its content.
[[nodiscard]] absl::Status NotAModel(const std::filesystem::path& file, const absl::Status& problem);

/// More buckets than this are a damaged header, not a model.
constexpr std::uint32_t kMaxBucketBits = 24;

}  // namespace hotline::language
