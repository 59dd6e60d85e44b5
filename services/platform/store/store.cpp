#include "platform/store/store.h"

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace hotline::platform {
namespace {

template <typename Number>
Number Parse(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::logic_error{"a text column is read as a number"};
  return number;
}

/// Long enough for any queue this process lets grow; work that takes longer is lost time for its caller anyway.
constexpr std::chrono::seconds kPatience{30};

}  // namespace

bool Row::IsNull(std::size_t column) const { return std::holds_alternative<std::nullptr_t>(values_.at(column)); }

std::int64_t Row::Int(std::size_t column) const {
  const Value& value = values_.at(column);
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const auto* text = std::get_if<std::string>(&value)) return Parse<std::int64_t>(*text);
  if (std::holds_alternative<std::nullptr_t>(value)) return 0;
  throw std::logic_error{"a real column is read as an integer"};
}

double Row::Real(std::size_t column) const {
  const Value& value = values_.at(column);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* text = std::get_if<std::string>(&value)) return Parse<double>(*text);
  return 0.0;
}

std::string Row::Text(std::size_t column) const {
  const Value& value = values_.at(column);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (std::holds_alternative<std::nullptr_t>(value)) return {};
  throw std::logic_error{"a real column is read as text"};
}

absl::Status Store::InTransaction(Work work) {
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  absl::Status result;
  Submit(std::move(work), std::chrono::steady_clock::now() + kPatience, [&](absl::Status status) {
    const std::lock_guard lock{mutex};
    result = std::move(status);
    done = true;
    finished.notify_one();  // Under the lock: the waiter owns the condition and leaves as soon as it can.
  });
  std::unique_lock lock{mutex};
  finished.wait(lock, [&] { return done; });
  return result;
}

absl::Status ToStatus(const StoreError& error) {
  switch (error.kind()) {
    case StoreError::Kind::kUnavailable: return absl::UnavailableError(error.what());
    case StoreError::Kind::kConflict: return absl::AbortedError(error.what());
    case StoreError::Kind::kTimeout: return absl::DeadlineExceededError(error.what());
    case StoreError::Kind::kValue: return absl::InvalidArgumentError(error.what());
    case StoreError::Kind::kUnique:
    case StoreError::Kind::kConstraint:
    case StoreError::Kind::kStatement: break;
  }
  return absl::InternalError(error.what());
}

}  // namespace hotline::platform
