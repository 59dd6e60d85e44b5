#include "language/masking.h"

#include <algorithm>
#include <array>
#include <optional>

#include <absl/strings/str_cat.h>

#include "language/text.h"

namespace hotline::language {
namespace {

/// A piece of folded text, by character.
struct Piece {
  PrivateKind kind;
  std::size_t from;
  std::size_t to;
};

// ---- Digits
// ----------------------------------------------------------------------------------------------------------

bool IsAsciiDigit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool IsLatin(char32_t c) { return c >= U'a' && c <= U'z'; }
bool IsHan(char32_t c) { return c >= 0x4E00 && c <= 0x9FFF; }

/// A digit as spoken one by one; 幺 and 洞 are how radio and phone people say 1 and 0.
std::optional<char> SpokenDigit(char32_t c) {
  constexpr std::u32string_view kSpoken = U"零一二三四五六七八九";
  if (c == U'〇' || c == U'洞') return '0';
  if (c == U'幺') return '1';
  const std::size_t value = kSpoken.find(c);
  if (value == std::u32string_view::npos) return std::nullopt;
  return static_cast<char>('0' + value);
}

bool IsSeparator(char32_t c) {
  return c == U' ' || c == U'-' || c == U'.' || c == U',' || c == U'，' || c == U'、' || c == U'—' || c == U'–';
}

/// Digits that stand together, with what separates their groups left out.
struct DigitRun {
  std::string digits;                  ///< ASCII.
  std::vector<std::size_t> positions;  ///< Character of each digit.
  std::vector<bool> group_start;       ///< Whether a separator stands before the digit.
  bool spoken = false;
};

template <typename ToDigit>
std::vector<DigitRun> RunsOf(const std::u32string& text, ToDigit to_digit, bool spoken) {
  std::vector<DigitRun> runs;
  for (std::size_t i = 0; i < text.size();) {
    if (!to_digit(text[i])) {
      ++i;
      continue;
    }
    DigitRun run{.spoken = spoken};
    for (bool separated = true; i < text.size(); ++i) {
      if (const auto digit = to_digit(text[i])) {
        run.digits += *digit;
        run.positions.push_back(i);
        run.group_start.push_back(separated);
        separated = false;
      } else if (IsSeparator(text[i]) && i + 1 < text.size() && to_digit(text[i + 1])) {
        separated = true;
      } else {
        break;
      }
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

std::optional<char> AsciiDigit(char32_t c) {
  return IsAsciiDigit(c) ? std::optional<char>{static_cast<char>(c)} : std::nullopt;
}

bool PlausibleDate(std::string_view digits) {  // yyyymmdd
  const int year = std::stoi(std::string{digits.substr(0, 4)});
  const int month = std::stoi(std::string{digits.substr(4, 2)});
  const int day = std::stoi(std::string{digits.substr(6, 2)});
  return year >= 1900 && year <= 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/// The check every bank card number passes (ISO/IEC 7812-1).
bool PassesLuhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int value = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) value = value > 4 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 == 0;
}

bool IsMobile(std::string_view digits) { return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3'; }
bool IsLandline(std::string_view digits) {
  return digits[0] == '0' && digits[1] != '0' && digits.size() >= 10 && digits.size() <= 12;
}
/// A service number such as 4008123456 is nobody's own, but callers read out the firm's; it stays readable.
bool IsIdentity(std::string_view digits) {
  if (digits.size() == 18) return digits[0] != '0' && PlausibleDate(digits.substr(6, 8));
  return digits.size() == 15 && digits[0] != '0' && PlausibleDate(absl::StrCat("19", std::string{digits.substr(6, 6)}));
}

/// Whether one of `words` stands within a few characters before `at`.
bool SaidBefore(const std::u32string& text, std::size_t at, std::initializer_list<std::u32string_view> words) {
  constexpr std::size_t kReach = 10;
  const std::size_t from = at > kReach ? at - kReach : 0;
  const std::u32string_view before{text.data() + from, at - from};
  return std::any_of(words.begin(), words.end(),
                     [&](auto word) { return before.find(word) != std::u32string_view::npos; });
}

std::optional<PrivateKind> KindOfDigits(const std::u32string& text, std::string_view digits, std::size_t first) {
  if (digits.size() < 7) return std::nullopt;
  if (IsMobile(digits) || IsLandline(digits)) return PrivateKind::kPhone;
  if (digits.size() == 13 && digits.starts_with("86") && IsMobile(digits.substr(2))) return PrivateKind::kPhone;
  if (IsIdentity(digits)) return PrivateKind::kIdentityNumber;
  const bool card_said = SaidBefore(text, first, {U"卡号", U"银行卡", U"账号", U"帐号", U"储蓄卡"});
  if (digits.size() >= 16 && digits.size() <= 19 && (card_said || PassesLuhn(digits))) return PrivateKind::kBankCard;
  const bool phone_said =
      SaidBefore(text, first, {U"电话", U"座机", U"手机", U"号码", U"打我", U"微信", U"qq", U"联系方式"});
  if (digits.size() <= 8 && phone_said) return PrivateKind::kPhone;
  return std::nullopt;
}

/// Finds private numbers within one run: the longest sequence of whole groups that is one, from each group on.
void FindInRun(const std::u32string& text, const DigitRun& run, std::vector<Piece>& found) {
  const std::size_t size = run.digits.size();
  for (std::size_t from = 0; from < size; ++from) {
    if (!run.group_start[from]) continue;
    const std::size_t first = run.positions[from];
    // "YZ202603030001" is a case number; "+86" and "x" of an identity number are handled below.
    if (!run.spoken && first > 0 && IsLatin(text[first - 1])) continue;
    for (std::size_t to = size; to > from; --to) {
      if (to < size && !run.group_start[to]) continue;
      const std::string_view digits = std::string_view{run.digits}.substr(from, to - from);
      const auto kind = KindOfDigits(text, digits, first);
      if (!kind) continue;
      found.push_back({*kind, first, run.positions[to - 1] + 1});
      from = to - 1;
      break;
    }
  }
}

/// 17 digits and an X: the one identity number that is no run of digits.
void FindIdentityWithX(const std::u32string& text, const DigitRun& run, std::vector<Piece>& found) {
  if (run.spoken || run.digits.size() != 17 || run.digits[0] == '0' ||
      !PlausibleDate(std::string_view{run.digits}.substr(6, 8)))
    return;
  const std::size_t after = run.positions.back() + 1;
  if (after < text.size() && text[after] == U'x')
    found.push_back({PrivateKind::kIdentityNumber, run.positions.front(), after + 1});
}

// ---- Plates
// ----------------------------------------------------------------------------------------------------------

bool IsPlateProvince(char32_t c) {
  constexpr std::u32string_view kProvinces = U"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
  return kProvinces.find(c) != std::u32string_view::npos;
}

/// Province, letter, then five or six letters and digits with at least one digit: 京A12345, 粤B·D12345.
void FindPlates(const std::u32string& text, std::vector<Piece>& found) {
  constexpr std::size_t kTail = 6;
  for (std::size_t i = 0; i + kTail < text.size(); ++i) {
    if (!IsPlateProvince(text[i]) || !IsLatin(text[i + 1])) continue;
    std::size_t to = i + 2;
    if (to < text.size() && (text[to] == U'·' || text[to] == U' ' || text[to] == U'-')) ++to;
    std::size_t tail = 0;
    bool digit = false;
    for (; to < text.size() && tail < kTail && (IsLatin(text[to]) || IsAsciiDigit(text[to])); ++to, ++tail)
      digit |= IsAsciiDigit(text[to]);
    if (tail >= kTail - 1 && digit) found.push_back({PrivateKind::kPlate, i, to});
  }
}

// ---- Names
// -----------------------------------------------------------------------------------------------------------

constexpr std::u32string_view kSurnames =
    U"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭"
    U"陆范汪廖石金韦贾夏付"
    U"傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪辛柯庞樊兰殷翟倪游鲁葛岳"
    U"齐伍申章柳关焦俞鲍"
    U"祝左甘尚裴涂耿骆牛宁包曲詹欧华单司谷冉阮聂童蒲尤符靳卜管祁缪晏窦明费项成戚屈柏车时";
constexpr std::array<std::u32string_view, 5> kDoubleSurnames{U"欧阳", U"上官", U"司马", U"诸葛", U"慕容"};
/// What people say before their own name.
constexpr std::array<std::u32string_view, 12> kNameCues{U"我叫",   U"我名叫",   U"我的名字叫", U"我名字叫",
                                                        U"本人叫", U"姓名是",   U"姓名:",      U"联系人:",
                                                        U"名字是", U"我是业主", U"本人",       U"我是"};
constexpr std::array<std::u32string_view, 3> kSurnameCues{U"免贵姓", U"我姓", U"本人姓"};

bool IsSurname(char32_t c) { return kSurnames.find(c) != std::u32string_view::npos; }

/// Characters that go on after a name but are not of it.
bool EndsName(const std::u32string& text, std::size_t at) {
  constexpr std::u32string_view kAfter = U"的是住在今家电手男女年，、我要想来有因于从和与及自一";
  return at >= text.size() || !IsHan(text[at]) || kAfter.find(text[at]) != std::u32string_view::npos;
}

/// Length of a full name at `at`, 0 where there is none. `sure` cues (我叫) take a name also where its end is not
/// plain.
std::size_t NameLength(const std::u32string& text, std::size_t at, bool sure) {
  std::size_t surname = at < text.size() && IsSurname(text[at]) ? 1 : 0;
  for (const auto one : kDoubleSurnames) {
    if (text.compare(at, one.size(), one) == 0) surname = one.size();
  }
  if (surname == 0) return 0;
  for (const std::size_t given : {std::size_t{2}, std::size_t{1}}) {
    const std::size_t end = at + surname + given;
    const bool han = end <= text.size() && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                                                       text.begin() + static_cast<std::ptrdiff_t>(end), IsHan);
    if (han && EndsName(text, end)) return surname + given;
  }
  const bool two_given = at + surname + 2 <= text.size() && IsHan(text[at + surname]) && IsHan(text[at + surname + 1]);
  return sure && two_given ? surname + 2 : 0;
}

void FindNames(const std::u32string& text, std::vector<Piece>& found) {
  for (const auto cue : kNameCues) {
    const bool sure = cue != U"本人" && cue != U"我是" && cue != U"我是业主";
    for (std::size_t at = text.find(cue); at != std::u32string::npos; at = text.find(cue, at + 1)) {
      std::size_t name = at + cue.size();
      while (name < text.size() &&
             (text[name] == U' ' || text[name] == U':' || text[name] == U'，' || text[name] == U','))
        ++name;
      const std::size_t length = NameLength(text, name, sure);
      if (length > 0) found.push_back({PrivateKind::kName, name, name + length});
    }
  }
  for (const auto cue : kSurnameCues) {
    for (std::size_t at = text.find(cue); at != std::u32string::npos; at = text.find(cue, at + 1)) {
      const std::size_t name = at + cue.size();
      if (name >= text.size() || !IsSurname(text[name])) continue;
      const bool full_name = name + 2 < text.size() && text[name + 1] == U'，' && text.compare(name + 2, 1, U"叫") == 0;
      const std::size_t length = full_name ? 3 + std::min<std::size_t>(2, text.size() - name - 3) : 1;
      found.push_back({PrivateKind::kName, name, name + length});
    }
  }
}

/// Earlier pieces first; of two that overlap the longer, of equals the first kind.
std::vector<Piece> WithoutOverlaps(std::vector<Piece> pieces) {
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const Piece& a, const Piece& b) { return a.to - a.from > b.to - b.from; });
  std::vector<Piece> kept;
  for (const Piece& piece : pieces) {
    const bool overlaps = std::any_of(
        kept.begin(), kept.end(), [&](const Piece& other) { return piece.from < other.to && other.from < piece.to; });
    if (!overlaps) kept.push_back(piece);
  }
  std::sort(kept.begin(), kept.end(), [](const Piece& a, const Piece& b) { return a.from < b.from; });
  return kept;
}

}  // namespace

std::string_view Name(PrivateKind kind) {
  switch (kind) {
    case PrivateKind::kPhone: return "电话";
    case PrivateKind::kIdentityNumber: return "身份证";
    case PrivateKind::kBankCard: return "银行卡";
    case PrivateKind::kPlate: return "车牌";
    case PrivateKind::kName: return "姓名";
  }
  return "";
}

MaskedText MaskPrivate(std::string_view utf8) {
  const FoldedText folded = Fold(utf8);
  std::vector<Piece> pieces;
  for (const DigitRun& run : RunsOf(folded.characters, AsciiDigit, false)) {
    FindIdentityWithX(folded.characters, run, pieces);
    FindInRun(folded.characters, run, pieces);
  }
  for (const DigitRun& run : RunsOf(folded.characters, SpokenDigit, true)) FindInRun(folded.characters, run, pieces);
  FindPlates(folded.characters, pieces);
  FindNames(folded.characters, pieces);

  MaskedText masked;
  std::size_t copied = 0;
  for (const Piece& piece : WithoutOverlaps(std::move(pieces))) {
    const std::size_t begin = folded.begins[piece.from];
    const std::size_t end = folded.begins[piece.to];
    absl::StrAppend(&masked.text, std::string{utf8.substr(copied, begin - copied)}, "[", std::string{Name(piece.kind)},
                    "]");
    masked.findings.push_back({piece.kind, begin, end, std::string{utf8.substr(begin, end - begin)}});
    copied = end;
  }
  masked.text += utf8.substr(copied);
  return masked;
}

}  // namespace hotline::language
