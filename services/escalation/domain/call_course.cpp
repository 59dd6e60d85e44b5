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

/// One question's log-odds, turn after turn.
class Course {
 public:
  explicit Course(double before_anybody_speaks) : told_{.log_odds = before_anybody_speaks} {}

  void Next(double log_odds, const Turn& turn) {
    const double raised = log_odds - told_.log_odds;
    if (told_.turn == nullptr || raised > most_) {
      most_ = raised;
      told_.turn = &turn;
    }
    told_.log_odds = log_odds;
  }
  [[nodiscard]] const CallCourse::Told& told() const { return told_; }

 private:
  CallCourse::Told told_;
  double most_ = 0;
};

}  // namespace

double CallCourse::Question::LogOdds(const Vector& past) const { return Dot(weights, past) + bias; }

const CallCourse& CallCourse::Get() {
  static const CallCourse course{embedded::call_course};
  return course;
}

CallCourse::CallCourse(std::string_view text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  version_ = Part<std::string>(json, "version");
  for (const nlohmann::json& network : Part<std::vector<nlohmann::json>>(json, "networks"))
    networks_.push_back(NetworkFrom(network));
  CheckSize(!networks_.empty(), "networks");
  for (const Network& network : networks_)
    CheckSize(network.of_turn.front().size() == networks_.front().of_turn.front().size(), "of_turn");
}

CallCourse::Network CallCourse::NetworkFrom(const nlohmann::json& json) {
  Network network{.of_turn = Part<Matrix>(json, "of_turn"),
                  .of_past = Part<Matrix>(json, "of_past"),
                  .bias_of_turn = Part<Vector>(json, "bias_of_turn"),
                  .bias_of_past = Part<Vector>(json, "bias_of_past"),
                  .warn = {.weights = Part<Vector>(json, "warn"), .bias = Part<float>(json, "warn_bias")},
                  .red = {.weights = Part<Vector>(json, "red"), .bias = Part<float>(json, "red_bias")}};
  const std::size_t size = network.warn.weights.size();
  CheckSize(size > 0, "warn");
  CheckSize(network.red.weights.size() == size, "red");
  CheckSize(network.of_turn.size() == 3 * size && !network.of_turn.front().empty(), "of_turn");
  CheckSize(network.of_past.size() == 3 * size, "of_past");
  for (std::size_t i = 0; i < 3 * size; ++i) {
    CheckSize(network.of_turn[i].size() == network.of_turn.front().size(), "of_turn");
    CheckSize(network.of_past[i].size() == size, "of_past");
  }
  CheckSize(network.bias_of_turn.size() == 3 * size, "bias_of_turn");
  CheckSize(network.bias_of_past.size() == 3 * size, "bias_of_past");
  return network;
}

void CallCourse::Network::Step(const Vector& turn, Vector& past) const {
  const std::size_t size = past.size();
  const auto said = [&](std::size_t row) { return Dot(of_turn[row], turn) + bias_of_turn[row]; };
  const auto kept = [&](std::size_t row) { return Dot(of_past[row], past) + bias_of_past[row]; };
  Vector now(size);
  for (std::size_t i = 0; i < size; ++i) {
    const float reset = Sigmoid(said(i) + kept(i));
    const float update = Sigmoid(said(size + i) + kept(size + i));
    const float fresh = std::tanh(said(2 * size + i) + reset * kept(2 * size + i));
    now[i] = (1 - update) * fresh + update * past[i];
  }
  past = std::move(now);
}

/// All networks, hearing one call.
class CallCourse::Listening {
 public:
  explicit Listening(const std::vector<Network>& networks) : networks_{networks} {
    for (const Network& network : networks) pasts_.emplace_back(network.warn.weights.size());
  }
  void Hear(const Vector& turn) {
    for (std::size_t i = 0; i < networks_.size(); ++i) networks_[i].Step(turn, pasts_[i]);
  }
  [[nodiscard]] double Mean(Question Network::*question) const {
    double sum = 0;
    for (std::size_t i = 0; i < networks_.size(); ++i) sum += (networks_[i].*question).LogOdds(pasts_[i]);
    return sum / static_cast<double>(networks_.size());
  }

 private:
  const std::vector<Network>& networks_;
  std::vector<Vector> pasts_;
};

std::optional<CallCourse::Heard> CallCourse::Hear(std::span<const HeardTurn> turns) const {
  Listening listening{networks_};
  Course warn{listening.Mean(&Network::warn)};
  Course red{listening.Mean(&Network::red)};
  for (const HeardTurn& turn : turns) {
    if (turn.turn.speaker != Speaker::kCaller) continue;
    if (!turn.reading || !turn.reading->course || turn.reading->course->model != version_ ||
        turn.reading->course->values.size() != networks_.front().of_turn.front().size()) {
      return std::nullopt;
    }
    listening.Hear(turn.reading->course->values);
    warn.Next(listening.Mean(&Network::warn), turn.turn);
    red.Next(listening.Mean(&Network::red), turn.turn);
  }
  if (warn.told().turn == nullptr) return std::nullopt;
  return Heard{.warn = warn.told(), .red = red.told()};
}

}  // namespace hotline::escalation
