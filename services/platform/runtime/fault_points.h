#pragma once

#include <filesystem>
#include <string_view>

namespace hotline::platform {

/// Named places where tests/fault ends the process as a power cut would. Only in builds with tests (the CMake option
/// HOTLINE_FAULT_POINTS); in others FaultPoint() is nothing. Thread-safe.
///
/// The file crash_at in the data directory, "<place> <n>", is read at the start and removed: the process kills itself
/// when it comes to that place for the n-th time.
#ifdef HOTLINE_FAULT_POINTS
void ArmFaultPoint(const std::filesystem::path& data_directory);
void FaultPoint(std::string_view place);
#else
inline void ArmFaultPoint(const std::filesystem::path&) {}
inline void FaultPoint(std::string_view) {}
#endif

}  // namespace hotline::platform
