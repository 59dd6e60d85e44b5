#pragma once

#include <filesystem>
#include <string_view>

namespace hotline::platform {

/// Where tests/fault breaks a process, and how. Only in builds with tests (the CMake option HOTLINE_FAULT_POINTS); in
/// others FaultPoint() is nothing and Sabotaged() is false. Thread-safe.
///
/// Named places where the process ends as a power cut would: the file crash_at in the data directory, "<place> <n>", is
/// read at the start and removed; the process kills itself when it comes to that place for the n-th time.
///
/// Promises that the process breaks, so that a check can show that it would notice: the file sabotage in the data
/// directory names one. It stays, so that the process breaks it again after a restart.
#ifdef HOTLINE_FAULT_POINTS
void ArmFaultPoint(const std::filesystem::path& data_directory);
void FaultPoint(std::string_view place);
bool Sabotaged(std::string_view promise);
#else
inline void ArmFaultPoint(const std::filesystem::path&) {}
inline void FaultPoint(std::string_view) {}
constexpr bool Sabotaged(std::string_view) { return false; }
#endif

}  // namespace hotline::platform
