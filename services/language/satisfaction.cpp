#include "language/satisfaction.h"

#include <algorithm>
#include <optional>

#include <absl/strings/str_cat.h>

#include "language/text.h"

namespace hotline::language {
namespace {

constexpr std::size_t kReplyCharacters = 120;

/// The customer's turn before or after `at`.
std::optional<std::size_t> Customer(std::span<const DialogueTurn> turns, std::size_t at, bool after) {
  for (std::size_t i = at; after ? ++i < turns.size() : i-- > 0;) {
    if (turns[i].speaker == Speaker::kCaller) return i;
  }
  return std::nullopt;
}

/// What the other side answers to turn `at`, up to the customer's next turn.
std::string ReplyTo(std::span<const DialogueTurn> turns, std::size_t at) {
  std::string reply;
  for (std::size_t i = at + 1; i < turns.size() && turns[i].speaker == Speaker::kAgent; ++i) reply += turns[i].text;
  const FoldedText folded = Fold(reply);
  return std::string{folded.Original(reply, 0, std::min(kReplyCharacters, folded.size()))};
}

}  // namespace

std::string HelpdeskText(std::span<const DialogueTurn> turns) {
  std::string text;
  for (const DialogueTurn& turn : turns)
    absl::StrAppend(&text, turn.speaker == Speaker::kCaller ? "客：" : "服：", turn.text, "\n");
  const bool customer_last = !turns.empty() && turns.back().speaker == Speaker::kCaller;
  return absl::StrCat(text, "«n", std::min<std::size_t>(turns.size(), 9), "»«", customer_last ? "C" : "H", "»");
}

std::string ShopText(std::span<const DialogueTurn> turns, std::size_t at) {
  const auto before_at = Customer(turns, at, false);
  const auto after_at = Customer(turns, at, true);
  const std::string before = before_at ? turns[*before_at].text : "";
  const auto customers_before =
      std::count_if(turns.begin(), turns.begin() + static_cast<std::ptrdiff_t>(at),
                    [](const DialogueTurn& turn) { return turn.speaker == Speaker::kCaller; });
  return absl::StrCat("«", turns[at].text, "»\n答：", ReplyTo(turns, at), "\n前：", before, "\n后：",
                      after_at ? turns[*after_at].text : "«end»",
                      !before.empty() && before == turns[at].text ? "«again»" : "", "«n",
                      std::min<std::ptrdiff_t>(customers_before, 9), "»");
}

}  // namespace hotline::language
