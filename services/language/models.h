#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "language/dialogue_features.h"
#include "language/dialogue_model.h"
#include "language/encoder.h"
#include "language/linear_model.h"
#include "language/soothed_voice.h"
#include "language/vocabulary.h"

namespace hotline::language {

/// Which known kind of dialogue: their customers rate differently.
enum class DialogueStyle { kHelpdesk = 1, kShop, kCall };

struct SatisfactionForecast {
  std::vector<double> distribution;  ///< Of -2, -1, 0, 1, 2; sums to 1.
  std::vector<double> dissatisfied;  ///< For each turn; 0 for the helpdesk's own.
};

/// Who reads a live turn: where more wait than can be read in time, the linear heads do it alone.
enum class Readers { kAll, kLinearHeads };

/// Every trained model, loaded once. Immutable, thread-safe. A text that is empty gets the models' prior.
///
/// The encoder is optional: topics and post emotions come from encoder and linear head together where there is one, and
/// from the linear heads alone where there is none. So do forecasts of whole dialogues, with helpdesk_encoder.model and
/// shop_encoder.model in place of the others; the forecast of a live turn always rests on the linear heads, because it
/// would take two more runs of the encoder a turn.
class Models {
 public:
  /// Reads topics.model, post_emotion.model, helpdesk.model and shop.model; call_topic.model with call_department.model
  /// if they are there; encoder.model if it is there and this build can run it, and with it helpdesk_encoder.model and
  /// shop_encoder.model, agent_act_encoder.model, agent_fault_encoder.model and call_course.model, if they are there.
  /// The error names the file. FAILED_PRECONDITION when one of these was trained on another encoder.
  static absl::StatusOr<std::shared_ptr<const Models>> Load(const std::filesystem::path& directory,
                                                            const EncoderSharing& sharing = {});

  /// Stamp for assessments: "encoder-2026.11.25+acts-2026.11.25+faults-2026.11.27+linear-2026.11.24"; without an
  /// encoder, linear_version().
  [[nodiscard]] const std::string& version() const { return version_; }
  /// Stamp of what the linear heads said alone: "linear-2026.11.24", or several where they differ.
  [[nodiscard]] const std::string& linear_version() const { return linear_version_; }
  [[nodiscard]] bool has_encoder() const { return encoder_ != nullptr; }
  /// How many texts are worth reading at once.
  [[nodiscard]] int parallel() const { return encoder_ ? encoder_->requests() : 1; }

  /// Level-1 topics, best first; over `among` only where it is not empty. A first line of several is the subject.
  [[nodiscard]] std::vector<Scored> Topics(std::string_view text, std::span<const std::string_view> among = {}) const;
  /// What is to be known of a live turn, which does not wait long, in one run of the encoder.
  struct TurnReading {
    std::vector<Scored> topics;
    /// Of each emotion, by number - 1, and of each of concern_labels(): together with the linear heads of those who
    /// read turns. Absent where the encoder did not answer, or the text was too long for it.
    std::optional<HeadVoice> emotion;
    std::optional<HeadVoice> concern;
    /// What the encoder made of the turn, from -1 to 1, for whoever hears how the call goes (escalation); empty without
    /// call_course.model, and as the two above.
    std::vector<double> course;
    std::string_view model;  ///< The stamp of what answered.
  };
  [[nodiscard]] TurnReading ReadTurn(const TurnInCall& turn, Readers readers = Readers::kAll) const;
  /// Empty without an encoder.
  [[nodiscard]] std::span<const std::string> concern_labels() const;
  /// Which model TurnReading::course is of: "course-2026.11.27"; empty without one.
  [[nodiscard]] std::string_view course_version() const {
    return call_course_ ? std::string_view{call_course_->version()} : std::string_view{};
  }
  /// Of which kind a call is, by number - 1, to be joined with the other heads'; in the same haste.
  struct KindReading {
    std::optional<HeadVoice> kind;
    std::string_view model;
  };
  [[nodiscard]] KindReading ReadKind(std::string_view call_text, Readers readers = Readers::kAll) const;
  /// Whether the agent soothed before explaining, told by how a call begins; in the same haste.
  struct OpeningReading {
    std::optional<SoothedVoice> soothed;
    std::string_view model;
  };
  [[nodiscard]] OpeningReading ReadOpening(std::span<const OpeningTurn> turns, Readers readers = Readers::kAll) const;
  /// What an agent does with each of some sentences, and whether that is a fault, the most probable first; in the same
  /// haste. Nothing without an encoder and agent_act_encoder.model, or where the encoder did not answer for all of
  /// them; no faults without agent_fault_encoder.model.
  struct ActsReading {
    struct Sentence {
      std::vector<Scored> acts;
      std::vector<Scored> faults;
    };
    std::vector<Sentence> sentences;
    std::string_view model;  ///< Empty where there is nothing.
  };
  [[nodiscard]] ActsReading ReadActs(std::span<const std::string_view> sentences,
                                     Readers readers = Readers::kAll) const;
  /// Of a whole call, told by both speakers, a line a turn: its topics and who leads, best first; empty without
  /// call_topic.model and call_department.model. Linear: some 0.1 ms.
  struct DispatchReading {
    std::vector<Scored> topics;
    std::vector<Scored> departments;
  };
  [[nodiscard]] DispatchReading ReadDispatch(std::string_view call_text) const;
  /// The words that spoke most for a topic.
  [[nodiscard]] std::vector<LabelEvidence> TopicEvidence(std::string_view text, std::string_view topic,
                                                         std::size_t limit = 3) const;
  /// neutral angry happy sad fear surprise, best first.
  [[nodiscard]] std::vector<Scored> PostEmotions(std::string_view text) const;
  /// neutral angry happy sad fear surprise of each of the caller's turns; empty for the others.
  [[nodiscard]] TurnEmotions EmotionsOf(std::span<const DialogueTurn> turns) const;
  /// Probabilities of the votes -2, -1, 0, 1, 2 if the dialogue ended here, by the linear heads.
  [[nodiscard]] std::vector<double> ForecastVotes(std::span<const DialogueTurn> turns) const;
  /// The same, and how each turn leaves the customer. For a live call, give it what was said so far.
  [[nodiscard]] SatisfactionForecast Forecast(std::span<const DialogueTurn> turns, DialogueStyle style) const;

