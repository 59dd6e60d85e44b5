#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

namespace hotline::language {

/// One network, run by several threads side by side; each run takes one thread and gives the same numbers whatever runs
/// beside it. Immutable but for its pool of requests, thread-safe; Run() blocks for a free request and computes.
class Inference {
 public:
  /// Whether this build has the library that runs networks.
  [[nodiscard]] static bool Available();
  /// `graph`: OpenVINO's IR, `weights`: its weights, `outputs`: names of what to read. `requests`: how many run at
  /// once. UNAVAILABLE in a build without OpenVINO; DATA_LOSS when it is no such network.
  static absl::StatusOr<std::unique_ptr<const Inference>> Compile(std::string_view graph, std::string weights,
                                                                  std::vector<std::string> outputs, int requests);
  Inference(const Inference&) = delete;
  Inference& operator=(const Inference&) = delete;
  ~Inference();

  /// Every output, in the order of their names, for one text's tokens: the network computes them all in one run. Of the
  /// tokens the first `meant` are the text's, the rest fills up and is not attended to.
  /// RESOURCE_EXHAUSTED when no request was free for `patience`.
  [[nodiscard]] absl::StatusOr<std::vector<std::vector<double>>> Run(std::span<const std::int64_t> tokens,
                                                                     std::size_t meant,
                                                                     std::chrono::milliseconds patience) const;

 private:
  struct State;
  explicit Inference(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hotline::language
