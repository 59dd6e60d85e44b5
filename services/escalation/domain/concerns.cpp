#include "escalation/domain/concerns.h"

#include <stdexcept>
#include <vector>

#include "escalation/domain/embedded_data.h"
#include "language/linear_head.h"
#include "language/linear_model.h"
#include "language/text.h"
#include "language/turn_features.h"

namespace hotline::escalation {
namespace {

struct Names {
  std::string_view name;
  std::string_view code;
};

constexpr std::array<Names, kConcerns> kNames = {{{"none", "CONCERN_NONE"},
                                                  {"complaint", "CONCERN_COMPLAINT"},
                                                  {"unsolved", "CONCERN_UNSOLVED"},
                                                  {"passed_around", "CONCERN_PASSED_AROUND"},
                                                  {"resigned", "CONCERN_RESIGNED"},
                                                  {"sarcasm", "CONCERN_SARCASM"},
                                                  {"evidence", "CONCERN_EVIDENCE"},
                                                  {"exposure", "CONCERN_EXPOSURE"},
                                                  {"misconduct", "CONCERN_MISCONDUCT"},
                                                  {"abuse", "CONCERN_ABUSE"},
                                                  {"danger", "CONCERN_DANGER"},
                                                  {"group", "CONCERN_GROUP"},
                                                  {"leak", "CONCERN_LEAK"}}};

/// The head and which concern each of its columns is.
struct ConcernHead {
  language::LinearHead head{embedded::concern};
  std::vector<std::size_t> columns;

  ConcernHead() {
    for (const std::string& label : head.labels()) {
      std::size_t concern = 0;
      while (concern < kConcerns && kNames[concern].name != label) ++concern;
      if (concern == kConcerns) throw std::invalid_argument("the head names a concern that is none: " + label);
      columns.push_back(concern);
    }
  }
};

const ConcernHead& Head() {
  static const ConcernHead head;
  return head;
}

}  // namespace

ConcernReading ReadConcerns(std::string_view turn) {
  const ConcernHead& trained = Head();
  const std::vector<double> p = language::Softmax(trained.head.Scores(language::FeaturesOf(turn, CallerCues())));
  ConcernReading reading{};
  for (std::size_t i = 0; i < p.size(); ++i) reading[trained.columns[i]] = p[i];
  return reading;
}

const std::string& ConcernVersion() { return Head().head.version(); }

std::string_view Name(Concern concern) { return kNames[static_cast<std::size_t>(concern)].name; }
std::string_view EvidenceCode(Concern concern) { return kNames[static_cast<std::size_t>(concern)].code; }

const language::Cues& CallerCues() {
  static const language::Cues cues{embedded::cues};
  return cues;
}

std::string_view WordsFor(Concern concern, std::string_view turn) {
  std::string_view best = turn;
  double most = -1;
  for (const language::Span& clause : language::Sentences(turn)) {
    const double p = Of(ReadConcerns(clause.In(turn)), concern);
    if (p <= most) continue;
    most = p;
    best = clause.In(turn);
  }
  return best;
}

}  // namespace hotline::escalation
