#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classification/domain/turn.h"
#include "language/term_finder.h"

namespace hotline::classification {

/// One matter of the directory: who leads it, who helps, and by which law or duty (三定).
struct DispatchEntry {
  std::string entry;  ///< "M012"
  std::string matter;
  std::string topic;  ///< Level 1.
  std::string lead;
  std::vector<std::string> co_handlers;
  std::string basis;
  double weight =
      1;  ///< Below 1: its words are of every call ("工单", "窗口"); it leads where nothing else is spoken of.
};

/// A text and how much its words count.
struct WeightedText {
  std::string text;
  double weight = 1;
};

/// A matter that fits what was said.
struct MatterMatch {
  const DispatchEntry* entry = nullptr;
  double score = 0;
  double probability = 0;          ///< Its share among all that fit.
  std::vector<std::string> words;  ///< What decided, strongest first.
};

/// 派单目录: which department leads which matter; versioned data (data/dispatch_directory.json).
///
/// A matter is found by its words: a word of few matters says much, a word of many little, a long one more than a
/// short one. Immutable, thread-safe; some 50 µs a call.
class DispatchDirectory {
 public:
  /// The directory compiled in.
  [[nodiscard]] static const DispatchDirectory& Get();

  explicit DispatchDirectory(std::string_view json);

  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] std::span<const DispatchEntry> entries() const { return entries_; }

  /// Best first; empty when no word of any matter occurs.
  [[nodiscard]] std::vector<MatterMatch> Match(std::span<const WeightedText> texts) const;

  /// The departments an agent names ("市场监管局" → 市场监督管理局), in the order spoken.
  [[nodiscard]] std::vector<std::string> DepartmentsNamed(std::string_view text) const;

 private:
  struct Use {
    std::size_t entry;
    double weight;
  };
  std::string version_;
  std::vector<DispatchEntry> entries_;
  language::TermFinder terms_;
  std::vector<std::vector<Use>> uses_;  ///< By term.
  language::TermFinder names_;
  std::vector<std::string> department_of_name_;
};

}  // namespace hotline::classification
