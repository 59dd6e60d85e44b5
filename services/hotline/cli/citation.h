#pragma once

#include <string>

#include <fmt/format.h>

namespace hotline::cli {

/// A region for people: an article without one answers for the whole country.
inline std::string RegionName(const std::string& region) { return region.empty() ? "全国" : region; }

/// Document, clause, days, region and department of an article or of an answer that cites one, a line each.
template <typename Cited>
std::string CitationText(const Cited& cited) {
  return fmt::format("  文号  {} {}\n  施行  {}{}\n  范围  {}\n  单位  {}\n", cited.document_number(), cited.clause(),
                     cited.effective_from(), cited.effective_to().empty() ? "" : "，至 " + cited.effective_to(),
                     RegionName(cited.region()), cited.department());
}

}  // namespace hotline::cli
