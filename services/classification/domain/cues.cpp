#include "classification/domain/cues.h"

#include "classification/domain/embedded_data.h"

namespace hotline::classification {

const language::Cues& SpokenCues() {
  static const language::Cues cues{embedded::cues};
  return cues;
}

}  // namespace hotline::classification
