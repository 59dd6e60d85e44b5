#include "platform/rpc/texts.h"

#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "platform/rpc/status.h"

namespace hotline::platform {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void Check(const Message& message, const std::string& path, FieldErrors& errors);

/// One value of a field: the only one (index -1), or one of many.
void CheckValue(const Message& message, const FieldDescriptor& field, int index, const std::string& path,
                FieldErrors& errors) {
  const auto& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const Message& inner =
        index < 0 ? reflection.GetMessage(message, &field) : reflection.GetRepeatedMessage(message, &field, index);
    return Check(inner, path + ".", errors);
  }
  std::string scratch;
  const std::string& text = index < 0 ? reflection.GetStringReference(message, &field, &scratch)
                                      : reflection.GetRepeatedStringReference(message, &field, index, &scratch);
  if (text.find('\0') != std::string::npos) errors.Add(path, "holds a zero byte");
}

void Check(const Message& message, const std::string& path, FieldErrors& errors) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool text = field->type() == FieldDescriptor::TYPE_STRING;
    if (!text && field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string name = path + field->name();
    if (!field->is_repeated()) {
      CheckValue(message, *field, -1, name, errors);
      continue;
    }
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < size; ++i) CheckValue(message, *field, i, name + "[" + std::to_string(i) + "]", errors);
  }
}

}  // namespace

absl::Status CheckTexts(const Message& request) {
  FieldErrors errors;
  Check(request, "", errors);
  return errors.status();
}

}  // namespace hotline::platform
