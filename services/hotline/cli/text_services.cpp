#include "hotline/cli/text_services.h"

#include <iostream>

#include "hotline/cli/failure.h"

namespace hotline::cli {

std::unique_ptr<Connection> OpenForTexts(ConnectionFlags flags) {
  flags.demo_knowledge = false;  // These commands ask the models, not the articles.
  if (NothingIsNamedOrListening(flags)) {
    std::cerr << "hotline: no server is named and none runs here; starting the models inside this command\n";
    flags.embedded = true;
  }
  return OrFail(Connection::Open(flags));
}

}  // namespace hotline::cli
