#include <hotline/classification/v1/classification_service.grpc.pb.h>

#include <memory>

#include <CLI/CLI.hpp>

#include "hotline/cli/call.h"
#include "hotline/cli/failure.h"
#include "hotline/commands/commands.h"
#include "hotline/commands/text_labels.h"

namespace hotline::commands {
namespace {

namespace v1 = classification::v1;

/// The best label of every result; a text the service says nothing about is a bug of the service.
std::vector<Label> BestLabels(const google::protobuf::RepeatedPtrField<v1::ScoredLabels>& results) {
  std::vector<Label> labels;
  for (const v1::ScoredLabels& result : results) {
    if (result.labels().empty()) throw cli::Failure{"the service gave no label for a text", 1};
    labels.push_back({result.labels(0).label(), result.labels(0).probability()});
  }
  return labels;
}

}  // namespace

void AddClassify(CLI::App& program) {
  auto* const command = program.add_subcommand("classify", "Append topic and topic_probability to a TSV of texts");
  auto job = std::make_shared<LabelJob>(
      LabelJob{.what = "classifying", .label_column = "topic", .probability_column = "topic_probability"});
  auto among = std::make_shared<std::vector<std::string>>();
  command->add_option("IN.tsv", job->in, "Rows with a header; tab and line end separate, nothing is quoted")
      ->required();
  command->add_option("--text", job->text_columns, "Column(s) that hold the text: title,detail")
      ->required()
      ->delimiter(',');
  command->add_option("--among", *among, "Choose among these level-1 topics only")->delimiter(',');
  command->add_option("--out", job->out, "Where to write (default: standard output)");
  job->connection.AddTo(*command);
  command->callback([job, among] {
    RunLabelJob(*job, [&](const auto& channel, const std::vector<std::string>& texts) {
      v1::ClassifyTopicsRequest request;
      request.mutable_texts()->Add(texts.begin(), texts.end());
      request.mutable_among()->Add(among->begin(), among->end());
      v1::ClassifyTopicsResponse response;
      const auto stub = v1::ClassificationService::NewStub(channel);
      cli::OrFail(cli::Call([&](auto* context) { return stub->ClassifyTopics(context, request, &response); }));
      return BestLabels(response.results());
    });
  });
}

void AddEmotion(CLI::App& program) {
  auto* const command =
      program.add_subcommand("emotion", "Append emotion_predicted and emotion_probability to a TSV of posts");
  auto job = std::make_shared<LabelJob>(LabelJob{
      .what = "reading emotions", .label_column = "emotion_predicted", .probability_column = "emotion_probability"});
  command->add_option("IN.tsv", job->in, "Rows with a header; tab and line end separate, nothing is quoted")
      ->required();
  command->add_option("--text", job->text_columns, "Column that holds the text")->required()->delimiter(',');
  command->add_option("--out", job->out, "Where to write (default: standard output)");
  job->connection.AddTo(*command);
  command->callback([job] {
    RunLabelJob(*job, [](const auto& channel, const std::vector<std::string>& texts) {
      v1::ClassifyPostEmotionsRequest request;
      request.mutable_texts()->Add(texts.begin(), texts.end());
      v1::ClassifyPostEmotionsResponse response;
      const auto stub = v1::ClassificationService::NewStub(channel);
      cli::OrFail(cli::Call([&](auto* context) { return stub->ClassifyPostEmotions(context, request, &response); }));
      return BestLabels(response.results());
    });
  });
}

}  // namespace hotline::commands
