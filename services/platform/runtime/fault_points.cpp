#include "platform/runtime/fault_points.h"

#ifdef HOTLINE_FAULT_POINTS
#include <signal.h>

#include <atomic>
#include <fstream>
#include <string>
#include <system_error>

namespace hotline::platform {
namespace {

/// Written once, before any other thread of the process is there.
std::string armed_place;
std::string broken_promise;
std::atomic<int> passes_left = 0;

}  // namespace

void ArmFaultPoint(const std::filesystem::path& data_directory) {
  std::ifstream{data_directory / "sabotage"} >> broken_promise;
  const std::filesystem::path file = data_directory / "crash_at";
  std::ifstream in{file};
  int passes = 0;
  if (!(in >> armed_place >> passes)) return;
  passes_left = passes;
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
}

void FaultPoint(std::string_view place) {
  if (passes_left.load(std::memory_order_relaxed) <= 0 || place != armed_place) return;
  if (--passes_left == 0) raise(SIGKILL);
}

bool Sabotaged(std::string_view promise) { return promise == broken_promise; }

}  // namespace hotline::platform
#endif
