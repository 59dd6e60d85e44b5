#include "hotline/replay/player.h"

#include <thread>

#include <absl/strings/str_cat.h>

#include "hotline/cli/call.h"
#include "hotline/replay/watcher.h"

namespace hotline::replay {
namespace {

namespace v1 = intake::v1;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kConverseAttempts = 5;

/// One Converse stream: sends turns, reads their acknowledgements.
class Conversation {
 public:
  Conversation(v1::IntakeService::StubInterface& stub, const std::string& call_id, steady_clock::time_point deadline)
      : call_id_{call_id} {
    context_.set_deadline(std::chrono::system_clock::now() + (deadline - steady_clock::now()));
    stream_ = stub.Converse(&context_);
  }

  /// Sends; the acknowledgement is awaited by AwaitAcknowledged().
  bool Send(const v1::Turn& turn) {
    v1::ConverseRequest request;
    request.set_call_id(call_id_);
    *request.mutable_turn() = turn;
    return stream_->Write(request);
  }

  bool AwaitAcknowledged(int turn) {
    v1::ConverseResponse response;
    while (acknowledged_ < turn) {
      if (!stream_->Read(&response)) return false;
      acknowledged_ = std::max(acknowledged_, response.acknowledged_turn());
    }
    return true;
  }

  absl::Status Finish() {
    stream_->WritesDone();
    v1::ConverseResponse ignored;
    while (stream_->Read(&ignored)) {
    }
    return platform::FromGrpcStatus(stream_->Finish());
  }

 private:
  const std::string call_id_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriterInterface<v1::ConverseRequest, v1::ConverseResponse>> stream_;
  int acknowledged_ = 0;
};

absl::Status ImportHistory(v1::IntakeService::StubInterface& stub, const RecordedCall& call) {
  for (const v1::ImportCasesRequest& request : call.history) {
    v1::ImportCasesResponse response;
    absl::Status imported = cli::Call([&](auto* context) { return stub.ImportCases(context, request, &response); });
    if (!imported.ok()) return imported;
  }
  return absl::OkStatus();
}

/// Speaks the turns over one stream from `next` on; `next` grows with every durable turn.
absl::Status Speak(v1::IntakeService::StubInterface& stub, const std::string& call_id, const RecordedCall& call,
                   const PlayOptions& options, Watcher& watcher, std::size_t& next) {
  const auto deadline = steady_clock::now() + options.patience * static_cast<int>(call.turns.size());
  Conversation conversation{stub, call_id, deadline};
  const auto started = steady_clock::now() - milliseconds{next == 0 ? 0 : call.turns[next].at_ms()};
  for (; next < call.turns.size(); ++next) {
    const v1::Turn& turn = call.turns[next];
    if (options.speed == Speed::kReal) std::this_thread::sleep_until(started + milliseconds{turn.at_ms()});
    if (!conversation.Send(turn) || !conversation.AwaitAcknowledged(turn.turn())) break;
    if (options.pipeline) continue;
    absl::Status assessed = watcher.AwaitAssessment(turn.turn(), steady_clock::now() + options.patience);
    if (!assessed.ok()) return assessed;
  }
  const absl::Status finished = conversation.Finish();
  return next == call.turns.size() ? absl::OkStatus() : finished;
}

/// Speaks all turns, over as many streams as a restarting server makes necessary.
absl::Status SpeakAll(v1::IntakeService::StubInterface& stub, const std::string& call_id, const RecordedCall& call,
                      const PlayOptions& options, Watcher& watcher) {
  absl::Status spoken;
  std::size_t next = 0;
  for (int attempt = 0; attempt < kConverseAttempts; ++attempt) {
    spoken = Speak(stub, call_id, call, options, watcher, next);
    if (spoken.ok() || !(absl::IsUnavailable(spoken) || absl::IsResourceExhausted(spoken) || absl::IsAborted(spoken)))
      break;
    std::this_thread::sleep_for(milliseconds{100} * (1 << attempt));
  }
  return spoken;
}

}  // namespace

absl::StatusOr<PlayedCall> Play(v1::IntakeService::StubInterface& stub, const RecordedCall& call,
                                const PlayOptions& options) {
  if (const absl::Status imported = ImportHistory(stub, call); !imported.ok()) return imported;
  v1::OpenCallResponse opened;
  const absl::Status open = cli::Call([&](auto* context) { return stub.OpenCall(context, call.open, &opened); });
  if (!open.ok()) return open;

  Watcher watcher{stub, opened.call_id()};
  const absl::Status spoken = SpeakAll(stub, opened.call_id(), call, options, watcher);
  if (!spoken.ok()) return spoken;

  v1::CloseCallRequest close = call.close;
  close.set_call_id(opened.call_id());
  v1::CloseCallResponse closed;
  const absl::Status status = cli::Call([&](auto* context) { return stub.CloseCall(context, close, &closed); });
  if (!status.ok()) return status;
  const absl::Status settled = watcher.AwaitSettled(steady_clock::now() + options.patience);
  if (!settled.ok()) return settled;
  return PlayedCall{.call_id = opened.call_id(), .entries = watcher.Entries()};
}

}  // namespace hotline::replay
