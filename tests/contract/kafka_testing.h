#pragma once

#include <algorithm>
#include <string>

#include "contract/platform_testing.h"
#include "support/kafka_broker.h"

namespace hotline::platform::testing {

/// The broker of this test program: started by the first test that asks, stopped at the end.
inline tests::KafkaBroker& SharedBroker() {
  static const TemporaryFolder folder;
  static tests::KafkaBroker broker{folder / "broker"};
  static const bool started = [] {
    broker.Start();
    return true;
  }();
  static_cast<void>(started);
  return broker;
}

/// Before the topics and groups of one test: those of another folder are not its own.
inline std::string PrefixOf(const TemporaryFolder& folder) {
  std::string name = folder.path().filename();
  std::replace(name.begin(), name.end(), ' ', '-');
  return name + ".";
}

}  // namespace hotline::platform::testing
