#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "escalation/domain/call.h"

namespace hotline::escalation {

/// How a call goes, heard over all that its caller has said: a gated recurrent network (GRU) over what classification's
/// encoder made of each turn. It knows what no single turn tells: that somebody asks for the third time, turns polite
/// after being refused, or that alarming words belong to a calm story. Trained on labelled calls
/// (services/language/training/train_course). Causal, immutable, thread-safe; some 10 us a turn.
class CallCourse {
 public:
  /// The one compiled in.
  [[nodiscard]] static const CallCourse& Get();

  /// Throws std::invalid_argument naming the key that is missing or of the wrong size.
  explicit CallCourse(std::string_view json);

  [[nodiscard]] const std::string& version() const { return version_; }

  struct Heard {
    double log_odds = 0;         ///< That a supervisor should have been warned by now.
    const Turn* told = nullptr;  ///< The turn that raised it most.
  };
  /// After the last of `turns`, of which the caller's count. Nothing where one of these has no course, or another
  /// model's: half a call is another call.
  [[nodiscard]] std::optional<Heard> Hear(std::span<const HeardTurn> turns) const;

 private:
  using Vector = std::vector<float>;
  using Matrix = std::vector<Vector>;

  void Step(const Vector& turn, Vector& past) const;

  std::string version_;
  Matrix of_turn_;  // Rows: reset, update, new; as many each as the past has numbers.
  Matrix of_past_;
  Vector bias_of_turn_;
  Vector bias_of_past_;
  Vector warn_;
  float warn_bias_ = 0;
};

}  // namespace hotline::escalation
