#include "intake/rpc/requests.h"

#include <algorithm>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "intake/domain/deadlines.h"
#include "intake/rpc/field_checks.h"
#include "intake/rpc/page_token.h"
#include "language/vocabulary.h"

namespace hotline::intake {
namespace {

constexpr std::size_t kMaxId = 64;
constexpr std::size_t kMaxTurnText = 4'000;
constexpr std::size_t kMaxMessageText = 20'000;
constexpr std::size_t kMaxTitle = 500;
constexpr std::size_t kMaxReason = 500;
constexpr std::size_t kMaxReply = 4'000;
constexpr int kMaxTags = 20;
constexpr int kMaxImport = 500;
constexpr std::int64_t kMaxCallMs = 24LL * 60 * 60 * 1000;

bool IsTopic(std::string_view name) {
  const auto names = language::TopicNames();
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsDepartment(std::string_view name) {
  const auto names = language::DepartmentNames();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> ReadTags(FieldReader& fields, const google::protobuf::RepeatedPtrField<std::string>& from) {
  fields.Require(from.size() <= kMaxTags, "caller_tags", "are more than 20");
  std::vector<std::string> tags;
  for (const std::string& tag : from) {
    fields.Require(tag.find('\n') == std::string::npos, "caller_tags", "hold a line end");
    tags.push_back(fields.Text("caller_tags", tag, 1, 20));
  }
  return tags;
}

ImportedCase ReadImported(FieldReader& fields, const v1::ImportedCase& from, const SiteDirectory& sites, int index) {
  const std::string at = absl::StrCat("cases[", index, "].");
  ImportedCase to;
  to.site = fields.Site(from.site(), sites, at + "site");
  to.case_no = fields.Text(at + "case_no", from.case_no(), 1, kMaxId);
  to.at = fields.When(at + "at", from.has_at(), from.at()).value_or(Time{});
  fields.Require(from.has_at(), at + "at", "is required");
  to.summary = fields.Text(at + "summary", from.summary(), 1, kMaxMessageText);
  to.state = fields.RequiredTerm<CaseState>(at + "state", from.state(), CaseState::kClosed);
  fields.Require(to.state != CaseState::kMerged, at + "state", "并入主件 cannot be imported");
  to.satisfaction = fields.Term<Rating>(at + "satisfaction", from.satisfaction());
  to.contact = fields.ReadContact(from.contact(), at + "contact");
  to.kind = fields.Term<CaseKind>(at + "kind", from.kind());
  to.topic = from.topic();
  fields.Require(to.topic.empty() || IsTopic(to.topic), at + "topic", "is no level-1 topic");
  return to;
}

/// Page size and token; `request` without both is what its tokens are bound to.
template <typename Request>
absl::Status ReadPage(const Request& request, FieldReader& fields, CasePageQuery& to) {
  fields.Require(request.page_size() >= 0 && request.page_size() <= 1'000, "page_size",
                 "must be 1 to 1,000, or 0 for 100");
  if (request.page_size() > 0) to.size = request.page_size();
  Request question = request;
  question.clear_page_size();
  question.clear_page_token();
  to.mark = question.GetTypeName() + question.SerializeAsString();
  if (absl::Status status = fields.status(); !status.ok()) return status;
  absl::StatusOr<std::optional<CasePosition>> after = ReadPageToken(request.page_token(), to.mark);
  if (!after.ok()) return after.status();
  to.after = *std::move(after);
  return absl::OkStatus();
}

std::string SiteOrAll(FieldReader& fields, const std::string& site, const SiteDirectory& sites) {
  return site.empty() ? site : fields.Site(site, sites);
}

}  // namespace

absl::Status CheckId(std::string_view field, std::string_view id) {
  if (id.empty()) return platform::BadField(field, "is required");
  if (id.size() > kMaxId) return platform::BadField(field, "is longer than 64 characters");
  if (id.find('\0') != std::string_view::npos) return platform::BadField(field, "holds a zero byte");
  return absl::OkStatus();
}

absl::Status CheckSiteOrAll(const std::string& site, const SiteDirectory& sites) {
  FieldReader fields;
  SiteOrAll(fields, site, sites);
  return fields.status();
}

absl::Status Read(const v1::OpenCallRequest& from, const SiteDirectory& sites, OpenCallCommand& to) {
  FieldReader fields;
  to.site = fields.Site(from.site(), sites);
  to.channel = fields.RequiredTerm<Channel>("channel", from.channel(), Channel::kPhone);
  to.started_at = fields.When("started_at", from.has_started_at(), from.started_at());
  to.contact = fields.ReadContact(from.contact());
  to.caller_tags = ReadTags(fields, from.caller_tags());
  to.agent_id = fields.Text("agent_id", from.agent_id(), 0, kMaxId);
  to.confidential = from.confidential();
  return fields.status();
}

absl::Status Read(const v1::FileMessageRequest& from, const SiteDirectory& sites, FileMessageCommand& to) {
  FieldReader fields;
  to.site = fields.Site(from.site(), sites);
  to.channel = fields.RequiredTerm<Channel>("channel", from.channel(), Channel::kWeb);
  to.external_id = fields.Text("external_id", from.external_id(), 0, kMaxId);
  Turn turn{.turn = 1};
  turn.title = fields.Text("title", from.title(), 0, kMaxTitle);
  turn.text = fields.Text("text", from.text(), 0, kMaxMessageText);
  fields.Require(!turn.title.empty() || !turn.text.empty(), "text", "is required where there is no title");
  to.contact = fields.ReadContact(from.contact());
  to.written_at = fields.When("written_at", from.has_written_at(), from.written_at());
  to.confidential = from.confidential();
  absl::Status status = fields.status();
  if (status.ok()) to.turn = Hear(std::move(turn));
  return status;
}

absl::Status Read(const v1::Turn& from, HeardTurn& to) {
  FieldReader fields;
  Turn turn;
  fields.Require(from.turn() >= 0 && from.turn() <= kMaxTurns, "turn.turn", "must be 1 to 1,000, or 0 to be counted");
  turn.turn = from.turn();
  turn.speaker = fields.RequiredTerm<Speaker>("turn.speaker", from.speaker(), Speaker::kCaller);
  fields.Require(from.at_ms() >= 0 && from.at_ms() <= kMaxCallMs, "turn.at_ms", "must be 0 to a day");
  turn.at_ms = from.at_ms();
  turn.text = fields.Text("turn.text", from.text(), 1, kMaxTurnText);
  absl::Status status = fields.status();
  if (status.ok()) to = Hear(std::move(turn));
  return status;
}

absl::Status Read(const v1::GetCallerBriefRequest& from, const SiteDirectory& sites, BriefQuery& to) {
  FieldReader fields;
  to.site = fields.Site(from.site(), sites);
  fields.Require(!from.phone().empty(), "phone", "is required");
  to.contact.phone = fields.Phone("phone", from.phone());
  to.at = fields.When("at", from.has_at(), from.at());
  return fields.status();
}

absl::Status Read(const v1::CloseCallRequest& from, CloseCallCommand& to) {
  if (absl::Status id = CheckId("call_id", from.call_id()); !id.ok()) return id;
  FieldReader fields;
  to.call_id = from.call_id();
  fields.Require(from.at_ms() >= 0 && from.at_ms() <= kMaxCallMs, "at_ms", "must be 0 to a day");
  to.at_ms = from.at_ms();
  to.recorded_kind = fields.Term<CaseKind>("recorded_kind", from.recorded_kind());
  return fields.status();
}

absl::Status Read(const v1::ImportCasesRequest& from, const SiteDirectory& sites, std::vector<ImportedCase>& to) {
  FieldReader fields;
  fields.Require(from.cases_size() >= 1, "cases", "is required");
  fields.Require(from.cases_size() <= kMaxImport, "cases", "are more than 500");
  if (absl::Status status = fields.status(); !status.ok()) return status;
  for (int i = 0; i < from.cases_size(); ++i) to.push_back(ReadImported(fields, from.cases(i), sites, i));
  return fields.status();
}

absl::Status Read(const v1::CorrectCaseRequest& from, CorrectCommand& to) {
  FieldReader fields;
  to.ref.case_no = fields.Text("case_no", from.case_no(), 1, kMaxId);
  to.ref.expected_version = fields.Version(from.expected_version());
  to.correction.kind = fields.Term<CaseKind>("kind", from.kind());
  to.correction.topic = from.topic();
  fields.Require(from.topic().empty() || IsTopic(from.topic()), "topic", "is no level-1 topic");
  fields.Require(from.departments_size() <= 10, "departments", "are more than 10");
  for (const std::string& department : from.departments()) {
    fields.Require(IsDepartment(department), "departments", "hold a name that is no department");
    to.correction.departments.push_back(department);
  }
  to.correction.title = fields.Text("title", from.title(), 0, kMaxTitle);
  to.correction.reason = fields.Text("reason", from.reason(), 0, kMaxReason);
  const bool nothing =
      !to.correction.kind && from.topic().empty() && from.departments().empty() && from.title().empty();
  fields.Require(!nothing, "kind", "or topic, departments or title is required: nothing is corrected");
  return fields.status();
}

absl::Status Read(const v1::TransitionCaseRequest& from, TransitionRequest& to) {
  FieldReader fields;
  to.ref.case_no = fields.Text("case_no", from.case_no(), 1, kMaxId);
  to.ref.expected_version = fields.Version(from.expected_version());
  to.command.step.to = fields.RequiredTerm<CaseState>("to_state", from.to_state(), CaseState::kPending);
  to.command.reason = fields.Text("reason", from.reason(), 1, kMaxReason);
  to.command.step.reply = fields.Text("reply", from.reply(), 0, kMaxReply);
  to.command.step.department = from.department();
  fields.Require(from.department().empty() || IsDepartment(from.department()), "department", "is no department");
  to.command.parent_case_no = fields.Text("parent_case_no", from.parent_case_no(), 0, kMaxId);
  fields.Require(from.working_days() >= 0 && from.working_days() <= kComplexHandlingDays, "working_days",
                 "must be 0 to 15");
  to.command.step.working_days = from.working_days();
  return fields.status();
}

absl::Status Read(const v1::SupplementCaseRequest& from, SupplementCommand& to) {
  FieldReader fields;
  to.ref.case_no = fields.Text("case_no", from.case_no(), 1, kMaxId);
  to.ref.expected_version = fields.Version(from.expected_version());
  to.text = fields.Text("text", from.text(), 1, kMaxTurnText);
  return fields.status();
}

absl::Status Check(const v1::UrgeCaseRequest& request) {
  FieldReader fields;
  fields.Text("case_no", request.case_no(), 1, kMaxId);
  fields.Text("text", request.text(), 0, kMaxTurnText);
  return fields.status();
}

absl::Status Check(const v1::RevealContactRequest& request) {
  FieldReader fields;
  fields.Text("request_id", request.request_id(), 1, kMaxId);
  fields.Text("case_no", request.case_no(), 1, kMaxId);
  fields.Text("purpose", request.purpose(), 1, 200);
  return fields.status();
}

absl::Status Read(const v1::ListCasesRequest& from, const SiteDirectory& sites, Time now, CasePageQuery& to) {
  FieldReader fields;
  CaseFilter& filter = to.filter;
  filter.site = SiteOrAll(fields, from.site(), sites);
  for (const int state : from.states()) {
    filter.states.push_back(
        fields.RequiredTerm<CaseState>("states", static_cast<common::v1::CaseState>(state), CaseState::kPending));
  }
  for (const int kind : from.kinds()) {
    filter.kinds.push_back(
        fields.RequiredTerm<CaseKind>("kinds", static_cast<common::v1::CaseKind>(kind), CaseKind::kInquiry));
  }
  filter.department = from.department();
  fields.Require(from.department().empty() || IsDepartment(from.department()), "department", "is no department");
  filter.topic = from.topic();
  fields.Require(from.topic().empty() || IsTopic(from.topic()), "topic", "is no level-1 topic");
  filter.call_id = fields.Text("call_id", from.call_id(), 0, kMaxId);
  filter.caller_token = fields.Text("caller_token", from.caller_token(), 0, kMaxId);
  filter.opened_from = fields.When("opened_from", from.has_opened_from(), from.opened_from());
  filter.opened_until = fields.When("opened_until", from.has_opened_until(), from.opened_until());
  if (from.overdue()) filter.overdue_at = now;
  return ReadPage(from, fields, to);
}

absl::Status Read(const v1::SearchCasesRequest& from, const SiteDirectory& sites, CasePageQuery& to) {
  FieldReader fields;
  to.filter.site = SiteOrAll(fields, from.site(), sites);
  const std::string query = fields.Text("query", from.query(), 1, 200);
  to.terms = absl::StrSplit(query, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty());
  fields.Require(query.empty() || !to.terms.empty(), "query", "is only spaces");
  fields.Require(to.terms.size() <= 10, "query", "is more than 10 words");
  return ReadPage(from, fields, to);
}

absl::Status Read(const v1::CountCasesRequest& from, const SiteDirectory& sites, CaseFilter& to) {
  FieldReader fields;
  to.site = SiteOrAll(fields, from.site(), sites);
  to.opened_from = fields.When("opened_from", from.has_opened_from(), from.opened_from());
  to.opened_until = fields.When("opened_until", from.has_opened_until(), from.opened_until());
  return fields.status();
}

}  // namespace hotline::intake
