#include "intake/domain/contact.h"

#include <algorithm>
#include <string_view>

namespace hotline::intake {

std::string CallerKey(const Contact& contact) {
  std::string key = contact.phone.empty() ? contact.identity_number : contact.phone;
  std::erase_if(key, [](char c) { return c == ' ' || c == '-'; });
  for (const std::string_view country : {"+86", "0086"}) {
    if (key.starts_with(country)) return key.substr(country.size());
  }
  std::transform(key.begin(), key.end(), key.begin(), [](char c) { return c == 'x' ? 'X' : c; });
  return key;
}

}  // namespace hotline::intake
