#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classification/domain/turn.h"
#include "language/encoder.h"

namespace hotline::classification {

/// What trained models say of a text: topics always, maybe only some; of feeling and concern where an encoder had the
/// time. `model` is the stamp of what answered: a busy encoder leaves it to the linear heads.
struct TrainedReading {
  std::vector<Scored<std::string>> topics;
  std::optional<language::HeadVoice> emotion;  ///< Of each emotion, by number - 1.
  std::optional<ConcernVoice> concern;
  /// Of a call so far: how probable the votes -2, -1, 0, 1, 2 are if it ends here; empty where none was given.
  std::vector<double> satisfaction;
  std::optional<TurnCourse> course;
  std::string model;
};

/// What an encoder says of the kind of a call, by number - 1; `model` as above.
struct TrainedKind {
  std::optional<language::HeadVoice> kind;
  std::string model;
};

/// What an encoder says of how a call began; `model` as above.
struct TrainedOpening {
  std::optional<SoothedVoice> soothed;
  std::string model;
};

/// What an encoder says an agent does with each of some sentences; empty where it had no time. `model` as above.
struct TrainedActs {
  std::vector<SentenceActs> sentences;
  std::string model;
};

/// What models of whole calls say of the topic and of who leads, probabilities, best first; empty where there is none.
struct TrainedDispatch {
  std::vector<Scored<std::string>> topics;
  std::vector<Scored<std::string>> departments;
};

/// The trained models that the reader asks. Each may be empty; all must be thread-safe.
struct TrainedModels {
  /// `so_far`: the call up to the turn that the text is; none where the text is no turn.
  std::function<TrainedReading(std::string_view text, std::span<const Turn> so_far)> read_text;
  std::function<TrainedKind(std::string_view call_text)> read_kind;
  /// Of what both speakers say, a line a turn.
  std::function<TrainedDispatch(std::string_view call_text)> read_dispatch = {};
  /// Of a call that both speak in.
  std::function<TrainedOpening(std::span<const Turn> turns)> read_opening = {};
  std::function<TrainedActs(std::span<const std::string_view> sentences)> read_acts = {};
};

}  // namespace hotline::classification
