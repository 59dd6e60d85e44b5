#pragma once

#include "intake/app/ports.h"

namespace hotline::intake {

/// Table call_feed. Reads the answers and the understanding out of the events' messages.
class SqlCallFeed final : public CallFeed {
 public:
  void Append(Transaction& tx, std::string_view call_id, const FeedEntry& entry) override;
  std::vector<FeedEntry> Read(Session& session, std::string_view call_id, std::int64_t after, int limit) override;
  std::vector<KnowledgeAnswer> Answers(Session& session, std::string_view call_id) override;
  std::optional<HeardPeril> Peril(Session& session, std::string_view call_id) override;
  std::optional<CallUnderstanding> Understanding(Session& session, std::string_view call_id) override;
};

}  // namespace hotline::intake
