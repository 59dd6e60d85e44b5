#include "language/encoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <thread>

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "language/linear_model.h"
#include "language/model_file.h"
#include "language/text.h"

namespace hotline::language {
namespace {

constexpr std::string_view kMagic = "HLEN0001";
constexpr std::chrono::seconds kFirstRun{60};
/// By EncoderTask: names of heads in the file and of outputs in the network.
constexpr std::array<const char*, kEncoderTasks> kTasks{"topics",  "post_emotion", "turn_emotion",
                                                        "concern", "call_kind",    "soothed"};

/// FNV-1a: finds a damaged byte; nobody is kept from changing the file on purpose.
std::uint64_t Checksum(std::string_view bytes) {
  std::uint64_t sum = 0xCBF29CE484222325;
  for (const char byte : bytes) sum = (sum ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
  return sum;
}

constexpr char kStateOutput[] = "pooled";
constexpr std::size_t kFrame = 2;          ///< [CLS] and [SEP].
constexpr std::size_t kStateTokens = 128;  ///< How much of a text its state tells of; training reads as much.

std::vector<std::string> Outputs() {
  std::vector<std::string> outputs{kTasks.begin(), kTasks.end()};
  outputs.emplace_back(kStateOutput);
  return outputs;
}

bool IsPlain(char32_t c) { return (U'0' <= c && c <= U'9') || (U'a' <= c && c <= U'z'); }

int RequestsFor(int wanted) {
  constexpr int kMost = 4;
  if (wanted > 0) return wanted;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMost);
}

}  // namespace

std::string WithPlainLetters(std::string_view utf8) {
  const FoldedText folded = Fold(utf8);
  std::string plain;
  plain.reserve(utf8.size());
  for (std::size_t i = 0; i < folded.size(); ++i) {
    if (IsPlain(folded.characters[i])) {
      plain += static_cast<char>(folded.characters[i]);
    } else {
      plain += folded.Original(utf8, i, i + 1);
    }
  }
  return plain;
}

absl::StatusOr<std::unique_ptr<const Encoder>> Encoder::Load(const std::filesystem::path& file,
                                                             const EncoderSharing& sharing) {
  absl::StatusOr<std::string> bytes = ReadModelFile(file);
  if (!bytes.ok()) return bytes.status();
  std::unique_ptr<Encoder> encoder{new Encoder};
  encoder->recent_ = std::make_unique<RecentScores>();
  encoder->requests_ = RequestsFor(sharing.requests);
  encoder->patience_ = sharing.patience;
  encoder->whole_ = std::max<std::size_t>(sharing.whole, 1);
  const absl::Status parsed = Guarded([&] { return encoder->Parse(*std::move(bytes)); });
  if (absl::IsUnavailable(parsed)) return absl::UnavailableError(absl::StrCat(file.string(), ": ", parsed.message()));
  if (!parsed.ok()) return NotAModel(file, parsed);
  return encoder;
}

absl::Status Encoder::Parse(std::string bytes) {
  ModelReader reader{bytes};
  const auto read = reader.Header(kMagic);
  if (!read.ok()) return read.status();
  const nlohmann::json& header = *read;
  version_ = header.value("version", "");
  const nlohmann::json heads = header.value("heads", nlohmann::json::object());
  for (const char* const task : kTasks) {
    const nlohmann::json head = heads.value(task, nlohmann::json::object());
    heads_.push_back({.labels = head.value("labels", std::vector<std::string>{}),
                      .max_tokens = head.value("max_tokens", std::size_t{0}),
                      .encoder = head.value("encoder", 0.0),
                      .linear = head.value("linear", 0.0)});
    const Head& made = heads_.back();
    if (made.labels.empty() || made.max_tokens < 2)
      return absl::DataLossError(absl::StrCat("its header lacks labels or max_tokens of ", task));
    if (!(made.encoder >= 0 && made.linear >= 0 && std::isfinite(made.encoder + made.linear) &&
          made.encoder + made.linear > 0))
      return absl::DataLossError(absl::StrCat("its header has no weights of ", task));
  }
  before_tokens_ = header.value("before_tokens", std::vector<std::size_t>{0, 0});
  if (before_tokens_.size() != 2) return absl::DataLossError("its header has before_tokens that are not two");
  const nlohmann::json opening = header.value("opening", nlohmann::json::object());
  opening_turns_ = opening.value("turns", std::size_t{0});
  opening_tokens_ = opening.value("tokens", std::size_t{0});
  if (opening_turns_ == 0 || opening_tokens_ < kFrame)
    return absl::DataLossError("its header lacks how much of a call's opening is heard");
  const std::string_view vocabulary = reader.Take(header.value("vocabulary_bytes", std::size_t{0}));
  const std::string graph{reader.Take(header.value("graph_bytes", std::size_t{0}))};
  const std::string_view weights = reader.Take(header.value("weights_bytes", std::size_t{0}));
  if (!reader.whole()) return absl::DataLossError("its size does not fit its header");
  if (Checksum(vocabulary) + Checksum(graph) + Checksum(weights) != header.value("checksum", std::uint64_t{0}))
    return absl::DataLossError("its checksum does not fit");
  auto word_piece = WordPiece::Parse(std::string{vocabulary});
  if (!word_piece.ok()) return word_piece.status();
  word_piece_ = *std::move(word_piece);
  bytes.erase(0, bytes.size() - weights.size());  // What is left are the weights, without a second copy of them.
  auto inference = Inference::Compile(graph, std::move(bytes), Outputs(), requests_);
  if (!inference.ok()) return inference.status();
  inference_ = *std::move(inference);
  // A run of nothing shows whether the network has the heads that the header tells of.
  return Scores(Tokens("", EncoderTask::kTopics), kFirstRun).status();
}

std::vector<std::int64_t> Encoder::Cut(std::string_view text, std::size_t most) const {
  return word_piece_->Tokens(WithPlainLetters(Simplified(text)), most);
}

std::vector<std::int64_t> Encoder::Tokens(std::string_view text, EncoderTask task) const {
  return Cut(text, HeadOf(task).max_tokens);
}

TurnTokens Encoder::TokensOf(const TurnInCall& turn, EncoderTask task) const {
  TurnTokens tokens{.all = Tokens(turn.text, task)};
  tokens.own = tokens.all.size();
  const std::array heard{turn.earlier, turn.agent};
  for (std::size_t i = 0; i < heard.size(); ++i) {
    if (heard[i].empty() || before_tokens_[i] < kFrame) continue;
    const std::vector<std::int64_t> part = Cut(heard[i], before_tokens_[i]);
    if (part.size() > kFrame) tokens.all.insert(tokens.all.end(), part.begin() + 1, part.end());
  }
  return tokens;
}

std::vector<std::int64_t> Encoder::TokensOf(std::span<const OpeningTurn> opening) const {
  std::vector<std::int64_t> tokens;
  for (const OpeningTurn& turn : opening.first(std::min(opening.size(), opening_turns_))) {
    const std::string mark = turn.speaker == Speaker::kAgent ? "问：" : "答：";
    const std::vector<std::int64_t> part = Cut(mark + std::string{turn.text}, opening_tokens_);
    tokens.insert(tokens.end(), part.begin() + (tokens.empty() ? 0 : 1), part.end());
  }
  if (tokens.size() > HeadOf(EncoderTask::kSoothed).max_tokens) tokens.resize(HeadOf(EncoderTask::kSoothed).max_tokens);
  return tokens;
}

absl::StatusOr<EncoderScores> Encoder::Scores(std::span<const std::int64_t> tokens,
                                              std::chrono::milliseconds patience) const {
  if (std::optional<EncoderScores> known = recent_->Find(tokens)) return *std::move(known);
  constexpr std::int64_t kPadding = 0;  // [PAD] of every BERT.
  std::vector<std::int64_t> filled{tokens.begin(), tokens.end()};
  filled.resize((tokens.size() + whole_ - 1) / whole_ * whole_, kPadding);
  auto scores = inference_->Run(filled, tokens.size(), patience);
  if (!scores.ok()) return scores.status();
  for (std::size_t task = 0; task < kEncoderTasks; ++task) {
    if ((*scores)[task].size() != heads_[task].labels.size())
      return absl::DataLossError(absl::StrCat("the network's head ", kTasks[task], " knows other labels"));
  }
  if (scores->back().size() != kStateSize) return absl::DataLossError("the network's states have another size");
  recent_->Keep(tokens, *scores);
  return scores;
}

absl::StatusOr<std::vector<double>> Encoder::State(std::string_view text, std::chrono::milliseconds patience) const {
  auto scores = Scores(Cut(text, kStateTokens), patience);
  if (!scores.ok()) return scores.status();
  return std::move(scores->back());
}

std::optional<EncoderScores> RecentScores::Find(std::span<const std::int64_t> tokens) {
  const std::lock_guard lock{mutex_};
  for (const Text& text : texts_) {
    if (std::ranges::equal(text.tokens, tokens)) return text.scores;
  }
  return std::nullopt;
}

void RecentScores::Keep(std::span<const std::int64_t> tokens, const EncoderScores& scores) {
  constexpr std::size_t kTexts = 64;
  const std::lock_guard lock{mutex_};
  texts_.push_front({{tokens.begin(), tokens.end()}, scores});
  if (texts_.size() > kTexts) texts_.pop_back();
}

HeadVoice Encoder::VoiceOf(EncoderTask task, const EncoderScores& scores) const {
  const Head& head = HeadOf(task);
  HeadVoice voice{.scores = scores[static_cast<std::size_t>(task)], .linear = head.linear};
  for (double& score : voice.scores) score *= head.encoder;
  return voice;
}

std::vector<double> HeadVoice::With(std::span<const double> probabilities) const {
  constexpr double kLeast = 1e-12;
  std::vector<double> together = scores;
  for (std::size_t i = 0; i < together.size(); ++i)
    together[i] += linear * std::log(std::max(probabilities[i], kLeast));
  return Softmax(std::move(together));
}

absl::StatusOr<std::vector<double>> Encoder::Probabilities(std::string_view text, EncoderTask task,
                                                           std::span<const double> linear,
                                                           std::chrono::milliseconds patience) const {
  const auto scores = Scores(Tokens(text, task), patience);
  if (!scores.ok()) return scores.status();
  if (linear.size() != HeadOf(task).labels.size())
    return absl::FailedPreconditionError("the encoder's head and the linear head know other labels");
  return VoiceOf(task, *scores).With(linear);
}

}  // namespace hotline::language
