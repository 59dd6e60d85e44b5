#include "platform/runtime/data_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace hotline::platform {
namespace {

absl::Status Failed(const std::string& what, int error) {
  return absl::FailedPreconditionError(what + ": " + std::generic_category().message(error));
}

std::string ReadAddress(int file) {
  std::array<char, 256> text{};
  const auto length = pread(file, text.data(), text.size(), 0);
  return length > 0 ? std::string{text.data(), static_cast<std::size_t>(length)} : "";
}

}  // namespace

absl::StatusOr<std::unique_ptr<DataLock>> DataLock::Take(const std::filesystem::path& directory) {
  std::error_code error;
  if (std::filesystem::create_directories(directory, error)) {
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  }
  if (error) return Failed("cannot make the data directory " + directory.string(), error.value());
  const int file = open((directory / "LOCK").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return Failed("cannot use the data directory " + directory.string(), errno);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    const std::string address = ReadAddress(file);
    close(file);
    return absl::FailedPreconditionError("the data directory " + directory.string() + " is in use by a process " +
                                         (address.empty() ? "that is just starting" : "serving at " + address));
  }
  auto lock = std::unique_ptr<DataLock>{new DataLock{file}};
  lock->Publish("");  // What an earlier holder left is no longer true.
  return lock;
}

DataLock::~DataLock() {
  Publish("");
  close(file_);
}

void DataLock::Publish(std::string_view address) {
  // A message for people: that it cannot be written does not weaken the lock.
  if (ftruncate(file_, 0) == 0 && pwrite(file_, address.data(), address.size(), 0) < 0) return;
}

}  // namespace hotline::platform
