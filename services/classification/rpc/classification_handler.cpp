#include "classification/rpc/classification_handler.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string_view>
#include <thread>
#include <vector>

#include "classification/adapters/messages.h"
#include "classification/rpc/requests.h"
#include "contracts/enums.h"
#include "platform/time.h"

namespace hotline::classification {
namespace {

using contracts::ToProto;
using platform::Actor;
using platform::kEveryone;
using platform::Session;

/// A batch is dropped where it stands once nobody waits for it.
absl::Status StillWanted(const grpc::CallbackServerContext& context) {
  if (context.IsCancelled()) return absl::CancelledError("the caller is gone");
  if (std::chrono::steady_clock::now() >= platform::DeadlineOf(context))
    return absl::DeadlineExceededError("the deadline is past");
  return absl::OkStatus();
}

/// answer(i) for every one of `count` texts, by `threads` threads; none goes on once nobody waits for it.
template <typename Answer>
absl::Status AnswerEach(const grpc::CallbackServerContext& context, int threads, int count, Answer answer) {
  std::atomic<int> next{0};
  std::atomic<bool> dropped{false};
  const auto work = [&] {
    for (int i = next++; i < count && !dropped; i = next++) {
      if (StillWanted(context).ok()) {
        answer(i);
      } else {
        dropped = true;
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (int i = 1; i < std::min(threads, count); ++i) others.emplace_back(work);
    work();
  }
  return dropped ? StillWanted(context) : absl::OkStatus();
}

void Write(std::span<const language::Scored> ranked, v1::ScoredLabels& labels) {
  for (std::size_t i = 0; i < ranked.size() && i < 3; ++i) {
    v1::ScoredLabel& label = *labels.add_labels();
    label.set_label(std::string{ranked[i].label});
    label.set_probability(ranked[i].probability);
  }
}

std::vector<language::DialogueTurn> TurnsOf(const v1::Dialogue& dialogue) {
  std::vector<language::DialogueTurn> turns;
  for (const v1::DialogueTurn& turn : dialogue.turns()) {
    turns.push_back({.speaker = static_cast<Speaker>(turn.speaker()), .text = turn.text()});
  }
  return turns;
}

}  // namespace

grpc::ServerUnaryReactor* ClassificationHandler::ClassifyText(grpc::CallbackServerContext* context,
                                                              const v1::ClassifyTextRequest* request,
                                                              v1::ClassifyTextResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    const platform::Time now = rpc_.clock.Now();
    const CallOpening opening{
        .call_id = {}, .site = request->site(), .region = {}, .started_at = now, .caller_tags = {}, .message = true};
    const Turn turn{
        .number = 1, .speaker = Speaker::kCaller, .text = request->text(), .said_at = now, .title = request->title()};
    const TurnUnderstanding read = reader_.ReadTurn(opening, {}, turn);
    const CallerReading reading = ReadingOf(read);
    const CallUnderstanding understood = reader_.ReadCall(opening, {&turn, 1}, {&reading, 1}, std::nullopt);
    *response->mutable_understood() = ToMessage(understood.cases.front());
    for (const auto& kind : read.kinds) *response->add_kinds() = ToMessage(kind);
    response->set_emotion(ToProto<common::v1::Emotion>(*read.emotion));
    response->set_model(understood.model);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ClassificationHandler::ClassifyTopics(grpc::CallbackServerContext* context,
                                                                const v1::ClassifyTopicsRequest* request,
                                                                v1::ClassifyTopicsResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, context, request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    const std::vector<std::string_view> among{request->among().begin(), request->among().end()};
    for (int i = 0; i < request->texts_size(); ++i) response->add_results();
    const std::shared_ptr<const language::Models> models = models_.Get();
    response->set_model(models->version());
    return AnswerEach(*context, models->parallel(), request->texts_size(),
                      [&](int i) { Write(models->Topics(request->texts(i), among), *response->mutable_results(i)); });
  });
}

grpc::ServerUnaryReactor* ClassificationHandler::ClassifyPostEmotions(grpc::CallbackServerContext* context,
                                                                      const v1::ClassifyPostEmotionsRequest* request,
                                                                      v1::ClassifyPostEmotionsResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, context, request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    for (int i = 0; i < request->texts_size(); ++i) response->add_results();
    const std::shared_ptr<const language::Models> models = models_.Get();
    response->set_model(models->version());
    return AnswerEach(*context, models->parallel(), request->texts_size(),
                      [&](int i) { Write(models->PostEmotions(request->texts(i)), *response->mutable_results(i)); });
  });
}

grpc::ServerUnaryReactor* ClassificationHandler::ForecastSatisfaction(grpc::CallbackServerContext* context,
                                                                      const v1::ForecastSatisfactionRequest* request,
                                                                      v1::ForecastSatisfactionResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, context, request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    const std::shared_ptr<const language::Models> models = models_.Get();
    response->set_model(models->version());
    for (const v1::Dialogue& dialogue : request->dialogues()) {
      if (absl::Status wanted = StillWanted(*context); !wanted.ok()) return wanted;
      const language::SatisfactionForecast forecast =
          models->Forecast(TurnsOf(dialogue), *contracts::FromProto<language::DialogueStyle>(dialogue.style()));
      v1::SatisfactionForecast& message = *response->add_forecasts();
      message.mutable_distribution()->Add(forecast.distribution.begin(), forecast.distribution.end());
      message.mutable_dissatisfied()->Add(forecast.dissatisfied.begin(), forecast.dissatisfied.end());
    }
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ClassificationHandler::GetUnderstanding(grpc::CallbackServerContext* context,
                                                                  const v1::GetUnderstandingRequest* request,
                                                                  v1::GetUnderstandingResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    return rpc_.store.Read([&](Session& session) -> absl::Status {
      auto understanding = calls_.Understanding(session, request->call_id());
      if (!understanding) return absl::NotFoundError("no such call");
      *response = *std::move(understanding);
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* ClassificationHandler::ListHotIssues(grpc::CallbackServerContext* context,
                                                               const v1::ListHotIssuesRequest* request,
                                                               v1::ListHotIssuesResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [this, request, response](const Actor&) -> absl::Status {
    const absl::StatusOr<SqlCallTable::IssueQuery> query = IssueQueryOf(*request);
    if (!query.ok()) return query.status();
    return rpc_.store.Read([&](Session& session) {
      *response = calls_.Issues(session, *query);
      return absl::OkStatus();
    });
  });
}

grpc::ServerUnaryReactor* ClassificationHandler::GetDispatchDirectory(grpc::CallbackServerContext* context,
                                                                      const v1::GetDispatchDirectoryRequest* request,
                                                                      v1::GetDispatchDirectoryResponse* response) {
  return RunQuery(context, rpc_, request, kEveryone, [request, response](const Actor&) -> absl::Status {
    if (absl::Status checked = Check(*request); !checked.ok()) return checked;
    const DispatchDirectory& directory = DispatchDirectory::Get();
    response->set_version(directory.version());
    for (const DispatchEntry& entry : directory.entries()) {
      v1::DispatchEntry& message = *response->add_entries();
      message.set_entry(entry.entry);
      message.set_matter(entry.matter);
      message.set_topic(entry.topic);
      message.set_lead(entry.lead);
      for (const std::string& co : entry.co_handlers) message.add_co_handlers(co);
      message.set_basis(entry.basis);
    }
    return absl::OkStatus();
  });
}

}  // namespace hotline::classification
