#include "knowledge/domain/article.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <tuple>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>

namespace hotline::knowledge {
namespace {

auto Said(const Article& a) {
  return std::tie(a.title, a.site, a.region, a.document_number, a.clause, a.effective_from, a.effective_to,
                  a.supersedes, a.department, a.text, a.questions, a.retired);
}

/// The day before, "" for a text that is none.
Day DayBefore(const Day& day) {
  int year = 0;
  int month = 0;
  int of_month = 0;
  const bool read = IsDay(day) && absl::SimpleAtoi(day.substr(0, 4), &year) &&
                    absl::SimpleAtoi(day.substr(5, 2), &month) && absl::SimpleAtoi(day.substr(8, 2), &of_month);
  if (!read) return "";
  const auto before = std::chrono::sys_days{std::chrono::year{year} / month / of_month} - std::chrono::days{1};
  const std::chrono::year_month_day date{before};
  return absl::StrFormat("%04d-%02d-%02d", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                         static_cast<unsigned>(date.day()));
}

}  // namespace

bool IsDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](std::size_t from, std::size_t size) {
    const std::string_view digits = text.substr(from, size);
    if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) return 0;
    int value = 0;
    return absl::SimpleAtoi(absl::string_view{digits.data(), digits.size()}, &value) ? value : 0;
  };
  const std::chrono::year_month_day day{std::chrono::year{number(0, 4)},
                                        std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                        std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  return number(0, 4) > 0 && day.ok();
}

std::vector<Article> InForceOnSomeDay(const std::map<std::int64_t, Article>& versions) {
  std::vector<Article> in_force;
  std::optional<Day> taken_over;  // The first day that a later version rules; "" is since ever.
  for (auto it = versions.rbegin(); it != versions.rend() && !it->second.retired; ++it) {
    Article article = it->second;
    const Day from = article.effective_from;
    if (!taken_over || from < *taken_over) {
      if (taken_over && (article.effective_to.empty() || *taken_over <= article.effective_to)) {
        article.effective_to = DayBefore(*taken_over);
      }
      if (article.effective_to.empty() || from <= article.effective_to) in_force.push_back(std::move(article));
    }
    taken_over = taken_over ? std::min(*taken_over, from) : from;
  }
  return in_force;
}

bool Article::SaysTheSameAs(const Article& other) const { return Said(*this) == Said(other); }

bool InForce(const Article& article, const Day& day) {
  return !article.retired && article.effective_from <= day &&
         (article.effective_to.empty() || day <= article.effective_to);
}

std::string NormalRegion(std::string_view region) {
  std::string path;
  for (const absl::string_view part :
       absl::StrSplit(absl::string_view{region.data(), region.size()}, '/', absl::SkipWhitespace())) {
    if (path.empty() && (part == "全国" || part == "国家" || part == "中国")) continue;
    absl::StrAppend(&path, path.empty() ? "" : "/", part);
  }
  return path;
}

std::vector<std::string> RegionsServing(std::string_view region) {
  const std::string path = NormalRegion(region);
  std::vector<std::string> serving{""};
  if (path.empty()) return serving;
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
    serving.push_back(path.substr(0, slash));
  serving.push_back(path);
  return serving;
}

bool Serves(std::string_view article_region, std::string_view region) {
  const std::vector<std::string> serving = RegionsServing(region);
  return std::find(serving.begin(), serving.end(), NormalRegion(article_region)) != serving.end();
}

}  // namespace hotline::knowledge
