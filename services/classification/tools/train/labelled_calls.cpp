#include "classification/tools/train/labelled_calls.h"

#include <algorithm>
#include <fstream>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string_view>

#include <nlohmann/json.hpp>

namespace hotline::classification {
namespace {

using nlohmann::json;

std::string SlotOf(const json& call, const char* name) {
  const json& slot = call.at("expected").at("slots").at(name);
  return slot.is_null() ? std::string{} : slot.get<std::string>();
}

LabelledCall ReadCall(const json& call) {
  LabelledCall read;
  read.id = call.at("id");
  read.kinds = call.at("expected").at("kinds");
  read.when = SlotOf(call, "when");
  read.where = SlotOf(call, "address");
  const platform::Time started = *platform::ParseTime(call.at("started_at").get<std::string>());
  for (const json& said : call.at("turns")) {
    Turn turn;
    turn.number = static_cast<int>(read.turns.size()) + 1;
    turn.speaker = said.at("speaker") == "agent" ? Speaker::kAgent : Speaker::kCaller;
    turn.text = said.at("text");
    turn.said_at = started;
    if (turn.speaker == Speaker::kCaller)
      read.emotions.push_back(call.at("expected").at("emotions").at(std::to_string(turn.number)));
    read.turns.push_back(std::move(turn));
  }
  return read;
}

}  // namespace

std::vector<LabelledCall> ReadCalls(std::span<char* const> files) {
  std::vector<LabelledCall> calls;
  for (const std::string_view file : files) {
    std::ifstream in{std::string{file}};
    if (!in) throw std::runtime_error(std::string{file} + " cannot be read");
    for (std::string line; std::getline(in, line);) calls.push_back(ReadCall(json::parse(line)));
  }
  return calls;
}

std::vector<std::size_t> Folds(std::size_t calls) {
  std::vector<std::size_t> order(calls);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937{7});
  std::vector<std::size_t> folds(calls);
  for (std::size_t i = 0; i < calls; ++i) folds[order[i]] = i % kFolds;
  return folds;
}

}  // namespace hotline::classification
