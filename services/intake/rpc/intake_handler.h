#pragma once

#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include "intake/app/call_desk.h"
#include "intake/app/case_desk.h"
#include "intake/app/case_queries.h"
#include "platform/rpc/rpc.h"

namespace hotline::intake {

/// Translates IntakeService calls into use cases and questions, and nothing else. Thread-safe; never blocks.
class IntakeHandler final : public v1::IntakeService::CallbackService {
 public:
  /// Everything must outlive the server this handler is registered with.
  IntakeHandler(const Intake& intake, CaseQueries& queries, const platform::RpcResources& rpc)
      : intake_{intake}, queries_{queries}, rpc_{rpc}, calls_{intake}, cases_{intake} {}

  // Calls and messages: call_methods.cpp.
  grpc::ServerUnaryReactor* GetCallerBrief(grpc::CallbackServerContext* context,
                                           const v1::GetCallerBriefRequest* request,
                                           v1::GetCallerBriefResponse* response) override;
  grpc::ServerUnaryReactor* OpenCall(grpc::CallbackServerContext* context, const v1::OpenCallRequest* request,
                                     v1::OpenCallResponse* response) override;
  grpc::ServerBidiReactor<v1::ConverseRequest, v1::ConverseResponse>* Converse(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* AppendTurn(grpc::CallbackServerContext* context, const v1::AppendTurnRequest* request,
                                       v1::AppendTurnResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchCallResponse>* WatchCall(grpc::CallbackServerContext* context,
                                                             const v1::WatchCallRequest* request) override;
  grpc::ServerUnaryReactor* CloseCall(grpc::CallbackServerContext* context, const v1::CloseCallRequest* request,
                                      v1::CloseCallResponse* response) override;
  grpc::ServerUnaryReactor* FileMessage(grpc::CallbackServerContext* context, const v1::FileMessageRequest* request,
                                        v1::FileMessageResponse* response) override;

  // One case: case_methods.cpp.
  grpc::ServerUnaryReactor* ImportCases(grpc::CallbackServerContext* context, const v1::ImportCasesRequest* request,
                                        v1::ImportCasesResponse* response) override;
  grpc::ServerUnaryReactor* SupplementCase(grpc::CallbackServerContext* context,
                                           const v1::SupplementCaseRequest* request,
                                           v1::SupplementCaseResponse* response) override;
  grpc::ServerUnaryReactor* UrgeCase(grpc::CallbackServerContext* context, const v1::UrgeCaseRequest* request,
                                     v1::UrgeCaseResponse* response) override;
  grpc::ServerUnaryReactor* CorrectCase(grpc::CallbackServerContext* context, const v1::CorrectCaseRequest* request,
                                        v1::CorrectCaseResponse* response) override;
  grpc::ServerUnaryReactor* TransitionCase(grpc::CallbackServerContext* context,
                                           const v1::TransitionCaseRequest* request,
                                           v1::TransitionCaseResponse* response) override;
  grpc::ServerUnaryReactor* RevealContact(grpc::CallbackServerContext* context, const v1::RevealContactRequest* request,
                                          v1::RevealContactResponse* response) override;

  // Questions about many cases: query_methods.cpp.
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context, const v1::GetCaseRequest* request,
                                    v1::GetCaseResponse* response) override;
  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context, const v1::ListCasesRequest* request,
                                      v1::ListCasesResponse* response) override;
  grpc::ServerUnaryReactor* SearchCases(grpc::CallbackServerContext* context, const v1::SearchCasesRequest* request,
                                        v1::SearchCasesResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchCasesResponse>* WatchCases(grpc::CallbackServerContext* context,
                                                               const v1::WatchCasesRequest* request) override;
  grpc::ServerUnaryReactor* CountCases(grpc::CallbackServerContext* context, const v1::CountCasesRequest* request,
                                       v1::CountCasesResponse* response) override;

 private:
  const Intake& intake_;
  CaseQueries& queries_;
  const platform::RpcResources rpc_;
  const CallDesk calls_;
  const CaseDesk cases_;
};

}  // namespace hotline::intake
