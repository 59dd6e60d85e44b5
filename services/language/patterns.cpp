#include "language/patterns.h"

#include <new>
#include <stdexcept>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace hotline::language {
namespace {

constexpr std::size_t kLongestText = 2000;
/// Steps of one match. What needs more than a real text ever does is given up: no match, no held thread.
constexpr std::uint32_t kMostSteps = 5'000'000;
constexpr std::size_t kFirstStackBytes = 32 * 1024;
constexpr std::size_t kLargestStackBytes = 1024 * 1024;

template <auto free>
struct Free {
  template <typename Object>
  void operator()(Object* object) const {
    free(object);
  }
};
using Code = std::unique_ptr<pcre2_code, Free<pcre2_code_free>>;

/// What a match is made with: memory of its thread, used again by every pattern.
struct Workspace {
  Workspace() {
    if (stack == nullptr || context == nullptr || match == nullptr) throw std::bad_alloc{};
    pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
    pcre2_set_match_limit(context.get(), kMostSteps);
  }
  const std::unique_ptr<pcre2_jit_stack, Free<pcre2_jit_stack_free>> stack{
      pcre2_jit_stack_create(kFirstStackBytes, kLargestStackBytes, nullptr)};
  const std::unique_ptr<pcre2_match_context, Free<pcre2_match_context_free>> context{
      pcre2_match_context_create(nullptr)};
  const std::unique_ptr<pcre2_match_data, Free<pcre2_match_data_free>> match{pcre2_match_data_create(1, nullptr)};
};

/// ICU's meaning of the same text, which the expressions were written for: white space and line ends of all scripts.
Code Compile(std::string_view expression) {
  const std::unique_ptr<pcre2_compile_context, Free<pcre2_compile_context_free>> context{
      pcre2_compile_context_create(nullptr)};
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_ANY);
  int error = 0;
  PCRE2_SIZE where = 0;
  Code code{pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
                          PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NO_AUTO_CAPTURE, &error, &where,
                          context.get())};
  if (code == nullptr) throw std::invalid_argument("bad pattern: " + std::string{expression});
  // As machine code, where the system lets a process make some; else it is interpreted.
  static_cast<void>(pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE));
  return code;
}

bool Continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

}  // namespace

std::string_view Beginning(std::string_view text) {
  if (text.size() <= kLongestText) return text;
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!Continues(text[i]) && ++characters > kLongestText) return text.substr(0, i);
  }
  return text;
}

struct Pattern::Compiled {
  Code code;

  /// The first match of some length at or behind byte `from` (a view into `text`); without data when there is none.
  [[nodiscard]] std::string_view Next(std::string_view text, std::size_t from) const {
    thread_local const Workspace space;
    const PCRE2_SIZE* const ends = pcre2_get_ovector_pointer(space.match.get());
    while (from < text.size()) {
      const int found = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from, 0,
                                    space.match.get(), space.context.get());
      if (found < 0) break;
      if (ends[1] > ends[0]) return text.substr(ends[0], ends[1] - ends[0]);
      for (from = ends[0] + 1; from < text.size() && Continues(text[from]);) ++from;
    }
    return {};
  }
};

Pattern::Pattern(std::string_view expression) : compiled_{std::make_unique<Compiled>(Compiled{Compile(expression)})} {}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

std::vector<Pattern::Span> Pattern::FindAll(std::string_view all) const {
  const std::string_view text = Beginning(all);
  std::vector<Span> spans;
  for (std::size_t from = 0;;) {
    const std::string_view words = compiled_->Next(text, from);
    if (words.data() == nullptr) return spans;
    spans.push_back({static_cast<std::size_t>(words.data() - text.data()), std::string{words}});
    from = spans.back().at + words.size();
  }
}

bool Pattern::Matches(std::string_view text) const { return compiled_->Next(Beginning(text), 0).data() != nullptr; }

}  // namespace hotline::language
