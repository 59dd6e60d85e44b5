#pragma once

#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/message.h>
#include <grpcpp/support/status.h>

namespace hotline::tests {

/// Fills every field with something that looks right and names nothing that exists. `number` makes request ids unique.
void FillPlausibly(google::protobuf::Message& message, int number);

/// A request with one field gone wrong.
struct Probe {
  std::string field;  ///< Its path: "outcome.department_rating", "cases.site".
  std::string what;   ///< "a number no enum has"
  std::unique_ptr<google::protobuf::Message> request;
  bool certainly_bad = false;  ///< No reading of the field allows the value: it must be refused by name.
};

/// Every field of `plausible`, nested ones too, with each kind of garbage its type can hold.
[[nodiscard]] std::vector<Probe> ProbesOf(const google::protobuf::Message& plausible);

/// The fields that a refusal names (google.rpc.BadRequest), without indexes: "cases.site" for "cases[3].site".
[[nodiscard]] std::vector<std::string> NamedFields(const grpc::Status& status);

/// Whether `path` leads to a field of the message: "cases.site".
[[nodiscard]] bool HasPath(const google::protobuf::Descriptor& type, const std::string& path);

}  // namespace hotline::tests
