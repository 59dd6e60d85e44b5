# How a target of this project is built: flags for all, and one function a kind of target.
add_library(hotline_options INTERFACE)
target_link_libraries(hotline_options INTERFACE fmt::fmt)  # Its flags are in every compilation, as those of the headers below must be.
target_include_directories(hotline_options INTERFACE ${CMAKE_SOURCE_DIR}/services)
target_compile_options(hotline_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror)
# What a designated initializer leaves out has its default: that is what they are for.
target_compile_options(hotline_options INTERFACE -Wno-missing-field-initializers)
# GCC 12 sees overlaps and overflows that are not there in inlined std::string (GCC bugs 105651, 105329); the sanitizers
# look for real ones.
target_compile_options(hotline_options INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
# Nor is the string read that it sees inside a moved std::variant (GCC bug 105593); the sanitizers look for real ones.
target_compile_options(hotline_options INTERFACE -Wno-maybe-uninitialized)
# -fpch-preprocess lets ccache see through a precompiled header.
target_compile_options(hotline_options INTERFACE -fpch-preprocess -pthread)
if(HOTLINE_SANITIZE)
  # No vptr check: it needs the type information of library classes, and SOCI exports none.
  add_compile_options(-fsanitize=${HOTLINE_SANITIZE} -fno-sanitize=vptr -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HOTLINE_SANITIZE})
endif()

# Most of a compilation here is reading headers that no source file changes: gRPC's, Abseil's and the standard library's.
# They are compiled once, for every target whose flags are those of hotline_options. A file still includes what it uses:
# tests/lint/tidy reads it without them.
file(WRITE ${CMAKE_BINARY_DIR}/headers.cpp.in "// Nothing but a home for the precompiled headers.\n")
configure_file(${CMAKE_BINARY_DIR}/headers.cpp.in ${CMAKE_BINARY_DIR}/headers.cpp COPYONLY)
add_library(hotline_headers OBJECT ${CMAKE_BINARY_DIR}/headers.cpp)
target_link_libraries(hotline_headers PRIVATE hotline_options gRPC::grpc++ absl::status absl::statusor absl::strings fmt::fmt)
target_precompile_headers(hotline_headers PRIVATE
  <algorithm> <array> <atomic> <chrono> <cmath> <condition_variable> <cstdint> <filesystem> <functional> <map> <memory>
  <mutex> <optional> <set> <span> <sstream> <string> <string_view> <thread> <unordered_map> <utility> <variant> <vector>
  <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_cat.h> <fmt/format.h> <google/protobuf/message.h>
  <grpcpp/grpcpp.h>)

# hotline_library(NAME [DEPS target...] [EXCLUDE regex]): every .cpp below this folder but main.cpp.
function(hotline_library name)
  cmake_parse_arguments(ARG "" "EXCLUDE" "DEPS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${ARG_EXCLUDE}")
  endif()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC hotline_options ${ARG_DEPS})
    target_precompile_headers(${name} REUSE_FROM hotline_headers)
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE hotline_options ${ARG_DEPS})
  endif()
endfunction()

# hotline_service(NAME [DEPS target...]): the library hotline_NAME, and the program hotline-NAME if it has a main.cpp.
function(hotline_service name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  hotline_library(hotline_${name} DEPS contracts platform language ${ARG_DEPS})
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/main.cpp)
    add_executable(hotline-${name} main.cpp)
    target_link_libraries(hotline-${name} PRIVATE hotline_${name})
  endif()
endfunction()

