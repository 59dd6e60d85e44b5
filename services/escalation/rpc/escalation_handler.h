#pragma once

#include <hotline/escalation/v1/escalation_service.grpc.pb.h>

#include "escalation/adapters/sql_call_table.h"
#include "escalation/app/alert_table.h"
#include "escalation/app/alerts.h"
#include "platform/rpc/rpc.h"

namespace hotline::escalation {

/// Translates EscalationService calls into use cases and reads of the tables, and nothing else. Thread-safe.
class EscalationHandler final : public v1::EscalationService::CallbackService {
 public:
  /// The references, and what `rpc` refers to, must outlive the server this handler is registered with.
  EscalationHandler(Alerts& alerts, AlertTable& table, SqlCallTable& calls, platform::RpcResources rpc)
      : alerts_{alerts}, table_{table}, calls_{calls}, rpc_{rpc} {}

  grpc::ServerUnaryReactor* GetCallRisk(grpc::CallbackServerContext* context, const v1::GetCallRiskRequest* request,
                                        v1::GetCallRiskResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchAlertsResponse>* WatchAlerts(grpc::CallbackServerContext* context,
                                                                 const v1::WatchAlertsRequest* request) override;
  grpc::ServerUnaryReactor* ListAlerts(grpc::CallbackServerContext* context, const v1::ListAlertsRequest* request,
                                       v1::ListAlertsResponse* response) override;
  grpc::ServerUnaryReactor* AcknowledgeAlert(grpc::CallbackServerContext* context,
                                             const v1::AcknowledgeAlertRequest* request,
                                             v1::AcknowledgeAlertResponse* response) override;
  grpc::ServerUnaryReactor* TakeOverCall(grpc::CallbackServerContext* context, const v1::TakeOverCallRequest* request,
                                         v1::TakeOverCallResponse* response) override;
  grpc::ServerUnaryReactor* JudgeAlert(grpc::CallbackServerContext* context, const v1::JudgeAlertRequest* request,
                                       v1::JudgeAlertResponse* response) override;
  grpc::ServerUnaryReactor* GetCalibration(grpc::CallbackServerContext* context,
                                           const v1::GetCalibrationRequest* request,
                                           v1::GetCalibrationResponse* response) override;
  grpc::ServerUnaryReactor* GetConduct(grpc::CallbackServerContext* context, const v1::GetConductRequest* request,
                                       v1::GetConductResponse* response) override;
  grpc::ServerUnaryReactor* GetConductSummary(grpc::CallbackServerContext* context,
                                              const v1::GetConductSummaryRequest* request,
                                              v1::GetConductSummaryResponse* response) override;
  grpc::ServerUnaryReactor* ReportMissedCall(grpc::CallbackServerContext* context,
                                             const v1::ReportMissedCallRequest* request,
                                             v1::ReportMissedCallResponse* response) override;

 private:
  Alerts& alerts_;
  AlertTable& table_;
  SqlCallTable& calls_;
  const platform::RpcResources rpc_;
};

}  // namespace hotline::escalation
