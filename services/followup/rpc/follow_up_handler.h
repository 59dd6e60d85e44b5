#pragma once

#include <hotline/followup/v1/followup_service.grpc.pb.h>

#include "followup/app/follow_up_table.h"
#include "followup/app/follow_ups.h"
#include "platform/rpc/rpc.h"

namespace hotline::followup {

/// Translates FollowUpService calls into use cases and reads of the table, and nothing else. Thread-safe.
class FollowUpHandler final : public v1::FollowUpService::CallbackService {
 public:
  /// The references, and what `rpc` refers to, must outlive the server this handler is registered with.
  FollowUpHandler(FollowUps& follow_ups, FollowUpTable& table, platform::RpcResources rpc)
      : follow_ups_{follow_ups}, table_{table}, rpc_{rpc} {}

  grpc::ServerUnaryReactor* ListDueFollowUps(grpc::CallbackServerContext* context,
                                             const v1::ListDueFollowUpsRequest* request,
                                             v1::ListDueFollowUpsResponse* response) override;
  grpc::ServerUnaryReactor* GetFollowUp(grpc::CallbackServerContext* context, const v1::GetFollowUpRequest* request,
                                        v1::GetFollowUpResponse* response) override;
  grpc::ServerUnaryReactor* ListCaseFollowUps(grpc::CallbackServerContext* context,
                                              const v1::ListCaseFollowUpsRequest* request,
                                              v1::ListCaseFollowUpsResponse* response) override;
  grpc::ServerUnaryReactor* RecordOutcome(grpc::CallbackServerContext* context, const v1::RecordOutcomeRequest* request,
                                          v1::RecordOutcomeResponse* response) override;
  grpc::ServerUnaryReactor* ExcludeFollowUp(grpc::CallbackServerContext* context,
                                            const v1::ExcludeFollowUpRequest* request,
                                            v1::ExcludeFollowUpResponse* response) override;
  grpc::ServerUnaryReactor* GetRates(grpc::CallbackServerContext* context, const v1::GetRatesRequest* request,
                                     v1::GetRatesResponse* response) override;

 private:
  FollowUps& follow_ups_;
  FollowUpTable& table_;
  const platform::RpcResources rpc_;
};

}  // namespace hotline::followup
