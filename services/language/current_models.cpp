#include "language/current_models.h"

#include <malloc.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace hotline::language {
namespace {

absl::StatusOr<std::shared_ptr<const Models>> LoadFrom(const std::filesystem::path& directory,
                                                       const EncoderSharing& sharing) {
  auto models = Models::Load(directory, sharing);
  // Loading takes several times what stays, and the allocator would keep it for a service that never needs it again.
  malloc_trim(0);
  return models;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CurrentModels>> CurrentModels::Load(std::filesystem::path directory,
                                                                   const EncoderSharing& sharing) {
  std::unique_ptr<CurrentModels> current{new CurrentModels{std::move(directory), sharing}};
  current->tried_ = current->seen_ = current->Find();  // Before the loading: what changes meanwhile is new.
  auto models = LoadFrom(current->directory_, sharing);
  if (!models.ok()) return models.status();
  current->models_ = *std::move(models);
  return current;
}

std::shared_ptr<const Models> CurrentModels::Get() const {
  const std::lock_guard lock{mutex_};
  return models_;
}

absl::StatusOr<CurrentModels::Look> CurrentModels::Refresh() {
  const std::lock_guard looking{look_};
  Files files = Find();
  if (files == tried_) {
    seen_ = std::move(files);
    return Look::kSame;
  }
  if (files != seen_) {
    seen_ = std::move(files);
    return Look::kChanging;
  }
  tried_ = std::move(files);
  auto models = LoadFrom(directory_, sharing_);
  if (!models.ok()) return models.status();
  const std::lock_guard lock{mutex_};
  models_ = *std::move(models);
  return Look::kReplaced;
}

CurrentModels::Files CurrentModels::Find() const {
  Files files;
  std::error_code gone;  // A file that goes while we look is a change like any other.
  const std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator at{directory_, gone}; !gone && at != end; at.increment(gone)) {
    if (at->path().extension() != ".model") continue;
    std::error_code lost;
    const std::uintmax_t size = at->file_size(lost);
    files.emplace_back(at->path().filename().string(), size, at->last_write_time(lost));
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace hotline::language
