#pragma once

#include "knowledge/app/ports.h"

namespace hotline::knowledge {

/// ArticleChanged and PhraseChanged on hotline.knowledge.v1, key the id; AdviceGiven on hotline.advice.v1, key
/// <site>/<call_id>. Through the transaction's outbox.
class OutboxEvents final : public KnowledgeEvents {
 public:
  void Changed(Transaction& tx, const Article& article, std::int64_t knowledge_version, Time at) override;
  void Changed(Transaction& tx, const Phrase& phrase, std::int64_t knowledge_version, Time at) override;
  void Given(Transaction& tx, const Advice& advice) override;
};

}  // namespace hotline::knowledge
