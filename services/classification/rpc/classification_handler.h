#pragma once

#include <memory>

#include <hotline/classification/v1/classification_service.grpc.pb.h>

#include "classification/adapters/sql_call_table.h"
#include "classification/domain/reader.h"
#include "language/current_models.h"
#include "platform/rpc/rpc.h"

namespace hotline::classification {

/// ClassificationService on the wire: checks requests, asks the reader, the models or the table, and nothing else.
/// Batches run on the workers and end early when the caller is gone or the deadline is past.
class ClassificationHandler final : public v1::ClassificationService::CallbackService {
 public:
  /// All must outlive the server this handler is registered with.
  ClassificationHandler(const Reader& reader, const language::CurrentModels& models, SqlCallTable& calls,
                        platform::RpcResources rpc)
      : reader_{reader}, models_{models}, calls_{calls}, rpc_{rpc} {}

  grpc::ServerUnaryReactor* ClassifyText(grpc::CallbackServerContext* context, const v1::ClassifyTextRequest* request,
                                         v1::ClassifyTextResponse* response) override;
  grpc::ServerUnaryReactor* ClassifyTopics(grpc::CallbackServerContext* context,
                                           const v1::ClassifyTopicsRequest* request,
                                           v1::ClassifyTopicsResponse* response) override;
  grpc::ServerUnaryReactor* ClassifyPostEmotions(grpc::CallbackServerContext* context,
                                                 const v1::ClassifyPostEmotionsRequest* request,
                                                 v1::ClassifyPostEmotionsResponse* response) override;
  grpc::ServerUnaryReactor* ForecastSatisfaction(grpc::CallbackServerContext* context,
                                                 const v1::ForecastSatisfactionRequest* request,
                                                 v1::ForecastSatisfactionResponse* response) override;
  grpc::ServerUnaryReactor* GetUnderstanding(grpc::CallbackServerContext* context,
                                             const v1::GetUnderstandingRequest* request,
                                             v1::GetUnderstandingResponse* response) override;
  grpc::ServerUnaryReactor* ListHotIssues(grpc::CallbackServerContext* context, const v1::ListHotIssuesRequest* request,
                                          v1::ListHotIssuesResponse* response) override;
  grpc::ServerUnaryReactor* GetDispatchDirectory(grpc::CallbackServerContext* context,
                                                 const v1::GetDispatchDirectoryRequest* request,
                                                 v1::GetDispatchDirectoryResponse* response) override;

 private:
  const Reader& reader_;
  const language::CurrentModels& models_;
  SqlCallTable& calls_;
  const platform::RpcResources rpc_;
};

}  // namespace hotline::classification
