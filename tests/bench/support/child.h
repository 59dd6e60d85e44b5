#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace hotline::bench {

/// A program as a child process that dies with this one. It tells its address in the file `folder`/LOCK, as Hotline's
/// processes do in their data directory.
class Child {
 public:
  using Settings = std::map<std::string, std::string>;

  /// Returns once it serves. `settings`: of the environment, without "HOTLINE_". Throws when it ends before.
  Child(const std::string& program, const std::vector<std::string>& arguments, std::filesystem::path folder,
        const Settings& settings);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] const std::string& address() const { return address_; }

  /// Returns once it has nothing left to do, as far as its use of the processors tells; after 10 s at the latest.
  void AwaitQuiet() const;

 private:
  [[nodiscard]] long Ticks() const;

  const std::filesystem::path folder_;
  pid_t pid_ = -1;
  std::string address_;
};

}  // namespace hotline::bench
