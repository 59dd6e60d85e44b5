#pragma once

#include <hotline/intake/v1/case.pb.h>

namespace hotline::cli {

/// What sets a case apart from others in its state.
struct CaseMark {
  bool (intake::v1::Case::*holds)() const;
  const char* brief;  ///< In a table.
  const char* whole;
};

/// A person looks at it within the hour and asks after it; nobody learns of who told of it; a supervisor watches it.
inline constexpr CaseMark kCaseMarks[] = {{&intake::v1::Case::crisis, "危", "危急"},
                                          {&intake::v1::Case::confidential, "密", "保密"},
                                          {&intake::v1::Case::supervised, "督", "督办"}};

}  // namespace hotline::cli
