#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "language/inference.h"
#include "language/vocabulary.h"
#include "language/word_piece.h"

namespace hotline::language {

/// What the encoder is asked; each has a head of its own on the shared network.
enum class EncoderTask { kTopics, kPostEmotion, kTurnEmotion, kConcern, kCallKind, kSoothed };
inline constexpr std::size_t kEncoderTasks = 6;
/// Of a text's state: the first token's, and the mean of all.
inline constexpr std::size_t kStateSize = 1024;

/// What the network alone says of a text: by EncoderTask a score a label, and behind them the text's state, which heads
/// outside of the network read.
using EncoderScores = std::vector<std::vector<double>>;

/// What was said of the last few texts, by their tokens. Thread-safe.
class RecentScores {
 public:
  [[nodiscard]] std::optional<EncoderScores> Find(std::span<const std::int64_t> tokens);
  void Keep(std::span<const std::int64_t> tokens, const EncoderScores& scores);

 private:
  struct Text {
    std::vector<std::int64_t> tokens;
    EncoderScores scores;
  };
  std::mutex mutex_;
  std::deque<Text> texts_;  ///< The latest first.
};

/// A head's say where it decides together with a linear head.
struct HeadVoice {
  std::vector<double> scores;  ///< Weighed log-odds, one a label.
  double linear = 1;           ///< How much the logarithm of the linear head's probabilities counts beside them.

  /// softmax(scores + linear * log(probabilities)); `probabilities` in the same order.
  [[nodiscard]] std::vector<double> With(std::span<const double> probabilities) const;
};

/// A caller's turn as the heads of turns hear it: "对，易碎的" alone tells little.
struct TurnInCall {
  std::string_view text;
  std::string_view earlier = {};  ///< What the caller said last before it.
  std::string_view agent = {};    ///< What the agent said since.
};

/// [CLS] turn [SEP] earlier [SEP] agent [SEP]; what is empty is left out, with its [SEP].
struct TurnTokens {
  std::vector<std::int64_t> all;
  std::size_t own = 0;  ///< So many of the first are the turn's.
};

/// How a call begins: turns of both speakers in order, as the head that hears who was soothed is trained on them.
struct OpeningTurn {
  Speaker speaker = Speaker::kCaller;
  std::string_view text;
};

/// How the encoder shares the machine.
struct EncoderSharing {
  int requests = 0;  ///< Texts read at once, each on one thread; 0: one a processor, at most four.
  /// How long a live turn waits for a free one before the linear heads answer alone.
  std::chrono::milliseconds patience{50};
  /// Texts are filled up to a multiple of so many tokens. For every length that is new the library makes its steps
  /// anew: of calls, whose turns have all lengths, that was a third of the time and half of the memory.
  std::size_t whole = 16;
};

/// A small BERT fine-tuned for the hotline's tasks. It speaks together with the linear head of the same task
/// (HeadVoice), both weighed on rows that neither has seen. Immutable, thread-safe; a run takes one thread and a few
/// milliseconds.
///
/// File (little endian): "HLEN0001", u32 length of a JSON header {name, version, vocabulary_bytes, graph_bytes,
/// weights_bytes, checksum, heads: {TASK: {labels, max_tokens, encoder, linear}}, before_tokens: [how much of what the
/// caller said before a turn, of what the agent said], opening: {turns, tokens: how many turns of a call's opening, and
/// how much of each}}, the vocabulary (a token a line), the graph (OpenVINO's IR) and its weights. Without
/// before_tokens a turn is read alone.
class Encoder {
 public:
  /// NOT_FOUND; DATA_LOSS when the file is not such a model, is cut or damaged; UNAVAILABLE in a build without
  /// OpenVINO.
  static absl::StatusOr<std::unique_ptr<const Encoder>> Load(const std::filesystem::path& file,
                                                             const EncoderSharing& sharing = {});

  /// "encoder-2026.11.25"
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] std::span<const std::string> labels(EncoderTask task) const { return HeadOf(task).labels; }
  /// How much of a text the head reads; a text of as many tokens may have been cut.
  [[nodiscard]] std::size_t max_tokens(EncoderTask task) const { return HeadOf(task).max_tokens; }
  /// How many texts are worth reading at once.
  [[nodiscard]] int requests() const { return requests_; }
  [[nodiscard]] std::chrono::milliseconds patience() const { return patience_; }

  /// [CLS] ... [SEP] as the task's head reads a text: in simplified characters, letters and digits plain and small.
  [[nodiscard]] std::vector<std::int64_t> Tokens(std::string_view text, EncoderTask task) const;

  /// The same of a turn, whose own part is as Tokens() gives it.
  [[nodiscard]] TurnTokens TokensOf(const TurnInCall& turn, EncoderTask task) const;

  /// [CLS] turn [SEP] turn [SEP] ... of a call's first turns, each behind a mark of who speaks; what is beyond the
  /// first few turns, or the head's max_tokens, is not heard.
  [[nodiscard]] std::vector<std::int64_t> TokensOf(std::span<const OpeningTurn> opening) const;

  /// The network alone, all heads in one run; of the last few texts it is remembered, because a letter is read as a
  /// turn and as a call. RESOURCE_EXHAUSTED when no request was free for `patience`.
  [[nodiscard]] absl::StatusOr<EncoderScores> Scores(std::span<const std::int64_t> tokens,
                                                     std::chrono::milliseconds patience) const;
  /// What the network makes of a text before any head: kStateSize numbers. RESOURCE_EXHAUSTED as Scores().
  [[nodiscard]] absl::StatusOr<std::vector<double>> State(std::string_view text,
                                                          std::chrono::milliseconds patience) const;
  /// What a head has to say, weighed.
  [[nodiscard]] HeadVoice VoiceOf(EncoderTask task, const EncoderScores& scores) const;
  /// `linear`: what the linear head says, in the order of labels(). RESOURCE_EXHAUSTED as Scores().
  [[nodiscard]] absl::StatusOr<std::vector<double>> Probabilities(std::string_view text, EncoderTask task,
                                                                  std::span<const double> linear,
                                                                  std::chrono::milliseconds patience) const;

 private:
  struct Head {
    std::vector<std::string> labels;
    std::size_t max_tokens = 0;
    double encoder = 0;
    double linear = 0;
  };

  Encoder() = default;
  [[nodiscard]] std::vector<std::int64_t> Cut(std::string_view text, std::size_t most) const;
  absl::Status Parse(std::string bytes);
  [[nodiscard]] const Head& HeadOf(EncoderTask task) const { return heads_[static_cast<std::size_t>(task)]; }

  std::string version_;
  int requests_ = 1;
  std::size_t whole_ = 1;
  std::chrono::milliseconds patience_{0};
  std::vector<Head> heads_;                 ///< By EncoderTask.
  std::vector<std::size_t> before_tokens_;  ///< Of `earlier` and `agent`; 0: it is not heard.
  std::size_t opening_turns_ = 0;
  std::size_t opening_tokens_ = 0;  ///< Of each of them.
  std::unique_ptr<const WordPiece> word_piece_;
  std::unique_ptr<const Inference> inference_;
  std::unique_ptr<RecentScores> recent_;
};

/// Letters and digits of full width or upper case as plain small ones; all else stays, other than in FoldedUtf8():
/// the encoder knows "，" from ",".
[[nodiscard]] std::string WithPlainLetters(std::string_view utf8);

}  // namespace hotline::language
