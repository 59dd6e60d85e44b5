#pragma once

#include <cstddef>
#include <iostream>
#include <type_traits>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "hotline/cli/call.h"

namespace hotline::cli {

/// Items of a page where nobody says how many: the most that the list methods give at once.
inline constexpr int kLargestPage = 1000;

/// Reads a list page by page: `method(context, request, &page)` calls it, `take(page)` keeps what it brought, and
/// where it returns a bool, false ends the reading. The request's page_size is as it came, or kLargestPage.
template <typename Response, typename Request, typename Method, typename Take>
absl::Status ReadPages(Request request, Method method, Take take) {
  if (request.page_size() == 0) request.set_page_size(kLargestPage);
  for (;;) {
    Response page;
    absl::Status read = Call([&](auto* context) { return method(context, request, &page); });
    if (!read.ok()) return read;
    bool more = true;
    if constexpr (std::is_void_v<decltype(take(page))>) {
      take(page);
    } else {
      more = take(page);
    }
    if (!more || page.next_page_token().empty()) return absl::OkStatus();
    request.set_page_token(page.next_page_token());
  }
}

/// The beginning of a list.
template <typename Item>
struct Listed {
  std::vector<Item> items;
  bool more = false;  ///< There are others behind them.
};

/// The first `limit` items of a list, 0: all of them. `items(page)`: those of a page.
template <typename Response, typename Item, typename Request, typename Method, typename Items>
absl::StatusOr<Listed<Item>> ReadFirst(const Request& request, std::size_t limit, Method method, Items items) {
  Listed<Item> listed;
  absl::Status read = ReadPages<Response>(request, method, [&](const Response& page) {
    for (const Item& item : items(page)) {
      listed.more = limit > 0 && listed.items.size() == limit;
      if (listed.more) return false;
      listed.items.push_back(item);
    }
    return true;
  });
  if (!read.ok()) return read;
  return listed;
}

/// Says on standard error that a list is longer than what was shown of it.
inline void TellOfMore(bool more) {
  if (more) std::cerr << "hotline: there are more; --limit 0 shows all\n";
}

}  // namespace hotline::cli
