#include "support/reflection_client.h"

#include <stdexcept>
#include <utility>

#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/support/byte_buffer.h>

#include "reflection.pb.h"

namespace hotline::tests {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using reflection::ServerReflectionRequest;
using reflection::ServerReflectionResponse;

constexpr char kReflectionMethod[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice{bytes};
  return grpc::ByteBuffer{&slice, 1};
}

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) throw std::runtime_error{"a response cannot be read"};
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

struct RawAnswer {
  grpc::Status status;
  std::vector<std::string> responses;
};

/// Any kind of method, one step after the other: one request in, up to `max_responses` out.
RawAnswer RawCall(grpc::GenericStub& stub, const std::string& method, const std::string& request,
                  std::chrono::milliseconds timeout, int max_responses) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + timeout);
  grpc::CompletionQueue queue;
  const auto step = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto call = stub.PrepareCall(&context, method, &queue);
  call->StartCall(nullptr);
  bool ok = step();
  if (ok) {
    call->WriteLast(ToBuffer(request), grpc::WriteOptions{}, nullptr);
    ok = step();
  }
  RawAnswer answer;
  while (ok) {
    grpc::ByteBuffer response;
    call->Read(&response, nullptr);
    ok = step();
    if (ok) answer.responses.push_back(ToString(response));
    if (std::ssize(answer.responses) > max_responses) context.TryCancel();
  }
  call->Finish(&answer.status, nullptr);
  step();
  return answer;
}

/// One question to the server about itself. Throws std::runtime_error when it does not answer.
ServerReflectionResponse Reflect(grpc::GenericStub& stub, const ServerReflectionRequest& request) {
  const RawAnswer raw =
      RawCall(stub, kReflectionMethod, request.SerializeAsString(), std::chrono::seconds{10}, /*max_responses=*/1);
  ServerReflectionResponse response;
  if (raw.responses.empty() || !response.ParseFromString(raw.responses.front()) || response.has_error_response()) {
    throw std::runtime_error{"the server does not reflect: " + raw.status.error_message() +
                             response.error_response().error_message()};
  }
  return response;
}

}  // namespace

ReflectionClient::ReflectionClient(std::shared_ptr<grpc::Channel> channel)
    : stub_{std::make_unique<grpc::GenericStub>(std::move(channel))} {
  ServerReflectionRequest request;
  request.set_list_services("*");
  const ServerReflectionResponse listed = Reflect(*stub_, request);
  for (const auto& service : listed.list_services_response().service()) {
    if (service.name().rfind("grpc.", 0) == 0) continue;
    services_.push_back(service.name());
    AddFileOf(service.name());
  }
}

std::vector<const google::protobuf::ServiceDescriptor*> ReflectionClient::Services() const {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const std::string& name : services_) services.push_back(pool_.FindServiceByName(name));
  return services;
}

const MethodDescriptor& ReflectionClient::Method(const std::string& full_name) const {
  const MethodDescriptor* const method = pool_.FindMethodByName(full_name);
  if (method == nullptr) throw std::runtime_error{"the server reflects no method " + full_name};
  return *method;
}

std::unique_ptr<Message> ReflectionClient::NewRequest(const MethodDescriptor& method) {
  return std::unique_ptr<Message>{factory_.GetPrototype(method.input_type())->New()};
}

Answer ReflectionClient::Call(const MethodDescriptor& method, const Message& request, std::chrono::milliseconds timeout,
                              int max_responses) {
  const std::string path = "/" + method.service()->full_name() + "/" + method.name();
  RawAnswer raw = RawCall(*stub_, path, request.SerializeAsString(), timeout, max_responses);
  Answer answer{.status = std::move(raw.status), .responses = {}};
  for (const std::string& bytes : raw.responses) {
    answer.responses.emplace_back(factory_.GetPrototype(method.output_type())->New());
    if (!answer.responses.back()->ParseFromString(bytes)) throw std::runtime_error{path + " answers with no message"};
  }
  return answer;
}

/// gRPC's servers send a file together with everything it imports.
void ReflectionClient::AddFileOf(const std::string& symbol) {
  ServerReflectionRequest request;
  request.set_file_containing_symbol(symbol);
  const ServerReflectionResponse files = Reflect(*stub_, request);
  for (const std::string& bytes : files.file_descriptor_response().file_descriptor_proto()) {
    FileDescriptorProto file;
    FileDescriptorProto known;
    if (!file.ParseFromString(bytes)) throw std::runtime_error{"the file of " + symbol + " cannot be read"};
    if (!database_.FindFileByName(file.name(), &known)) database_.Add(file);
  }
}

}  // namespace hotline::tests
