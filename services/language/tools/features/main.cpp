// Features for training, a line in and a line out. usage:
//   hotline-features texts BUCKET_BITS MAX_N                            in: a JSON string
//   hotline-features helpdesk|shop EMOTION_MODEL BUCKET_BITS MAX_N      in: [{"speaker": "caller"|"agent", "text"},
//   ...]
//   hotline-features states ENCODER_MODEL                               in: a JSON string
// out: texts: "bucket:count ..."; helpdesk: {"texts": ["bucket:count ...", ...], "numbers": [...], "encoded": [texts
// whose state is read, ...]}; shop: a list of such objects, one for each of the caller's turns; states: the encoder's
// version first, then a line of numbers for each text.
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <nlohmann/json.hpp>

#include "language/dialogue_features.h"
#include "language/encoder.h"
#include "language/features.h"
#include "language/linear_model.h"

namespace {

namespace language = hotline::language;
using nlohmann::json;

language::FeatureSpace SpaceFrom(char** argument) {
  return {.bucket_bits = static_cast<std::uint32_t>(std::atoi(argument[0])),
          .max_n = static_cast<std::uint32_t>(std::atoi(argument[1]))};
}

std::string Buckets(std::string_view text, const language::FeatureSpace& space) {
  std::string line;
  for (const auto& feature : ExtractFeatures(text, space))
    absl::StrAppend(&line, feature.bucket, ":", feature.count, " ");
  return line;
}

json ToJson(const language::DialogueFeatures& features, const language::FeatureSpace& space) {
  json texts = json::array();
  for (const std::string& text : features.texts) texts.push_back(Buckets(text, space));
  return {{"texts", texts}, {"numbers", features.numbers}, {"encoded", features.encoded}};
}

std::string DialogueLine(const json& input, bool helpdesk, const language::LinearModel& post_emotion,
                         const language::FeatureSpace& space) {
  std::vector<language::DialogueTurn> turns;
  language::TurnEmotions emotions;
  for (const json& turn : input) {
    const bool caller = turn.at("speaker") == "caller";
    turns.push_back({caller ? language::Speaker::kCaller : language::Speaker::kAgent, turn.at("text")});
    emotions.push_back(caller ? post_emotion.Probabilities(turns.back().text) : std::vector<double>{});
  }
  if (helpdesk) return ToJson(HelpdeskFeatures(turns, emotions), space).dump();
  json each = json::array();
  for (std::size_t i = 0; i < turns.size(); ++i) {
    if (turns[i].speaker == language::Speaker::kCaller) each.push_back(ToJson(ShopFeatures(turns, emotions, i), space));
  }
  return each.dump();
}

void EachLine(const std::function<std::string(const json&)>& answer) {
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(json::parse(line)) << '\n';
}

int PrintStates(const char* model) {
  constexpr std::chrono::minutes kPatient{1};
  const auto encoder = language::Encoder::Load(model, {.requests = 1});
  if (!encoder.ok()) {
    std::cerr << encoder.status() << '\n';
    return 1;
  }
  std::cout << (*encoder)->version() << '\n';
  EachLine([&](const json& line) {
    const auto state = (*encoder)->State(line.get_ref<const std::string&>(), kPatient);
    if (!state.ok()) throw std::runtime_error{state.status().ToString()};
    return absl::StrJoin(*state, " ");
  });
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "texts" && argc == 4) {
    const language::FeatureSpace space = SpaceFrom(argv + 2);
    EachLine([&](const json& line) { return Buckets(line.get_ref<const std::string&>(), space); });
    return 0;
  }
  if ((what == "helpdesk" || what == "shop") && argc == 5) {
    const auto post_emotion = language::LinearModel::Load(argv[2]);
    if (!post_emotion.ok()) {
      std::cerr << post_emotion.status() << '\n';
      return 1;
    }
    const language::FeatureSpace space = SpaceFrom(argv + 3);
    EachLine([&](const json& line) { return DialogueLine(line, what == "helpdesk", **post_emotion, space); });
    return 0;
  }
  if (what == "states" && argc == 3) return PrintStates(argv[2]);
  std::cerr << "usage: hotline-features texts BUCKET_BITS MAX_N\n"
               "       hotline-features helpdesk|shop EMOTION_MODEL BUCKET_BITS MAX_N\n"
               "       hotline-features states ENCODER_MODEL\n";
  return 2;
}
