#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "classification/domain/trained_models.h"
#include "language/models.h"
#include "platform/telemetry/metrics.h"

namespace hotline::classification {

/// The models to ask now, the same or newer ones each time, and who of them has the time to read.
struct ModelsInUse {
  std::shared_ptr<const language::Models> models;
  language::Readers readers = language::Readers::kAll;
};

/// What the encoder hears of `text`, which is the last of the turns `so_far`, or none where there are none: a caller's
/// turn with what was said before it, all else alone. Views into both.
[[nodiscard]] language::TurnInCall InCall(std::string_view text, std::span<const Turn> so_far);

/// The trained models as the reader asks for them, in the haste of a live turn. `in_use` must be thread-safe.
/// `metrics`, which may be null, counts what the encoder answered and what it left to the linear heads.
[[nodiscard]] TrainedModels TrainedHeads(std::function<ModelsInUse()> in_use, platform::Metrics* metrics = nullptr);

}  // namespace hotline::classification
