#pragma once

#include <hotline/escalation/v1/escalation_events.pb.h>
#include <hotline/intake/v1/case.pb.h>

#include <string>
#include <vector>

namespace hotline::feedback {

/// What people have put right, in the files that training reads (services/*/training). Texts are masked, as the
/// services give them; a tab or line end in one becomes a space.
struct TrainingRows {
  std::string topics = "label\ttitle\tdetail\n";              ///< messages/train.tsv of language/training
  std::string kinds;                                          ///< classification/training/kinds.tsv
  std::string departments = "lead\tothers\ttitle\tdetail\n";  ///< for whoever keeps the dispatch directory
  std::string concerns;                                       ///< escalation/training/caller_turns.tsv
  std::string verdicts = "verdict\tlevel\trisk\tsite\tcall_id\tturn\treasons\tnote\n";
  int cases = 0;   ///< That somebody corrected.
  int alerts = 0;  ///< That somebody judged.
};

/// A case whose category a person has corrected: as it stands now, it is right.
void AddCorrected(const intake::v1::Case& corrected, TrainingRows& rows);

/// A warning and its verdict; one without a verdict adds nothing. What a false alarm took for a concern is none; what a
/// warning that was right named is one, whenever it should have come.
void AddJudged(const escalation::v1::Alert& alert, TrainingRows& rows);

/// Label of `concern` for a reason of a warning ("CONCERN_UNSOLVED": unsolved; a hard rule: what it is a rule for);
/// empty where a reason is no words of the caller about one.
[[nodiscard]] std::string ConcernOfReason(const std::string& code);

}  // namespace hotline::feedback
