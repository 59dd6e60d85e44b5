#include "support/probes.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <map>

#include <google/protobuf/descriptor.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

namespace hotline::tests {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kDeepest = 4;
constexpr std::size_t kHugeText = 200'000;
constexpr int kManyElements = 20'000;

bool IsTimestamp(const Descriptor& type) { return type.full_name() == "google.protobuf.Timestamp"; }

/// What a field of this name usually holds.
std::string PlausibleText(const FieldDescriptor& field, int number) {
  static const std::map<std::string, std::string, std::less<>> kTexts = {
      {"site", "yunzhou"},
      {"region", "云州市"},
      {"as_of", "2026-03-03"},
      {"phone", "13800001234"},
      {"topic", "城乡建设"},
      {"department", "城市管理执法局"},
      {"page_token", ""},
      {"topics", "城乡建设"},
      {"departments", "城市管理执法局"},
      {"among", "城乡建设"},
      {"title", "路灯坏了"},
      {"text", "小区门口的路灯坏了两个星期"},
      {"effective_from", "2026-01-01"},
      {"effective_until", "2026-12-31"},
      {"caller_tags", "高龄"},
  };
  if (field.name() == "request_id") return "probe-" + std::to_string(number);
  const auto known = kTexts.find(field.name());
  return known == kTexts.end() ? "unknown-" + std::to_string(number) : known->second;
}

void FillOne(Message& message, const FieldDescriptor& field, int number, int depth);

void Fill(Message& message, int number, int depth) {
  if (IsTimestamp(*message.GetDescriptor())) {
    constexpr std::int64_t kMarch2026 = 1'772'500'000;
    message.GetReflection()->SetInt64(&message, message.GetDescriptor()->FindFieldByName("seconds"), kMarch2026);
    return;
  }
  if (depth > kDeepest) return;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    FillOne(message, *message.GetDescriptor()->field(i), number, depth);
  }
}

void FillOne(Message& message, const FieldDescriptor& field, int number, int depth) {
  const auto& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = PlausibleText(field, number);
      many ? reflection.AddString(&message, &field, text) : reflection.SetString(&message, &field, text);
      return;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      many ? reflection.AddEnumValue(&message, &field, 1) : reflection.SetEnumValue(&message, &field, 1);
      return;
    case FieldDescriptor::CPPTYPE_INT32:
      many ? reflection.AddInt32(&message, &field, 1) : reflection.SetInt32(&message, &field, 1);
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      many ? reflection.AddInt64(&message, &field, 1) : reflection.SetInt64(&message, &field, 1);
      return;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      many ? reflection.AddDouble(&message, &field, 0.5) : reflection.SetDouble(&message, &field, 0.5);
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      many ? reflection.AddBool(&message, &field, true) : reflection.SetBool(&message, &field, true);
      return;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      Fill(many ? *reflection.AddMessage(&message, &field) : *reflection.MutableMessage(&message, &field), number,
           depth + 1);
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_FLOAT: return;  // The contracts use none.
  }
}

/// Makes probes: each one is a copy of the plausible request in which the message at `where` was changed.
class Prober {
 public:
  explicit Prober(const Message& plausible) : plausible_{plausible} {}

  std::vector<Probe> Run() {
    Visit(*plausible_.GetDescriptor(), {});
    return std::move(probes_);
  }

 private:
  using Path = std::vector<const FieldDescriptor*>;
  using Change = std::function<void(Message&, const FieldDescriptor&)>;

  void Visit(const Descriptor& type, const Path& where) {
    if (where.size() > static_cast<std::size_t>(kDeepest)) return;
    for (int i = 0; i < type.field_count(); ++i) VisitField(*type.field(i), where);
  }

