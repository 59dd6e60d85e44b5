#include "platform/time.h"

#include <cstdio>
#include <optional>

#include <absl/strings/str_cat.h>

namespace hotline::platform {
namespace {

constexpr std::chrono::hours kChinaOffset{8};

/// Takes digits off the front of a text, and knows when it met something else.
class Digits {
 public:
  explicit Digits(std::string_view text) : text_{text} {}

  int Number(std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (text_.empty() || text_.front() < '0' || text_.front() > '9') {
        bad_ = true;
        return 0;
      }
      value = value * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return value;
  }

  bool Take(char expected) {
    if (text_.empty() || text_.front() != expected) return false;
    text_.remove_prefix(1);
    return true;
  }

  void Expect(char expected) {
    if (!Take(expected)) bad_ = true;
  }

  /// ".5", ".123", ".123456": milliseconds, the rest dropped.
  int Fraction() {
    if (!Take('.')) return 0;
    int value = 0;
    int digits = 0;
    for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; text_.remove_prefix(1), ++digits) {
      if (digits < 3) value = value * 10 + (text_.front() - '0');
    }
    if (digits == 0 || digits > 9) bad_ = true;
    for (; digits < 3; ++digits) value *= 10;
    return value;
  }

  [[nodiscard]] bool bad() const { return bad_; }
  [[nodiscard]] bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
  bool bad_ = false;
};

std::optional<std::chrono::minutes> Offset(Digits& digits) {
  if (digits.Take('Z') || digits.Take('z')) return std::chrono::minutes{0};
  const bool east = digits.Take('+');
  if (!east && !digits.Take('-')) return std::nullopt;
  const int hours = digits.Number(2);
  digits.Expect(':');
  const int minutes = digits.Number(2);
  if (digits.bad() || hours > 23 || minutes > 59) return std::nullopt;
  const std::chrono::minutes offset{hours * 60 + minutes};
  return east ? offset : -offset;
}

}  // namespace

Time WallClock::Now() const { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

absl::StatusOr<Time> ParseTime(std::string_view rfc3339) {
  const auto bad = [&](std::string_view problem) {
    return absl::InvalidArgumentError(absl::StrCat("\"", absl::string_view{rfc3339.data(), rfc3339.size()}, "\" ",
                                                   absl::string_view{problem.data(), problem.size()}));
  };
  Digits digits{rfc3339};
  const std::chrono::year year{digits.Number(4)};
  digits.Expect('-');
  const std::chrono::month month{static_cast<unsigned>(digits.Number(2))};
  digits.Expect('-');
  const std::chrono::day day{static_cast<unsigned>(digits.Number(2))};
  if (!digits.Take('T') && !digits.Take(' ')) digits.Expect('t');
  const int hour = digits.Number(2);
  digits.Expect(':');
  const int minute = digits.Number(2);
  digits.Expect(':');
  const int second = digits.Number(2);
  const int milliseconds = digits.Fraction();
  if (digits.bad()) return bad("is not a time like 2026-03-03T09:12:00+08:00");

  const std::optional<std::chrono::minutes> offset = Offset(digits);
  if (!offset || !digits.at_end()) return bad("does not end in an offset like +08:00 or Z");
  const std::chrono::year_month_day date{year, month, day};
  if (!date.ok()) return bad("names a day that does not exist");
  if (hour > 23 || minute > 59 || second > 60) return bad("names a time of day that does not exist");
  return Time{std::chrono::sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{second} + std::chrono::milliseconds{milliseconds} - *offset;
}

std::string FormatTime(Time time) {
  const Time local = time + kChinaOffset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{local - day};
  const auto milliseconds = static_cast<int>(clock.subseconds().count());
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::string formatted = text;
  if (milliseconds != 0) {
    std::snprintf(text, sizeof text, ".%03d", milliseconds);
    formatted += text;
  }
  return formatted + "+08:00";
}

}  // namespace hotline::platform