 private:
  Models() = default;
  absl::Status LoadEncoder(const std::filesystem::path& file, const EncoderSharing& sharing);
  absl::Status LoadDispatch(const std::filesystem::path& directory);
  absl::Status LoadReadersOfStates(const std::filesystem::path& directory);
  /// A model that reads one text's state, and its words where `texts` is 1; null where there is none.
  [[nodiscard]] absl::StatusOr<std::unique_ptr<const DialogueModel>> LoadReaderOfState(
      const std::filesystem::path& directory, const char* name, std::size_t texts) const;
  /// The encoder's states of a dialogue's texts, each asked for once; empty: it was not had.
  using KnownStates = std::map<std::string, std::vector<double>>;
  /// Null where it is not had.
  const std::vector<double>* StateOf(const std::string& text, KnownStates& known) const;
  /// What a dialogue model says, with the encoder's states where there is a model of them and every state is had.
  [[nodiscard]] std::vector<double> Probabilities(const DialogueModel& linear, const DialogueModel* with_states,
                                                  const DialogueFeatures& features, KnownStates& known) const;
  /// Encoder and linear head together; nothing when there is no encoder, or none was free in time.
  [[nodiscard]] std::optional<std::vector<double>> Together(std::string_view text, EncoderTask task,
                                                            std::span<const double> linear,
                                                            std::chrono::milliseconds patience) const;

  std::string version_;
  std::string linear_version_;
  std::unique_ptr<const Encoder> encoder_;  ///< May be null.
  std::unique_ptr<const LinearModel> topics_;
  std::unique_ptr<const LinearModel> post_emotion_;
  std::unique_ptr<const DialogueModel> helpdesk_;
  std::unique_ptr<const DialogueModel> shop_;
  std::unique_ptr<const LinearModel> call_topic_;  ///< May be null, and the next one.
  std::unique_ptr<const LinearModel> call_department_;
  std::unique_ptr<const DialogueModel> helpdesk_encoder_;  ///< May be null, and the next one.
  std::unique_ptr<const DialogueModel> shop_encoder_;
  std::unique_ptr<const DialogueModel> agent_act_encoder_;  ///< May be null, and the next two.
  std::unique_ptr<const DialogueModel> agent_fault_encoder_;
  std::unique_ptr<const DialogueModel> call_course_;
};

/// Where the models lie: `configured`, else HOTLINE_MODEL_DIR, else beside the program (../share/hotline/models), else
/// the source tree.
[[nodiscard]] std::filesystem::path ModelDirectory(const std::filesystem::path& configured = {});

}  // namespace hotline::language
