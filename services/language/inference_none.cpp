// Of a build without OpenVINO.
#include "language/inference.h"

namespace hotline::language {

struct Inference::State {};

bool Inference::Available() { return false; }

Inference::Inference(std::unique_ptr<State> state) : state_{std::move(state)} {}
Inference::~Inference() = default;

absl::StatusOr<std::unique_ptr<const Inference>> Inference::Compile(std::string_view, std::string,
                                                                    std::vector<std::string>, int) {
  return absl::UnavailableError("this build has no OpenVINO");
}

absl::StatusOr<std::vector<std::vector<double>>> Inference::Run(std::span<const std::int64_t>, std::size_t,
                                                                std::chrono::milliseconds) const {
  return absl::UnavailableError("this build has no OpenVINO");
}

}  // namespace hotline::language
