#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <absl/status/statusor.h>

namespace hotline::language {

/// BERT's tokenizer for Chinese, case kept: white space splits, a CJK character or a punctuation mark stands alone, and
/// other words are cut into the longest pieces that the vocabulary has. Gives what the tokenizer gives with which the
/// encoder was trained, but for text that spells a special token: "[SEP]" from a caller is three pieces, no token.
/// Immutable, thread-safe.
class WordPiece {
 public:
  /// A token a line, numbered from 0; pieces inside a word begin with "##". DATA_LOSS without [CLS], [SEP] and [UNK].
  static absl::StatusOr<std::unique_ptr<const WordPiece>> Parse(std::string vocabulary);

  /// [CLS], the text's tokens and [SEP]; at most `most` together, the text's end is cut. `most` is at least 2.
  [[nodiscard]] std::vector<std::int64_t> Tokens(std::string_view utf8, std::size_t most) const;

 private:
  using Pieces = std::unordered_map<std::string_view, std::int64_t>;

  WordPiece() = default;
  void AddWord(std::string_view word, std::size_t characters, std::vector<std::int64_t>& tokens) const;

  std::string vocabulary_;  ///< What the maps' keys point into.
  Pieces starts_;
  Pieces continuations_;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  std::int64_t unknown_ = 0;
};

}  // namespace hotline::language