# hotline_tests(NAME DIR [DEPS target...] [TOGETHER prefix...] [CAMPAIGN prefix...]): one test program of every .cpp in
# DIR, each TEST known to ctest; but those of suites with a TOGETHER prefix are one test of ctest, because they share a
# server, and those with a CAMPAIGN prefix none: a command of their own runs them.
function(hotline_tests name dir)
  cmake_parse_arguments(ARG "" "" "DEPS;TOGETHER;CAMPAIGN" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cpp)
  if(NOT sources)
    return()
  endif()
  if(HOTLINE_SANITIZE MATCHES "thread")
    list(APPEND sources ${CMAKE_SOURCE_DIR}/tests/support/c11_threads.cpp)
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE hotline_options ${ARG_DEPS} GTest::gmock_main)
  target_precompile_headers(${name} REUSE_FROM test_headers)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE HOTLINE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" HOTLINE_BINARY_DIR="${CMAKE_BINARY_DIR}")
  set(apart "")
  foreach(prefix IN LISTS ARG_TOGETHER)
    add_test(NAME ${name}.${prefix} COMMAND ${name} --gtest_filter=${prefix}*)
    set_tests_properties(${name}.${prefix} PROPERTIES TIMEOUT 600)
    string(APPEND apart ":${prefix}*")
  endforeach()
  foreach(prefix IN LISTS ARG_CAMPAIGN)
    string(APPEND apart ":${prefix}*")
  endforeach()
  string(REGEX REPLACE "^:" "-" apart "${apart}")
  gtest_discover_tests(${name} TEST_PREFIX "${name}." TEST_FILTER "${apart}" DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 300)
endfunction()

# hotline_migrations(TARGET NAMESPACE [FOLDER]): the SQL files FOLDER/NNNN_name.{up,down}.sql (FOLDER: migrations), compiled
# in as `std::span<const hotline::platform::Migration> hotline::NAMESPACE::Migrations()` (header <NAMESPACE>/migrations.h).
function(hotline_migrations target namespace)
  set(folder migrations)
  if(ARGC GREATER 2)
    set(folder ${ARGV2})
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.up.sql)
  list(SORT files)
  set(rows "")
  foreach(up IN LISTS files)
    string(REPLACE ".up.sql" ".down.sql" down ${up})
    get_filename_component(name ${up} NAME)
    string(REGEX REPLACE "^0*([0-9]+)_(.*)\\.up\\.sql$" "\\1;\\2" id_and_name ${name})
    list(GET id_and_name 0 id)
    list(GET id_and_name 1 label)
    file(READ ${up} up_sql)
    file(READ ${down} down_sql)
    string(APPEND rows "    {${id}, \"${label}\", R\"sql(${up_sql})sql\", R\"sql(${down_sql})sql\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${up} ${down})
  endforeach()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated/${namespace})
  file(CONFIGURE OUTPUT ${generated}/migrations.h CONTENT
"#pragma once
#include <span>
#include \"platform/store/store.h\"
namespace hotline::${namespace} {
/// The SQL files of migrations/, in order.
std::span<const platform::Migration> Migrations();
}
" @ONLY)
  file(WRITE ${generated}/migrations.cpp.in "#include \"${namespace}/migrations.h\"
namespace hotline::${namespace} {
namespace {
constexpr platform::Migration kMigrations[] = {
${rows}};
}
std::span<const platform::Migration> Migrations() { return kMigrations; }
}
")
  configure_file(${generated}/migrations.cpp.in ${generated}/migrations.cpp COPYONLY)
  target_sources(${target} PRIVATE ${generated}/migrations.cpp)
  target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()

# hotline_embedded_data(TARGET NAMESPACE file...): files compiled in as std::string_view, each under its name without folder
# and ending (header <NAMESPACE>/domain/embedded_data.h): a binary and what it knows are one version.
function(hotline_embedded_data target namespace)
  set(embedded ${CMAKE_CURRENT_BINARY_DIR}/generated/${namespace}/domain/embedded_data)
  set(declarations "")
  set(definitions "")
  foreach(file IN LISTS ARGN)
    file(READ ${CMAKE_CURRENT_SOURCE_DIR}/${file} text)
    get_filename_component(name ${file} NAME_WE)
    string(APPEND declarations "extern const std::string_view ${name};\n")
    string(APPEND definitions "const std::string_view ${name} = R\"embedded(${text})embedded\";\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  file(CONFIGURE OUTPUT ${embedded}.h CONTENT "#pragma once
#include <string_view>
namespace hotline::${namespace}::embedded {
${declarations}}
" @ONLY)
  file(CONFIGURE OUTPUT ${embedded}.cpp CONTENT "#include \"${namespace}/domain/embedded_data.h\"
namespace hotline::${namespace}::embedded {
${definitions}}
" @ONLY)
  target_sources(${target} PRIVATE ${embedded}.cpp)
  target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()
