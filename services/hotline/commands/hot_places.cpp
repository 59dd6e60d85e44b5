#include "hotline/commands/hot_places.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <google/protobuf/util/time_util.h>

namespace hotline::commands {

using classification::v1::HotIssue;

int HotPlace::cases() const {
  return std::accumulate(issues.begin(), issues.end(), 0,
                         [](int sum, const HotIssue& issue) { return sum + issue.cases(); });
}

double HotPlace::heat() const {
  return std::accumulate(issues.begin(), issues.end(), 0.0,
                         [](double sum, const HotIssue& issue) { return sum + issue.heat(); });
}

google::protobuf::Timestamp HotPlace::first_at() const {
  return std::min_element(issues.begin(), issues.end(),
                          [](const HotIssue& a, const HotIssue& b) { return a.first_at() < b.first_at(); })
      ->first_at();
}

google::protobuf::Timestamp HotPlace::last_at() const {
  return std::max_element(issues.begin(), issues.end(),
                          [](const HotIssue& a, const HotIssue& b) { return a.last_at() < b.last_at(); })
      ->last_at();
}

std::vector<HotPlace> ByPlace(std::vector<HotIssue> issues) {
  std::stable_sort(issues.begin(), issues.end(),
                   [](const HotIssue& a, const HotIssue& b) { return a.heat() > b.heat(); });
  std::vector<HotPlace> places;
  for (HotIssue& issue : issues) {
    const auto known = std::find_if(places.begin(), places.end(), [&](const HotPlace& place) {
      // None is named of a whole district, nor by an older service.
      return !issue.neighbourhood().empty() && place.hottest().neighbourhood() == issue.neighbourhood();
    });
    HotPlace& place = known == places.end() ? places.emplace_back() : *known;
    place.issues.push_back(std::move(issue));
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const HotPlace& a, const HotPlace& b) { return a.heat() > b.heat(); });
  return places;
}

}  // namespace hotline::commands
