#include "hotline/replay/call_file.h"

#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "contracts/timestamp.h"
#include "hotline/cli/call.h"
#include "hotline/cli/json_problem.h"
#include "hotline/cli/names.h"
#include "hotline/cli/tsv.h"
#include "platform/time.h"

namespace hotline::replay {
namespace {

using nlohmann::json;

/// A member that must be there and of its type; the message names it.
const json& Member(const json& object, const char* name, json::value_t type) {
  const auto member = object.find(name);
  if (member == object.end()) throw std::invalid_argument(absl::StrCat(name, " is missing"));
  const bool number = type == json::value_t::number_integer && member->is_number_integer();
  if (member->type() != type && !number) throw std::invalid_argument(absl::StrCat(name, " is not of the right type"));
  return *member;
}

std::string Text(const json& object, const char* name) {
  return Member(object, name, json::value_t::string).get<std::string>();
}

/// "" for null or absent.
std::string OptionalText(const json& object, const char* name) {
  const auto member = object.find(name);
  return member == object.end() || member->is_null() ? "" : Text(object, name);
}

/// A list that may be absent or null.
json OptionalList(const json& object, const char* name) {
  const auto member = object.find(name);
  return member == object.end() || member->is_null() ? json::array() : Member(object, name, json::value_t::array);
}

/// Reads one part of a line; what is wrong in it is named with the part before: "turns[3].text is missing".
template <typename Read>
auto In(const std::string& part, Read read) {
  try {
    return read();
  } catch (const std::exception& problem) {
    throw std::invalid_argument(absl::StrCat(part, ".", cli::JsonProblem(problem)));
  }
}

platform::Time TimeAt(const json& object, const char* name) {
  const auto time = platform::ParseTime(Text(object, name));
  if (!time.ok()) throw std::invalid_argument(absl::StrCat(name, ": ", time.status().message()));
  return *time;
}

intake::v1::ImportedCase EarlierCase(const json& earlier, const std::string& site, const std::string& phone) {
  intake::v1::ImportedCase imported;
  imported.set_site(site);
  imported.set_case_no(Text(earlier, "case_no"));
  *imported.mutable_at() = contracts::ToTimestamp(TimeAt(earlier, "at"));
  imported.set_summary(OptionalText(earlier, "summary"));
  const auto state = cli::StateFrom(OptionalText(earlier, "state"));
  imported.set_state(state.value_or(common::v1::CASE_STATE_CLOSED));
  if (const auto rating = cli::RatingFrom(OptionalText(earlier, "satisfaction"))) imported.set_satisfaction(*rating);
  imported.mutable_contact()->set_phone(phone);
  return imported;
}

intake::v1::Turn TurnFrom(const json& from, int number) {
  intake::v1::Turn turn;
  turn.set_turn(number);
  const std::string speaker = Text(from, "speaker");
  if (speaker != "agent" && speaker != "caller") throw std::invalid_argument("speaker is neither agent nor caller");
  turn.set_speaker(speaker == "agent" ? common::v1::SPEAKER_AGENT : common::v1::SPEAKER_CALLER);
  turn.set_at_ms(Member(from, "at_ms", json::value_t::number_integer).get<std::int64_t>());
  turn.set_text(Text(from, "text"));
  return turn;
}

void FillOpening(const json& line, const std::string& key, RecordedCall& call) {
  call.open.set_request_id(absl::StrCat(key, "-open"));
  call.open.set_site(Text(line, "site"));
  const std::string channel = OptionalText(line, "channel");
  const auto known = cli::ChannelFrom(channel.empty() ? "phone" : channel);
  if (!known) throw std::invalid_argument(absl::StrCat("channel '", channel, "' is not phone, wechat or web"));
  call.open.set_channel(*known);
  *call.open.mutable_started_at() = contracts::ToTimestamp(TimeAt(line, "started_at"));
  const json caller = line.value("caller", json::object());
  call.phone = In("caller", [&] { return OptionalText(caller, "phone"); });
  call.open.mutable_contact()->set_phone(call.phone);
  for (const json& tag : In("caller", [&] { return OptionalList(caller, "tags"); })) {
    if (!tag.is_string()) throw std::invalid_argument("caller.tags holds what is no text");
    call.open.add_caller_tags(tag.get<std::string>());
  }
}

RecordedCall Parse(json line, const std::string& salt) {
  if (!line.is_object()) throw std::invalid_argument("not a JSON object");
  line.erase("expected");
  RecordedCall call;
  call.id = Text(line, "id");
  const std::string key = cli::RequestIdOf(absl::StrCat(salt, line.dump()));
  FillOpening(line, key, call);
  const json history = OptionalList(line, "history");
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (i == 0) call.history.emplace_back().set_request_id(absl::StrCat(key, "-history"));
    *call.history.back().add_cases() =
        In(absl::StrCat("history[", i, "]"), [&] { return EarlierCase(history[i], call.open.site(), call.phone); });
  }
  const json& turns = Member(line, "turns", json::value_t::array);
  for (std::size_t i = 0; i < turns.size(); ++i) {
    call.turns.push_back(
        In(absl::StrCat("turns[", i, "]"), [&] { return TurnFrom(turns[i], static_cast<int>(i) + 1); }));
  }
  if (call.turns.empty()) throw std::invalid_argument("turns is empty");
  call.close.set_request_id(absl::StrCat(key, "-close"));
  call.close.set_at_ms(call.turns.back().at_ms());
  return call;
}

}  // namespace

absl::StatusOr<std::vector<RecordedCall>> ReadCallFile(const std::filesystem::path& file, const std::string& salt) {
  const auto lines = cli::ReadLines(file);
  if (!lines.ok()) return lines.status();
  std::vector<RecordedCall> calls;
  for (const cli::NumberedLine& line : *lines) {
    try {
      calls.push_back(Parse(json::parse(line.text), salt));
    } catch (const std::exception& problem) {
      return absl::InvalidArgumentError(
          absl::StrCat(file.string(), ", line ", line.number, ": ", cli::JsonProblem(problem)));
    }
  }
  return calls;
}

}  // namespace hotline::replay
