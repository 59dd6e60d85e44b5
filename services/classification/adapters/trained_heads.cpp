#include "classification/adapters/trained_heads.h"

#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hotline::classification {
namespace {

std::vector<Scored<std::string>> Labelled(std::span<const language::Scored> scored) {
  std::vector<Scored<std::string>> labelled;
  labelled.reserve(scored.size());
  for (const language::Scored& one : scored) labelled.push_back({std::string{one.label}, one.probability});
  return labelled;
}

TrainedReading ReadText(const ModelsInUse& in_use, const language::TurnInCall& turn) {
  const language::Models& models = *in_use.models;
  language::Models::TurnReading read = models.ReadTurn(turn, in_use.readers);
  TrainedReading reading{.topics = {},
                         .emotion = std::move(read.emotion),
                         .concern = {},
                         .satisfaction = {},
                         .course = {},
                         .model = std::string{read.model}};
  reading.topics = Labelled(read.topics);
  if (read.concern) {
    reading.concern.emplace(ConcernVoice{.scores = {}, .linear = read.concern->linear});
    for (std::size_t i = 0; i < read.concern->scores.size(); ++i)
      reading.concern->scores.emplace_back(models.concern_labels()[i], read.concern->scores[i]);
  }
  if (!read.course.empty())
    reading.course = TurnCourse{.model = std::string{models.course_version()}, .values = std::move(read.course)};
  return reading;
}

std::vector<double> Forecast(const language::Models& models, std::span<const Turn> turns) {
  std::vector<language::DialogueTurn> dialogue;
  dialogue.reserve(turns.size());
  for (const Turn& turn : turns) dialogue.push_back({.speaker = turn.speaker, .text = turn.text});
  return models.ForecastVotes(dialogue);
}

TrainedOpening ReadOpening(const ModelsInUse& in_use, std::span<const Turn> turns) {
  std::vector<language::OpeningTurn> opening;
  opening.reserve(turns.size());
  for (const Turn& turn : turns) opening.push_back({.speaker = turn.speaker, .text = turn.text});
  const language::Models::OpeningReading read = in_use.models->ReadOpening(opening, in_use.readers);
  return {.soothed = read.soothed, .model = std::string{read.model}};
}

TrainedActs ReadActs(const ModelsInUse& in_use, std::span<const std::string_view> sentences) {
  const language::Models::ActsReading read = in_use.models->ReadActs(sentences, in_use.readers);
  TrainedActs acts{.sentences = {}, .model = std::string{read.model}};
  for (const auto& sentence : read.sentences)
    acts.sentences.push_back({.acts = Labelled(sentence.acts), .faults = Labelled(sentence.faults)});
  return acts;
}

}  // namespace

language::TurnInCall InCall(std::string_view text, std::span<const Turn> so_far) {
  language::TurnInCall turn{.text = text};
  if (so_far.empty() || so_far.back().speaker != Speaker::kCaller) return turn;
  for (auto before = std::next(so_far.rbegin()); before != so_far.rend(); ++before) {
    if (before->speaker == Speaker::kCaller) {
      turn.earlier = before->text;
      return turn;
    }
    if (turn.agent.empty()) turn.agent = before->text;
  }
  return turn;
}

TrainedModels TrainedHeads(std::function<ModelsInUse()> in_use, platform::Metrics* metrics) {
  return {.read_text =
              [in_use, metrics](std::string_view text, std::span<const Turn> so_far) {
                const ModelsInUse now = in_use();
                TrainedReading reading = ReadText(now, InCall(text, so_far));
                const bool encoder = reading.model != now.models->linear_version();
                if (metrics != nullptr)
                  metrics->Add("hotline_classification_topics_total", 1, {{"encoder", encoder ? "true" : "false"}});
                if (!so_far.empty()) reading.satisfaction = Forecast(*now.models, so_far);
                return reading;
              },
          .read_kind =
              [in_use](std::string_view call_text) {
                const ModelsInUse now = in_use();
                language::Models::KindReading read = now.models->ReadKind(call_text, now.readers);
                return TrainedKind{.kind = std::move(read.kind), .model = std::string{read.model}};
              },
          .read_dispatch =
              [in_use](std::string_view call_text) {
                const ModelsInUse now = in_use();
                const language::Models::DispatchReading read = now.models->ReadDispatch(call_text);
                return TrainedDispatch{.topics = Labelled(read.topics), .departments = Labelled(read.departments)};
              },
          .read_opening = [in_use](std::span<const Turn> turns) { return ReadOpening(in_use(), turns); },
          .read_acts = [in_use](std::span<const std::string_view> sentences) { return ReadActs(in_use(), sentences); }};
}

}  // namespace hotline::classification
