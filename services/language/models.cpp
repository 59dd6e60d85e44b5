#include "language/models.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <tuple>
#include <utility>

#include <absl/strings/str_cat.h>

namespace hotline::language {
namespace {

/// What the head of a call's opening knows, in its order.
constexpr std::array<std::string_view, 3> kSoothedLabels{"none", "soothed", "explained"};

/// Whoever asked for a batch waits its turn; longer than this is a fault, and the linear heads answer.
constexpr std::chrono::milliseconds kPatient{10'000};

/// A model of other features than this program makes would read past them.
absl::Status CheckFits(const DialogueModel& model, std::string_view name, const DialogueFeatures& features) {
  const bool fits = model.texts() == features.texts.size() && model.numbers() == features.numbers.size() &&
                    (model.states() == 0 || model.states() == features.encoded.size());
  if (fits) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(std::string{name}, " reads ", model.texts(), " texts, ",
                                                    model.numbers(), " numbers and ", model.states(),
                                                    " states, this program gives it ", features.texts.size(), ", ",
                                                    features.numbers.size(), " and ", features.encoded.size()));
}

absl::Status CheckFits(const DialogueModel& helpdesk, std::string_view helpdesk_name, const DialogueModel& shop,
                       std::string_view shop_name) {
  static constexpr std::string_view kVotes[] = {"-2", "-1", "0", "1", "2"};
  if (!std::ranges::equal(helpdesk.labels(), kVotes))
    return absl::FailedPreconditionError(
        absl::StrCat(std::string{helpdesk_name}, " knows other votes than -2, -1, 0, 1, 2"));
  const DialogueTurn turn;
  absl::Status status = CheckFits(helpdesk, helpdesk_name, HelpdeskFeatures({&turn, 1}, TurnEmotions(1)));
  status.Update(CheckFits(shop, shop_name, ShopFeatures({&turn, 1}, TurnEmotions(1), 0)));
  return status;
}

/// Null where it is not there.
template <typename Model>
absl::StatusOr<std::unique_ptr<const Model>> LoadIfThere(const std::filesystem::path& file) {
  std::error_code unknown;  // Then loading it tells.
  if (!std::filesystem::exists(file, unknown) && !unknown) return std::unique_ptr<const Model>{};
  return Model::Load(file);
}

/// A model of the states of another encoder than this one is of no use.
absl::Status CheckEncoder(const DialogueModel& model, std::string_view name, const Encoder& encoder) {
  if (model.encoder() == encoder.version()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(std::string{name}, " was trained on the states of ",
                                                    model.encoder(), ", and encoder.model is ", encoder.version()));
}

/// Two models that come together or not at all: null where neither is there.
template <typename Model>
absl::StatusOr<std::pair<std::unique_ptr<const Model>, std::unique_ptr<const Model>>> LoadBoth(
    const std::filesystem::path& directory, const char* first_name, const char* second_name) {
  std::error_code unknown;  // Then loading it tells.
  if (!std::filesystem::exists(directory / first_name, unknown) &&
      !std::filesystem::exists(directory / second_name, unknown) && !unknown) {
    return std::pair<std::unique_ptr<const Model>, std::unique_ptr<const Model>>{};
  }
  auto first = Model::Load(directory / first_name);
  if (!first.ok()) return first.status();
  auto second = Model::Load(directory / second_name);
  if (!second.ok()) return second.status();
  return std::pair{*std::move(first), *std::move(second)};
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Models>> Models::Load(const std::filesystem::path& directory,
                                                           const EncoderSharing& sharing) {
  std::shared_ptr<Models> models{new Models};
  absl::Status status;
  const auto load = [&]<typename Model>(std::unique_ptr<const Model>& to, const char* name) {
    auto model = Model::Load(directory / name);
    if (model.ok()) {
      to = *std::move(model);
    } else {
      status.Update(model.status());
    }
  };
  load(models->topics_, "topics.model");
  load(models->post_emotion_, "post_emotion.model");
  load(models->helpdesk_, "helpdesk.model");
  load(models->shop_, "shop.model");
  if (!status.ok()) return status;
  status.Update(CheckFits(*models->helpdesk_, "helpdesk.model", *models->shop_, "shop.model"));
  if (!status.ok()) return status;
  status.Update(models->LoadDispatch(directory));
  if (!status.ok()) return status;
  std::vector<std::string> versions{models->topics_->version(), models->post_emotion_->version(),
                                    models->helpdesk_->version(), models->shop_->version()};
  if (models->call_topic_) {
    versions.push_back(models->call_topic_->version());
    versions.push_back(models->call_department_->version());
  }
  for (const std::string& version : versions) {
    if (models->linear_version_.find(version) != std::string::npos) continue;
    absl::StrAppend(&models->linear_version_, models->linear_version_.empty() ? "" : "+", version);
  }
  models->version_ = models->linear_version_;
  status.Update(models->LoadEncoder(directory / "encoder.model", sharing));
  if (status.ok() && models->encoder_) status.Update(models->LoadReadersOfStates(directory));
  if (!status.ok()) return status;
  if (models->encoder_) {
    models->version_ = models->encoder_->version();
    for (const auto& [reader, name, texts] :
         {std::tuple{&models->agent_act_encoder_, "agent_act_encoder.model", 0U},
          std::tuple{&models->agent_fault_encoder_, "agent_fault_encoder.model", 1U},
          std::tuple{&models->call_course_, "call_course.model", 0U}}) {
      auto loaded = models->LoadReaderOfState(directory, name, texts);
      if (!loaded.ok()) return loaded.status();
      *reader = *std::move(loaded);
      if (*reader) absl::StrAppend(&models->version_, "+", (*reader)->version());
    }
    absl::StrAppend(&models->version_, "+", models->linear_version_);
  }
  return models;
}

absl::Status Models::LoadEncoder(const std::filesystem::path& file, const EncoderSharing& sharing) {
  std::error_code unknown;  // Then loading it tells.
  if (!Inference::Available() || (!std::filesystem::exists(file, unknown) && !unknown)) return absl::OkStatus();
  auto encoder = Encoder::Load(file, sharing);
  if (!encoder.ok()) return encoder.status();
  if (!std::ranges::equal((*encoder)->labels(EncoderTask::kTopics), topics_->labels()) ||
      !std::ranges::equal((*encoder)->labels(EncoderTask::kPostEmotion), post_emotion_->labels()) ||
      !std::ranges::equal((*encoder)->labels(EncoderTask::kTurnEmotion), AllEmotions(), {}, {},
                          [](Emotion emotion) { return Name(emotion); }) ||
      !std::ranges::equal((*encoder)->labels(EncoderTask::kCallKind), AllCaseKinds(), {}, {},
                          [](CaseKind kind) { return Name(kind); }) ||
      !std::ranges::equal((*encoder)->labels(EncoderTask::kSoothed), kSoothedLabels)) {
    return absl::FailedPreconditionError(absl::StrCat(file.string(), " knows other labels than the linear models"));
  }
  encoder_ = *std::move(encoder);
  return absl::OkStatus();
}

absl::Status Models::LoadDispatch(const std::filesystem::path& directory) {
  static constexpr char kTopic[] = "call_topic.model";
  static constexpr char kDepartment[] = "call_department.model";
  auto both = LoadBoth<LinearModel>(directory, kTopic, kDepartment);
  if (!both.ok() || !both->first) return both.status();
  for (const std::string& label : both->first->labels()) {
    if (std::ranges::find(topics_->labels(), label) != topics_->labels().end()) continue;
    return absl::FailedPreconditionError(absl::StrCat(kTopic, " knows a topic that topics.model does not: ", label));
  }
  std::tie(call_topic_, call_department_) = *std::move(both);
  return absl::OkStatus();
}

absl::Status Models::LoadReadersOfStates(const std::filesystem::path& directory) {
  static constexpr char kHelpdesk[] = "helpdesk_encoder.model";
  static constexpr char kShop[] = "shop_encoder.model";
  auto both = LoadBoth<DialogueModel>(directory, kHelpdesk, kShop);
  if (!both.ok() || !both->first) return both.status();
  for (const auto& [name, model] : {std::pair{kHelpdesk, both->first.get()}, std::pair{kShop, both->second.get()}}) {
    absl::Status of_it = CheckEncoder(*model, name, *encoder_);
    if (!of_it.ok()) return of_it;
  }
  absl::Status fits = CheckFits(*both->first, kHelpdesk, *both->second, kShop);
  if (fits.ok()) std::tie(helpdesk_encoder_, shop_encoder_) = *std::move(both);
  return fits;
}

absl::StatusOr<std::unique_ptr<const DialogueModel>> Models::LoadReaderOfState(const std::filesystem::path& directory,
                                                                               const char* name,
                                                                               std::size_t texts) const {
  auto reader = LoadIfThere<DialogueModel>(directory / name);
  if (!reader.ok() || *reader == nullptr) return reader;
  const DialogueFeatures one_text{.texts = std::vector<std::string>(texts), .numbers = {}, .encoded = {{""}}};
  absl::Status status = CheckEncoder(**reader, name, *encoder_);
  status.Update(CheckFits(**reader, name, one_text));
  if (!status.ok()) return status;
  return reader;
}

const std::vector<double>* Models::StateOf(const std::string& text, KnownStates& known) const {
  const auto [found, is_new] = known.try_emplace(text);
  if (is_new) {
    auto state = encoder_->State(text, kPatient);
    if (state.ok()) found->second = *std::move(state);
  }
  return found->second.empty() ? nullptr : &found->second;
}

std::vector<double> Models::Probabilities(const DialogueModel& linear, const DialogueModel* with_states,
                                          const DialogueFeatures& features, KnownStates& known) const {
  if (with_states == nullptr) return linear.Probabilities(features);
  std::vector<std::vector<double>> states;
  for (const std::vector<std::string>& texts : features.encoded) {
    std::vector<double> mean(kStateSize, 0.0);
    for (const std::string& text : texts) {
      const std::vector<double>* const state = StateOf(text, known);
      if (state == nullptr) return linear.Probabilities(features);
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += (*state)[i] / static_cast<double>(texts.size());
    }
    states.push_back(std::move(mean));
  }
  return with_states->Probabilities(features, states);
}

std::optional<std::vector<double>> Models::Together(std::string_view text, EncoderTask task,
                                                    std::span<const double> linear,
                                                    std::chrono::milliseconds patience) const {
  if (!encoder_) return std::nullopt;
  auto together = encoder_->Probabilities(text, task, linear, patience);
  return together.ok() ? std::optional{*std::move(together)} : std::nullopt;
}

std::vector<Scored> Models::Topics(std::string_view text, std::span<const std::string_view> among) const {
  const std::vector<double> linear = topics_->Probabilities(text);
  return RankLabels(topics_->labels(), Together(text, EncoderTask::kTopics, linear, kPatient).value_or(linear), among);
}

Models::TurnReading Models::ReadTurn(const TurnInCall& turn, Readers readers) const {
  TurnReading reading{.topics = {}, .emotion = {}, .concern = {}, .course = {}, .model = linear_version()};
  std::vector<double> topics = topics_->Probabilities(turn.text);
  if (encoder_ && readers == Readers::kAll) {
    const TurnTokens tokens = encoder_->TokensOf(turn, EncoderTask::kTopics);
    if (const auto scores = encoder_->Scores(tokens.all, encoder_->patience()); scores.ok()) {
      reading.model = version();
      topics = encoder_->VoiceOf(EncoderTask::kTopics, *scores).With(topics);
      const auto voice = [&](EncoderTask task) {
        const bool whole = tokens.own <= encoder_->max_tokens(task);
        return whole ? std::optional{encoder_->VoiceOf(task, *scores)} : std::nullopt;
      };
      reading.emotion = voice(EncoderTask::kTurnEmotion);
      reading.concern = voice(EncoderTask::kConcern);
      if (call_course_ && reading.concern) {
        reading.course = call_course_->Scores({}, std::span{&scores->back(), 1});
        for (double& value : reading.course) value = std::tanh(value);
      }
    }
  }
  reading.topics = RankLabels(topics_->labels(), topics, {});
  return reading;
}

Models::KindReading Models::ReadKind(std::string_view call_text, Readers readers) const {
  if (encoder_ && readers == Readers::kAll) {
    const auto scores = encoder_->Scores(encoder_->Tokens(call_text, EncoderTask::kCallKind), encoder_->patience());
    if (scores.ok()) return {.kind = encoder_->VoiceOf(EncoderTask::kCallKind, *scores), .model = version()};
  }
  return {.kind = std::nullopt, .model = linear_version()};
}

Models::OpeningReading Models::ReadOpening(std::span<const OpeningTurn> turns, Readers readers) const {
  if (encoder_ && readers == Readers::kAll && !turns.empty()) {
    const auto scores = encoder_->Scores(encoder_->TokensOf(turns), encoder_->patience());
    if (scores.ok()) {
      const std::vector<double> said = encoder_->VoiceOf(EncoderTask::kSoothed, *scores).scores;
      return {.soothed = SoothedVoice{.nobody_upset = said[0], .soothed = said[1], .explained = said[2]},
              .model = version()};
    }
  }
  return {.soothed = std::nullopt, .model = linear_version()};
}

Models::ActsReading Models::ReadActs(std::span<const std::string_view> sentences, Readers readers) const {
  if (!agent_act_encoder_ || readers != Readers::kAll || sentences.empty()) return {};
  ActsReading reading{.sentences = {}, .model = version()};
  for (const std::string_view sentence : sentences) {
    const auto state = encoder_->State(sentence, encoder_->patience());
    if (!state.ok()) return {};
    const std::span states{&*state, 1};
    auto& [acts, faults] = reading.sentences.emplace_back();
    acts = RankLabels(agent_act_encoder_->labels(), agent_act_encoder_->Probabilities({}, states), {});
    if (!agent_fault_encoder_) continue;
    const DialogueFeatures words{.texts = {std::string{sentence}}, .numbers = {}, .encoded = {}};
    faults = RankLabels(agent_fault_encoder_->labels(), agent_fault_encoder_->Probabilities(words, states), {});
  }
  return reading;
}

std::span<const std::string> Models::concern_labels() const {
  return encoder_ ? encoder_->labels(EncoderTask::kConcern) : std::span<const std::string>{};
}

Models::DispatchReading Models::ReadDispatch(std::string_view call_text) const {
  if (!call_topic_) return {};
  return {.topics = call_topic_->Rank(call_text), .departments = call_department_->Rank(call_text)};
}

std::vector<LabelEvidence> Models::TopicEvidence(std::string_view text, std::string_view topic,
                                                 std::size_t limit) const {
  return topics_->Evidence(text, topic, limit);
}

std::vector<Scored> Models::PostEmotions(std::string_view text) const {
  const std::vector<double> linear = post_emotion_->Probabilities(text);
  const auto together = Together(text, EncoderTask::kPostEmotion, linear, kPatient);
  return RankLabels(post_emotion_->labels(), together.value_or(linear), {});
}

TurnEmotions Models::EmotionsOf(std::span<const DialogueTurn> turns) const {
  TurnEmotions emotions(turns.size());
  for (std::size_t i = 0; i < turns.size(); ++i) {
    if (turns[i].speaker == Speaker::kCaller) emotions[i] = post_emotion_->Probabilities(turns[i].text);
  }
  return emotions;
}

std::vector<double> Models::ForecastVotes(std::span<const DialogueTurn> turns) const {
  return helpdesk_->Probabilities(HelpdeskFeatures(turns, EmotionsOf(turns)));
}

SatisfactionForecast Models::Forecast(std::span<const DialogueTurn> turns, DialogueStyle) const {
  const TurnEmotions emotions = EmotionsOf(turns);
  KnownStates known;
  SatisfactionForecast forecast{
      .distribution = Probabilities(*helpdesk_, helpdesk_encoder_.get(), HelpdeskFeatures(turns, emotions), known),
      .dissatisfied = std::vector<double>(turns.size(), 0.0)};
  for (std::size_t i = 0; i < turns.size(); ++i) {
    if (turns[i].speaker != Speaker::kCaller) continue;
    forecast.dissatisfied[i] = Probabilities(*shop_, shop_encoder_.get(), ShopFeatures(turns, emotions, i), known)[1];
  }
  return forecast;
}

std::filesystem::path ModelDirectory(const std::filesystem::path& configured) {
  if (!configured.empty()) return configured;
  if (const char* const named = std::getenv("HOTLINE_MODEL_DIR"); named != nullptr && *named != '\0') return named;
  std::error_code ignored;
  const auto installed =
      std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "../share/hotline/models";
  return std::filesystem::exists(installed) ? installed : std::filesystem::path{HOTLINE_LANGUAGE_DIR "/models"};
}

}  // namespace hotline::language
