#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "language/sequence_tagger.h"

namespace hotline::classification {

/// A place as it was spoken.
struct SpokenPlace {
  std::string words;       ///< Verbatim, the fullest span: "青山区长江路，阳光家园七号楼".
  std::size_t at = 0;      ///< Byte offset in the turn.
  std::string normal;      ///< Without fillers and pauses: "青山区长江路阳光家园7号楼".
  double specificity = 0;  ///< Grows with every part that is named.
  bool by_kind = false;    ///< Its parts end in a kind of place, with names before them.
  bool by_words = false;   ///< A tagger takes these very words, as they stand there, for one.
};

/// Finds places in two ways, neither of which sees all: by the kinds they end in (区 路 小区 医院 …), which is sure of
/// long addresses, and by a trained tagger, which knows names without a kind (上寨, 洪都里) by what stands around them.
/// Immutable, thread-safe.
class PlaceFinder {
 public:
  /// `tagger`: of the labels of tagged_spans.h.
  explicit PlaceFinder(language::SequenceTagger tagger) : tagger_{std::move(tagger)} {}

  /// All that may be places, in order; they may overlap. Which of them is meant is for others (slot_candidates.h).
  [[nodiscard]] std::vector<SpokenPlace> PlacesIn(std::string_view text) const;

  /// The one with the trained tagger of this build (models/place.tsv).
  [[nodiscard]] static const PlaceFinder& Own();

 private:
  language::SequenceTagger tagger_;
};

/// The part of a place (its normal form) that issues gather around, however callers reach it: the estate or site
/// without its district, house numbers and what lies beside it, else the road, else the village or district. Empty for
/// a whole city or province.
[[nodiscard]] std::string Neighbourhood(std::string_view place);

/// Whether that is no more than a district, county or town, in which several matters have nothing to do with one
/// another.
[[nodiscard]] bool IsOnlyAnArea(std::string_view place);

}  // namespace hotline::classification
