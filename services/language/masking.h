#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::language {

/// What makes a piece of text private (design.md §5.5).
enum class PrivateKind { kPhone = 1, kIdentityNumber, kBankCard, kPlate, kName };

/// "电话", "身份证", "银行卡", "车牌", "姓名".
[[nodiscard]] std::string_view Name(PrivateKind kind);

/// A piece that was taken out: its bytes in the original text and what stood there.
struct PrivateFinding {
  PrivateKind kind = PrivateKind::kPhone;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string value;  ///< Verbatim.
};

struct MaskedText {
  std::string text;                      ///< Each finding replaced by its kind in brackets: "我的电话是[电话]".
  std::vector<PrivateFinding> findings;  ///< In order.
};

/// Takes out phone, identity, bank card and plate numbers always — written in digits of any width, with spaces, dots or
/// dashes between, or spoken digit by digit (一三八零零…, 幺三八…) — and names that people give themselves (我叫…,
/// 免贵姓…). Leaves amounts, dates, document and case numbers and public numbers such as 12345 alone. Masked text masks
/// to itself.
[[nodiscard]] MaskedText MaskPrivate(std::string_view utf8);

}  // namespace hotline::language
