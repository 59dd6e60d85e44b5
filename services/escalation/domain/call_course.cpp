#include "escalation/domain/call_course.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "escalation/domain/embedded_data.h"

namespace hotline::escalation {
namespace {

float Dot(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.F);
}

float Sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

template <typename T>
T Part(const nlohmann::json& json, const char* key) {
  try {
    return json.at(key).get<T>();
  } catch (const nlohmann::json::exception&) {
    throw std::invalid_argument(std::string{"call course: "} + key + " is missing or of another kind");
  }
}

void CheckSize(bool fits, const char* key) {
  if (!fits) throw std::invalid_argument(std::string{"call course: "} + key + " has another size");
}

}  // namespace

const CallCourse& CallCourse::Get() {
  static const CallCourse course{embedded::call_course};
  return course;
}

CallCourse::CallCourse(std::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  version_ = Part<std::string>(json, "version");
  of_turn_ = Part<Matrix>(json, "of_turn");
  of_past_ = Part<Matrix>(json, "of_past");
  bias_of_turn_ = Part<Vector>(json, "bias_of_turn");
  bias_of_past_ = Part<Vector>(json, "bias_of_past");
  warn_ = Part<Vector>(json, "warn");
  warn_bias_ = Part<float>(json, "warn_bias");
  const std::size_t gates = 3 * warn_.size();
  CheckSize(!warn_.empty(), "warn");
  CheckSize(of_turn_.size() == gates && !of_turn_.front().empty(), "of_turn");
  CheckSize(of_past_.size() == gates, "of_past");
  for (std::size_t i = 0; i < gates; ++i) {
    CheckSize(of_turn_[i].size() == of_turn_.front().size(), "of_turn");
    CheckSize(of_past_[i].size() == warn_.size(), "of_past");
  }
  CheckSize(bias_of_turn_.size() == gates, "bias_of_turn");
  CheckSize(bias_of_past_.size() == gates, "bias_of_past");
}

void CallCourse::Step(const Vector& turn, Vector& past) const {
  const std::size_t size = past.size();
  const auto said = [&](std::size_t row) { return Dot(of_turn_[row], turn) + bias_of_turn_[row]; };
  const auto kept = [&](std::size_t row) { return Dot(of_past_[row], past) + bias_of_past_[row]; };
  Vector now(size);
  for (std::size_t i = 0; i < size; ++i) {
    const float reset = Sigmoid(said(i) + kept(i));
    const float update = Sigmoid(said(size + i) + kept(size + i));
    const float fresh = std::tanh(said(2 * size + i) + reset * kept(2 * size + i));
    now[i] = (1 - update) * fresh + update * past[i];
  }
  past = std::move(now);
}

std::optional<CallCourse::Heard> CallCourse::Hear(std::span<const HeardTurn> turns) const {
  Vector past(warn_.size());
  std::optional<Heard> heard;
  double before = warn_bias_;
  double most = 0;
  for (const HeardTurn& turn : turns) {
    if (turn.turn.speaker != Speaker::kCaller) continue;
    if (!turn.reading || !turn.reading->course || turn.reading->course->model != version_ ||
        turn.reading->course->values.size() != of_turn_.front().size()) {
      return std::nullopt;
    }
    Step(turn.reading->course->values, past);
    if (!heard) heard.emplace();
    heard->log_odds = Dot(warn_, past) + warn_bias_;
    if (heard->told == nullptr || heard->log_odds - before > most) {
      most = heard->log_odds - before;
      heard->told = &turn.turn;
    }
    before = heard->log_odds;
  }
  return heard;
}

}  // namespace hotline::escalation