  void VisitField(const FieldDescriptor& field, const Path& where) {
    if (field.is_repeated()) {
      const bool certainly_bad = field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM;  // A set of states, said often.
      Add(field, where, "20,000 elements", certainly_bad, [](Message& message, const FieldDescriptor& of) {
        for (int i = 0; i < kManyElements; ++i) FillOne(message, of, /*number=*/i, kDeepest);
      });
    }
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: return AddTexts(field, where);
      case FieldDescriptor::CPPTYPE_ENUM: return AddEnums(field, where);
      case FieldDescriptor::CPPTYPE_INT32: return AddIntegers(field, where);
      case FieldDescriptor::CPPTYPE_INT64: return AddLongs(field, where);
      case FieldDescriptor::CPPTYPE_DOUBLE: return AddReals(field, where);
      case FieldDescriptor::CPPTYPE_MESSAGE: return AddMessages(field, where);
      case FieldDescriptor::CPPTYPE_BOOL:
      case FieldDescriptor::CPPTYPE_UINT32:
      case FieldDescriptor::CPPTYPE_UINT64:
      case FieldDescriptor::CPPTYPE_FLOAT: return;
    }
  }

  void AddTexts(const FieldDescriptor& field, const Path& where) {
    const auto set = [](std::string text) {
      return [text](Message& message, const FieldDescriptor& of) {
        const auto& reflection = *message.GetReflection();
        of.is_repeated() ? reflection.SetRepeatedString(&message, &of, 0, text)
                         : reflection.SetString(&message, &of, text);
      };
    };
    Add(field, where, "nothing", false, set(""));
    Add(field, where, "200,000 letters", true, set(std::string(kHugeText, 'x')));
    Add(field, where, "zero bytes and quotes", false, set(std::string{"\0'\"; --\x7f\x01", 9}));
    Add(field, where, "spaces", false, set("   "));
    if (field.name() == "page_token") Add(field, where, "no token of theirs", true, set("%%% no token %%%"));
  }

  void AddEnums(const FieldDescriptor& field, const Path& where) {
    for (const int number : {9'999, -1}) {
      Add(field, where, "a number no enum has", true, [number](Message& message, const FieldDescriptor& of) {
        const auto& reflection = *message.GetReflection();
        of.is_repeated() ? reflection.SetRepeatedEnumValue(&message, &of, 0, number)
                         : reflection.SetEnumValue(&message, &of, number);
      });
    }
  }

  void AddIntegers(const FieldDescriptor& field, const Path& where) {
    const bool page = field.name() == "page_size";
    for (const std::int32_t number : {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<int>::max()}) {
      Add(field, where, std::to_string(number), page, [number](Message& message, const FieldDescriptor& of) {
        if (!of.is_repeated()) message.GetReflection()->SetInt32(&message, &of, number);
      });
    }
  }

  void AddLongs(const FieldDescriptor& field, const Path& where) {
    for (const std::int64_t number :
         {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
      Add(field, where, std::to_string(number), false, [number](Message& message, const FieldDescriptor& of) {
        if (!of.is_repeated()) message.GetReflection()->SetInt64(&message, &of, number);
      });
    }
  }

  void AddReals(const FieldDescriptor& field, const Path& where) {
    for (const double number : {std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity()}) {
      Add(field, where, "no finite number", false, [number](Message& message, const FieldDescriptor& of) {
        if (!of.is_repeated()) message.GetReflection()->SetDouble(&message, &of, number);
      });
    }
  }

  void AddMessages(const FieldDescriptor& field, const Path& where) {
    if (!field.is_repeated()) {
      Add(field, where, "left out", false,
          [](Message& message, const FieldDescriptor& of) { message.GetReflection()->ClearField(&message, &of); });
    }
    if (IsTimestamp(*field.message_type())) {
      Add(field, where, "a time beyond the calendar", true, [](Message& message, const FieldDescriptor& of) {
        Message& time = *message.GetReflection()->MutableMessage(&message, &of);
        time.GetReflection()->SetInt64(&time, time.GetDescriptor()->FindFieldByName("seconds"),
                                       std::numeric_limits<std::int64_t>::max());
      });
      return;
    }
    Path inside = where;
    inside.push_back(&field);
    Visit(*field.message_type(), inside);
  }

  void Add(const FieldDescriptor& field, const Path& where, std::string what, bool certainly_bad,
           const Change& change) {
    Probe probe{.field = "", .what = std::move(what), .request = nullptr, .certainly_bad = certainly_bad};
    probe.request.reset(plausible_.New());
    probe.request->CopyFrom(plausible_);
    Message* message = probe.request.get();
    for (const FieldDescriptor* step : where) {
      const auto& reflection = *message->GetReflection();
      if (step->is_repeated() && reflection.FieldSize(*message, step) == 0) return;
      message = step->is_repeated() ? reflection.MutableRepeatedMessage(message, step, 0)
                                    : reflection.MutableMessage(message, step);
      probe.field += step->name() + ".";
    }
    if (field.is_repeated() && message->GetReflection()->FieldSize(*message, &field) == 0) return;
    probe.field += field.name();
    MakeUnique(*probe.request);
    change(*message, field);
    probes_.push_back(std::move(probe));
  }

  /// Another payload under the same request id would be refused for that.
  void MakeUnique(Message& request) const {
    const FieldDescriptor* const id = request.GetDescriptor()->FindFieldByName("request_id");
    if (id == nullptr) return;
    const std::string first = request.GetReflection()->GetString(request, id);
    request.GetReflection()->SetString(&request, id, first + "-" + std::to_string(probes_.size()));
  }

  const Message& plausible_;
  std::vector<Probe> probes_;
};

}  // namespace

void FillPlausibly(Message& message, int number) { Fill(message, number, /*depth=*/0); }

std::vector<Probe> ProbesOf(const Message& plausible) { return Prober{plausible}.Run(); }

std::vector<std::string> NamedFields(const grpc::Status& status) {
  google::rpc::Status details;
  std::vector<std::string> fields;
  if (!details.ParseFromString(status.error_details())) return fields;
  for (const auto& detail : details.details()) {
    google::rpc::BadRequest bad;
    if (!detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      std::string path;
      bool index = false;
      for (const char c : violation.field()) {
        if (c == '[') index = true;
        if (!index) path += c;
        if (c == ']') index = false;
      }
      fields.push_back(std::move(path));
    }
  }
  return fields;
}

bool HasPath(const Descriptor& type, const std::string& path) {
  const std::size_t dot = path.find('.');
  const FieldDescriptor* const field = type.FindFieldByName(path.substr(0, dot));
  if (field == nullptr) return false;
  if (dot == std::string::npos) return true;
  return field->message_type() != nullptr && HasPath(*field->message_type(), path.substr(dot + 1));
}

}  // namespace hotline::tests
