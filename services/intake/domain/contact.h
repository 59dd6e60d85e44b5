#pragma once

#include <string>
#include <vector>

namespace hotline::intake {

/// Who calls, in the clear: lives in memory only, and in the store sealed.
struct Contact {
  std::string phone;
  std::string name;
  std::string identity_number;
  std::string address;

  [[nodiscard]] bool empty() const {
    return phone.empty() && name.empty() && identity_number.empty() && address.empty();
  }
};

/// Private words that stood in a text before it was masked.
struct PrivateMention {
  std::string kind;  ///< 电话 身份证 银行卡 车牌 姓名.
  std::string words;
  int turn = 0;
};

/// What makes two callers the same: the phone without spaces, hyphens and +86, else the identity number; "" when
/// neither is known.
[[nodiscard]] std::string CallerKey(const Contact& contact);

}  // namespace hotline::intake
