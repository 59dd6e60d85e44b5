#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "platform/store/store.h"

namespace hotline::platform {

/// The events of one key of one producer, as a group applies them.
struct KeyOfSource {
  std::string source;
  std::string key;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 means the 0 that the compiler compares with.
  auto operator<=>(const KeyOfSource&) const = default;
};

/// An event of the table parked_events.
struct ParkedEvent {
  std::int64_t id = 0;
  std::string state;
  std::string reason;
  Event event;  ///< Sealed.
};

/// Why an event waits for a missing one.
inline constexpr std::string_view kGapReason = "GAP";

/// What a group has applied of a topic, in the consumer's own store (tables inbox, inbox_positions, parked_events).
/// Every call is part of the caller's transaction. Immutable, thread-safe.
///
/// The events of a key are numbered and applied in that order, so the last number of a key says of all of them whether
/// they were: one row a key, kept for good, in place of one an event (design.md §5.2), which was half of what a
/// consumer that catches up had to write. A key's row is locked from the look at it to the commit, and a first row is
/// there once, so of two members that apply the same event one finds it applied. An event without a number is
/// remembered by its id.
class Inbox {
 public:
  Inbox(std::string topic, std::string group) : topic_{std::move(topic)}, group_{std::move(group)} {}

  enum class Place {
    kApplied,  ///< Its effect is committed: nothing is left to do.
    kNext,     ///< Its turn.
    kBehind,   ///< Another event of its key is parked before it.
    kGap,      ///< One before it is missing.
  };
  [[nodiscard]] Place PlaceOf(Session& session, const Event& event) const;

  /// Marks an event as applied; false when it was before.
  bool Mark(Transaction& transaction, const Event& event, Time now) const;

  /// How many of the first events are each kNext once those before it are applied: one question for all. Their keys
  /// stay where they are until the end of the transaction.
  [[nodiscard]] std::size_t InTurn(Transaction& transaction, std::span<const Event* const> events) const;
  /// The same of several that InTurn() has counted in this transaction, in few statements. False when one was applied
  /// meanwhile: some are marked, roll back.
  bool MarkAll(Transaction& transaction, std::span<const Event* const> events) const;

  /// Parks an event; a second time changes nothing.
  void Park(Transaction& transaction, const Event& sealed, std::string_view state, std::string_view reason,
            Time now) const;
  /// The first parked event of a key that is not skipped.
  [[nodiscard]] std::optional<ParkedEvent> Head(Session& session, const KeyOfSource& key) const;
  /// Whether a parked head may be applied now.
  [[nodiscard]] bool Ready(Session& session, const ParkedEvent& head) const;
  /// A queued event that became the first of its key and is not ready has a gap before it: its wait begins.
  static void AwaitMissing(Transaction& transaction, const ParkedEvent& head, Time now);
  static void Unpark(Transaction& transaction, std::int64_t id);
  static void MarkDead(Transaction& transaction, std::int64_t id, std::string_view reason, Time now);
  /// Gives up on missing events: what waited since before `cutoff` is dead. Returns how many.
  std::int64_t EndWaiting(Transaction& transaction, Time cutoff) const;

  [[nodiscard]] std::int64_t LastSequence(Session& session, const KeyOfSource& key) const;

  [[nodiscard]] const std::string& topic() const { return topic_; }
  [[nodiscard]] const std::string& group() const { return group_; }

 private:
  template <typename Write>
  void WritePositions(const std::map<KeyOfSource, std::int64_t>& positions, std::string_view on_conflict,
                      Write write) const;

  const std::string topic_;
  const std::string group_;
};

/// Reads the columns kParkedColumns of a row.
inline constexpr std::string_view kParkedColumns =
    "id, state, reason, event_id, source, event_type, event_key, sequence, event_time, trace_parent, payload";
inline constexpr std::size_t kParkedColumnCount = 11;
[[nodiscard]] ParkedEvent ReadParked(const Row& row);

}  // namespace hotline::platform
