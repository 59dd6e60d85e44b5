#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include <absl/status/statusor.h>

namespace hotline::platform {

/// The right of one process to a data directory, held by a lock on its file LOCK and given back with the process,
/// however it ends. The file says where the holder can be reached.
class DataLock final {
 public:
  /// Makes the directory (mode 0700) where there is none. FAILED_PRECONDITION names the holder's address.
  static absl::StatusOr<std::unique_ptr<DataLock>> Take(const std::filesystem::path& directory);
  ~DataLock();
  DataLock(const DataLock&) = delete;
  DataLock& operator=(const DataLock&) = delete;

  void Publish(std::string_view address);

 private:
  explicit DataLock(int file) : file_{file} {}
  const int file_;
};

}  // namespace hotline::platform
