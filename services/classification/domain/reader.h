#pragma once

#include <optional>
#include <span>
#include <string>

#include "classification/domain/dispatch_directory.h"
#include "classification/domain/emotion.h"
#include "classification/domain/kinds.h"
#include "classification/domain/topics.h"
#include "classification/domain/trained_models.h"
#include "classification/domain/turn.h"

namespace hotline::classification {

/// Of a caller's turn.
[[nodiscard]] CallerReading ReadingOf(const TurnUnderstanding& read);

/// Understands turns and calls: the heads, the directory and the rules together.
///
/// Pure: what it answers depends on its arguments and what its stamp names, nothing else. Immutable, thread-safe. A
/// turn takes about a millisecond, a call a few, and each the runs of an encoder where there is one.
class Reader {
 public:
  Reader(const DispatchDirectory& directory, const EmotionReader& emotions, const KindReader& kinds,
         TrainedModels trained);

  /// Stamp of what is compiled in: "linear-2026.11.24+directory-2026.11". An understanding's names the trained models
  /// that spoke besides.
  [[nodiscard]] const std::string& version() const { return version_; }

  /// `before`: the call's earlier turns in order.
  [[nodiscard]] TurnUnderstanding ReadTurn(const CallOpening& opening, std::span<const Turn> before,
                                           const Turn& turn) const;

  /// `turns` in order, at least one; `readings` one for each caller's turn among them. `recorded`: what the agent wrote
  /// down.
  [[nodiscard]] CallUnderstanding ReadCall(const CallOpening& opening, std::span<const Turn> turns,
                                           std::span<const CallerReading> readings,
                                           std::optional<CaseKind> recorded) const;

 private:
  [[nodiscard]] UnderstoodCase MakeCase(const CallOpening& opening, std::span<const Turn> turns,
                                        std::span<const Emotion> emotions, const KindReading::Matter& matter,
                                        bool first, std::string& stamp) const;
  void Dispatch(std::span<const Turn> turns, bool first, UnderstoodCase& understood, std::string& stamp) const;
  /// Nothing where no trained model was given.
  [[nodiscard]] std::optional<TrainedReading> ReadTrained(std::string_view text, std::span<const Turn> so_far) const;
  [[nodiscard]] TrainedDispatch ReadDispatch(std::span<const Turn> turns) const;
  /// Nothing of a letter, and where no encoder had the time.
  [[nodiscard]] std::optional<SoothedVoice> ReadOpening(std::span<const Turn> turns, std::string& stamp) const;
  [[nodiscard]] std::vector<SentenceActs> ReadActs(const Turn& turn, std::string& stamp) const;
  [[nodiscard]] KindReading ReadKinds(std::span<const Turn> turns, std::span<const CallerReading> readings,
                                      std::string& stamp) const;
  /// Adds the trained model that spoke to a stamp, which begins with version().
  void Stamp(std::string_view trained_model, std::string& stamp) const;

  const DispatchDirectory& directory_;
  const EmotionReader& emotions_;
  const KindReader& kinds_;
  TrainedModels trained_;
  std::string version_;
};

}  // namespace hotline::classification
