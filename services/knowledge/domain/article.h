#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::knowledge {

/// A day of the law's calendar, "2026-03-03": days compare as text. "" is open (articles) or today (questions).
using Day = std::string;

[[nodiscard]] bool IsDay(std::string_view text);

/// What a region's rule says while it is in force: one version.
struct Article {
  std::string id;
  std::int64_t version = 0;
  std::string title;
  std::string site;
  std::string region;  ///< Path; "" is the whole country.
  std::string document_number;
  std::string clause;
  Day effective_from;
  Day effective_to;  ///< The last day in force; "" while it is open.
  std::string supersedes;
  std::string department;
  std::string text;
  std::vector<std::string> questions;
  bool retired = false;
  std::int64_t changed_at_ms = 0;

  /// Everything but version and time of change: an import that says the same changes nothing.
  [[nodiscard]] bool SaysTheSameAs(const Article& other) const;
};

/// From the first day to the last, both included; a retired article never.
[[nodiscard]] bool InForce(const Article& article, const Day& day);

/// Of all versions of one id, by number: those in force on some day, each until the day before a later one takes over.
/// A retired version takes every earlier one with it: what was retired was wrong.
[[nodiscard]] std::vector<Article> InForceOnSomeDay(const std::map<std::int64_t, Article>& versions);

/// "云州市/青桥区" -> {"", "云州市", "云州市/青桥区"}: the regions whose articles answer there. "全国" and "国家" are
/// "".
[[nodiscard]] std::vector<std::string> RegionsServing(std::string_view region);

/// A region as paths are kept: without blank parts, "" for the whole country.
[[nodiscard]] std::string NormalRegion(std::string_view region);

/// Whether an article of `article_region` answers in `region`: its own and all below it.
[[nodiscard]] bool Serves(std::string_view article_region, std::string_view region);

}  // namespace hotline::knowledge
