#include "intake/adapters/sql_contact_vault.h"

#include <nlohmann/json.hpp>

#include "intake/adapters/sql_text.h"
#include "platform/security/sealer.h"

namespace hotline::intake {
namespace {

using nlohmann::json;

std::string ContactContext(std::string_view owner) { return "intake.contacts " + std::string{owner}; }

std::string MentionContext(std::string_view owner, std::int64_t part) {
  return "intake.private_mentions " + std::string{owner} + " " + std::to_string(part);
}

}  // namespace

std::string SqlContactVault::TokenOf(std::string_view site, const Contact& contact) const {
  const std::string key = CallerKey(contact);
  return key.empty() ? "" : sealer_.Token(site, "caller " + key);
}

std::string SqlContactVault::Fingerprint(std::string_view site, std::string_view words) const {
  return sealer_.Token(site, "words " + std::string{words});
}

void SqlContactVault::Keep(Transaction& tx, std::string_view owner, const Contact& contact) {
  const json plain = {{"phone", contact.phone},
                      {"name", contact.name},
                      {"identity_number", contact.identity_number},
                      {"address", contact.address}};
  tx.Write("INSERT INTO contacts (owner, sealed) VALUES (:1, :2)",
           {std::string{owner}, sealer_.Seal(plain.dump(), ContactContext(owner))});
}

void SqlContactVault::KeepMentions(Transaction& tx, std::string_view owner, int part,
                                   const std::vector<PrivateMention>& mentions) {
  json plain = json::array();
  for (const PrivateMention& mention : mentions) {
    plain.push_back({{"kind", mention.kind}, {"words", mention.words}, {"turn", mention.turn}});
  }
  tx.Write("INSERT INTO private_mentions (owner, part, sealed) VALUES (:1, :2, :3)",
           {std::string{owner}, std::int64_t{part}, sealer_.Seal(plain.dump(), MentionContext(owner, part))});
}

absl::StatusOr<Contact> SqlContactVault::Open(Session& session, std::string_view owner) {
  const auto rows = session.Query("SELECT sealed FROM contacts WHERE owner = :1", {std::string{owner}});
  if (rows.empty()) return Contact{};
  const absl::StatusOr<std::string> plain = sealer_.Unseal(rows.front().Text(0), ContactContext(owner));
  if (!plain.ok()) return plain.status();
  const json contact = json::parse(*plain);
  return Contact{.phone = contact.at("phone"),
                 .name = contact.at("name"),
                 .identity_number = contact.at("identity_number"),
                 .address = contact.at("address")};
}

absl::StatusOr<std::vector<PrivateMention>> SqlContactVault::OpenMentions(Session& session, std::string_view owner) {
  std::vector<PrivateMention> mentions;
  for (const auto& row : session.Query("SELECT part, sealed FROM private_mentions WHERE owner = :1 ORDER BY part",
                                       {std::string{owner}})) {
    const absl::StatusOr<std::string> plain = sealer_.Unseal(row.Text(1), MentionContext(owner, row.Int(0)));
    if (!plain.ok()) return plain.status();
    for (const json& mention : json::parse(*plain)) {
      mentions.push_back({.kind = mention.at("kind"), .words = mention.at("words"), .turn = mention.at("turn")});
    }
  }
  return mentions;
}

RevealNote SqlContactVault::NoteReveal(Transaction& tx, const Reveal& reveal) {
  const std::int64_t written = tx.Execute(
      "INSERT INTO contact_reveals (case_no, purpose, actor, request_id, revealed_at) VALUES (:1, :2, :3, :4, :5) "
      "ON CONFLICT (actor, request_id) DO NOTHING",
      {reveal.case_no, reveal.purpose, reveal.actor, reveal.request_id, TimeValue(reveal.at)});
  if (written == 1) return RevealNote::kWritten;
  const auto rows = tx.Query("SELECT case_no, purpose FROM contact_reveals WHERE actor = :1 AND request_id = :2",
                             {reveal.actor, reveal.request_id});
  const bool same = rows.front().Text(0) == reveal.case_no && rows.front().Text(1) == reveal.purpose;
  return same ? RevealNote::kThereAlready : RevealNote::kDiffers;
}

}  // namespace hotline::intake
