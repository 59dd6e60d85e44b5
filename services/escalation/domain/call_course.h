#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "escalation/domain/call.h"

namespace hotline::escalation {

/// How a call goes, heard over all that its caller has said: gated recurrent networks (GRU) over what classification's
/// encoder made of each turn, whose log-odds are averaged: they learned apart, and one alone is surer than it is right.
/// It knows what no single turn tells: that somebody asks for the third time, turns polite after being refused, or that
/// alarming words belong to a calm story. Trained on labelled calls (services/language/training/train_course). Causal,
/// immutable, thread-safe. Hears the call from its beginning each time: some tens of microseconds for each of its
/// turns.
class CallCourse {
 public:
  /// The one compiled in.
  [[nodiscard]] static const CallCourse& Get();

  /// Throws std::invalid_argument naming the key that is missing or of the wrong size.
  explicit CallCourse(std::string_view json);

  [[nodiscard]] const std::string& version() const { return version_; }

  /// What the course tells of one question: log-odds, and the turn that raised them most.
  struct Told {
    double log_odds = 0;
    const Turn* turn = nullptr;
  };
  struct Heard {
    Told warn;  ///< That a supervisor should have been warned by now.
    Told red;   ///< That it is a matter of life, of a crowd, or of an informant's safety.
  };
  /// After the last of `turns`, of which the caller's count. Nothing where one of these has no course, or another
  /// model's: half a call is another call.
  [[nodiscard]] std::optional<Heard> Hear(std::span<const HeardTurn> turns) const;

 private:
  using Vector = std::vector<float>;
  using Matrix = std::vector<Vector>;

  /// What is asked of the past.
  struct Question {
    Vector weights;
    float bias = 0;
    [[nodiscard]] double LogOdds(const Vector& past) const;
  };
  struct Network {
    Matrix of_turn;  // Rows: reset, update, new; as many each as the past has numbers.
    Matrix of_past;
    Vector bias_of_turn;
    Vector bias_of_past;
    Question warn;
    Question red;
    void Step(const Vector& turn, Vector& past) const;
  };
  class Listening;

  static Network NetworkFrom(const nlohmann::json& json);

  std::string version_;
  std::vector<Network> networks_;
};

}  // namespace hotline::escalation
