#pragma once

#include "intake/app/ports.h"

namespace hotline::platform {
class Sealer;
}  // namespace hotline::platform

namespace hotline::intake {

/// Tables contacts, private_mentions and contact_reveals. What it seals opens only under its own owner.
class SqlContactVault final : public ContactVault {
 public:
  /// The sealer must outlive the vault.
  explicit SqlContactVault(const platform::Sealer& sealer) : sealer_{sealer} {}

  std::string TokenOf(std::string_view site, const Contact& contact) const override;
  std::string Fingerprint(std::string_view site, std::string_view words) const override;
  void Keep(Transaction& tx, std::string_view owner, const Contact& contact) override;
  void KeepMentions(Transaction& tx, std::string_view owner, int part,
                    const std::vector<PrivateMention>& mentions) override;
  absl::StatusOr<Contact> Open(Session& session, std::string_view owner) override;
  absl::StatusOr<std::vector<PrivateMention>> OpenMentions(Session& session, std::string_view owner) override;
  RevealNote NoteReveal(Transaction& tx, const Reveal& reveal) override;

 private:
  const platform::Sealer& sealer_;
};

}  // namespace hotline::intake
