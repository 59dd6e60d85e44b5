#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>

namespace hotline::tests {

/// What a call came to.
struct Answer {
  grpc::Status status;
  std::vector<std::unique_ptr<google::protobuf::Message>> responses;
};

/// A gRPC client that knows nothing of what it talks to but what server reflection tells: no generated code, no .proto
/// files. One thread at a time.
class ReflectionClient {
 public:
  /// Reads every service, with the files it needs. Throws std::runtime_error when the server does not reflect.
  explicit ReflectionClient(std::shared_ptr<grpc::Channel> channel);

  /// Every service but gRPC's own.
  [[nodiscard]] std::vector<const google::protobuf::ServiceDescriptor*> Services() const;
  /// "hotline.intake.v1.IntakeService.GetCase"; throws std::runtime_error when there is none.
  [[nodiscard]] const google::protobuf::MethodDescriptor& Method(const std::string& full_name) const;
  [[nodiscard]] std::unique_ptr<google::protobuf::Message> NewRequest(const google::protobuf::MethodDescriptor& method);

  /// Sends one request and reads up to `max_responses`. A stream that stays open ends with the timeout.
  [[nodiscard]] Answer Call(const google::protobuf::MethodDescriptor& method, const google::protobuf::Message& request,
                            std::chrono::milliseconds timeout, int max_responses = 1);

 private:
  void AddFileOf(const std::string& symbol);

  std::unique_ptr<grpc::GenericStub> stub_;
  google::protobuf::SimpleDescriptorDatabase database_;
  google::protobuf::DescriptorPool pool_{&database_};
  google::protobuf::DynamicMessageFactory factory_;
  std::vector<std::string> services_;
};

}  // namespace hotline::tests
