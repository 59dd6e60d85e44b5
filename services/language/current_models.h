#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>

#include "language/models.h"

namespace hotline::language {

/// The models in use, and new ones once they lie in their directory. Thread-safe: whoever holds the old ones keeps them
/// until it is done.
class CurrentModels {
 public:
  /// Errors as Models::Load().
  static absl::StatusOr<std::unique_ptr<CurrentModels>> Load(std::filesystem::path directory,
                                                             const EncoderSharing& sharing = {});

  [[nodiscard]] std::shared_ptr<const Models> Get() const;

  enum class Look {
    kSame,
    kChanging,  ///< Files differ from the last look: a copy may be under way, so wait for one that finds them at rest.
    kReplaced
  };
  /// Looks at the directory and loads what is new beside what is in use. Blocks while it loads; one look at a time. The
  /// error, told once for each state of the files, names the file that is no model; those in use stay.
  [[nodiscard]] absl::StatusOr<Look> Refresh();

 private:
  /// Of every *.model: name, size, when it was written.
  using Files = std::vector<std::tuple<std::string, std::uintmax_t, std::filesystem::file_time_type>>;

  CurrentModels(std::filesystem::path directory, const EncoderSharing& sharing)
      : directory_{std::move(directory)}, sharing_{sharing} {}
  [[nodiscard]] Files Find() const;

  const std::filesystem::path directory_;
  const EncoderSharing sharing_;
  std::mutex look_;
  Files tried_;  ///< What was loaded, or refused. Of look_, like the next.
  Files seen_;   ///< At the last look.
  mutable std::mutex mutex_;
  std::shared_ptr<const Models> models_;
};

}  // namespace hotline::language
