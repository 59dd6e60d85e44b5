#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "language/models.h"

namespace hotline::language {

/// The text that the helpdesk model reads for a dialogue, and the one that the shop model reads for a customer's turn
/// `at`. training/train writes the same ones: a change here is a change there, and a new model.
[[nodiscard]] std::string HelpdeskText(std::span<const DialogueTurn> turns);
[[nodiscard]] std::string ShopText(std::span<const DialogueTurn> turns, std::size_t at);

}  // namespace hotline::language
