# Every library the project uses, found once. README.md says what each is for.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC REQUIRED CONFIG)
find_package(absl REQUIRED CONFIG)
find_package(spdlog REQUIRED CONFIG)
find_package(prometheus-cpp REQUIRED CONFIG)
find_package(OpenSSL REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc)
find_package(SQLite3 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(xapian REQUIRED IMPORTED_TARGET xapian-core)
pkg_check_modules(pcre2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(opencc REQUIRED IMPORTED_TARGET opencc)
pkg_check_modules(rdkafka REQUIRED IMPORTED_TARGET rdkafka)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
# Its _FILE_OFFSET_BITS=64 says nothing on a machine of 64 bits, but keeps the precompiled headers from being used.
set_property(TARGET PkgConfig::hiredis PROPERTY INTERFACE_COMPILE_OPTIONS "")
pkg_check_modules(libevent REQUIRED IMPORTED_TARGET libevent_core)

# SOCI's Debian package has neither CMake nor pkg-config files.
find_path(SOCI_INCLUDE_DIR soci/soci.h REQUIRED)
find_library(SOCI_CORE_LIBRARY soci_core REQUIRED)
find_library(SOCI_SQLITE3_LIBRARY soci_sqlite3 REQUIRED)
find_library(SOCI_POSTGRESQL_LIBRARY soci_postgresql REQUIRED)
add_library(soci INTERFACE)
target_include_directories(soci SYSTEM INTERFACE ${SOCI_INCLUDE_DIR} ${SOCI_INCLUDE_DIR}/soci)
# Stands in for soci-config.h, which asks for Boost's headers: nothing here uses what they add, and they are 150 MB.
target_compile_definitions(soci INTERFACE SOCICONFIG_H_INCLUDED SOCI_HAVE_CXX11 SOCI_HAVE_VISIBILITY_SUPPORT
                                          SOCI_HAVE_SQLITE3 SOCI_HAVE_POSTGRESQL)
target_link_libraries(soci INTERFACE ${SOCI_SQLITE3_LIBRARY} ${SOCI_POSTGRESQL_LIBRARY} ${SOCI_CORE_LIBRARY}
                                     SQLite::SQLite3 PkgConfig::libpq)

# The encoder's library is optional, because it is a PyPI wheel: deploy/lib.sh puts it into .tools/venv. Without it the
# linear heads answer alone. Sanitizers run without it: ThreadSanitizer cannot see into its thread pool, and
# AddressSanitizer refuses how it loads its parts (RTLD_DEEPBIND).
set(HOTLINE_ENCODER AUTO CACHE STRING "Run the encoder with OpenVINO: AUTO (if it is found), ON, OFF")
set(HOTLINE_WITH_OPENVINO OFF)
if(HOTLINE_ENCODER STREQUAL "ON" OR (HOTLINE_ENCODER STREQUAL "AUTO" AND NOT HOTLINE_SANITIZE))
  file(GLOB wheel_cmake ${CMAKE_SOURCE_DIR}/.tools/venv/lib/python3*/site-packages/openvino/cmake)
  find_package(OpenVINO 2026.4 QUIET CONFIG COMPONENTS Runtime HINTS ${wheel_cmake})
  set(HOTLINE_WITH_OPENVINO ${OpenVINO_FOUND})
endif()
if(HOTLINE_WITH_OPENVINO)
  message(STATUS "Encoder: OpenVINO ${OpenVINO_VERSION} in ${OpenVINO_DIR}")
elseif(HOTLINE_ENCODER STREQUAL "ON")
  message(FATAL_ERROR "HOTLINE_ENCODER is ON, but there is no OpenVINO 2026.4 in .tools/venv (need_encoder in deploy/lib.sh) or OpenVINO_DIR")
else()
  message(STATUS "Encoder: built without OpenVINO, the linear heads answer alone")
endif()

# A fast linker and a compiler cache make the daily build short; neither is required.
find_program(HOTLINE_MOLD mold)
if(HOTLINE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
find_program(HOTLINE_CCACHE ccache)
if(HOTLINE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${HOTLINE_CCACHE})
endif()
