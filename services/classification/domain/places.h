#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hotline::classification {

/// A place as it was spoken.
struct SpokenPlace {
  std::string words;       ///< Verbatim, the fullest span: "青山区长江路，阳光家园七号楼".
  std::string normal;      ///< Without fillers and pauses: "青山区长江路阳光家园7号楼".
  double specificity = 0;  ///< Grows with every part that is named.
};

/// The places in a turn, in order. Names are open: a place is known by its kind (区 路 小区 医院 …) and by what may
/// not stand inside a name.
[[nodiscard]] std::vector<SpokenPlace> PlacesIn(std::string_view text);

/// The part of a place that issues gather around: the estate, village, road or site, without house numbers.
[[nodiscard]] std::string Neighbourhood(const SpokenPlace& place);

}  // namespace hotline::classification
