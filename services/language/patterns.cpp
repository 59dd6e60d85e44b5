#include "language/patterns.h"

#include <stdexcept>

#include <unicode/regex.h>
#include <unicode/unistr.h>

namespace hotline::language {
namespace {

constexpr int32_t kLongestText = 2000;

std::string ToUtf8(const icu::UnicodeString& text) {
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

}  // namespace

struct Pattern::Compiled {
  std::unique_ptr<icu::RegexPattern> regex;
};

Pattern::Pattern(std::string_view expression) : compiled_{std::make_unique<Compiled>()} {
  UErrorCode error = U_ZERO_ERROR;
  UParseError where;
  const icu::UnicodeString source =
      icu::UnicodeString::fromUTF8({expression.data(), static_cast<int32_t>(expression.size())});
  compiled_->regex.reset(icu::RegexPattern::compile(source, where, error));
  if (U_FAILURE(error)) throw std::invalid_argument("bad pattern: " + std::string{expression});
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

std::vector<Pattern::Span> Pattern::FindAll(std::string_view text) const {
  icu::UnicodeString characters = icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  characters.truncate(kLongestText);
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::RegexMatcher> matcher{compiled_->regex->matcher(characters, error)};
  std::vector<Span> spans;
  while (U_SUCCESS(error) && matcher->find(error)) {
    const int32_t start = matcher->start(error);
    const int32_t end = matcher->end(error);
    if (end <= start) continue;
    spans.push_back({ToUtf8(characters.tempSubStringBetween(0, start)).size(),
                     ToUtf8(characters.tempSubStringBetween(start, end))});
  }
  return spans;
}

}  // namespace hotline::language
