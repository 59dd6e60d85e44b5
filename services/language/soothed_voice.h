#pragma once

namespace hotline::language {

/// How a call began, as an encoder hears it: log-odds of its three readings. What is read, published and reviewed is
/// the same, so that all who speak of it share the type.
struct SoothedVoice {
  double nobody_upset = 0;
  double soothed = 0;    ///< The agent soothed before explaining.
  double explained = 0;  ///< The agent did not.
};

}  // namespace hotline::language
