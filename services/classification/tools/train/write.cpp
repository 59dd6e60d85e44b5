#include "classification/tools/train/write.h"

#include <fstream>
#include <stdexcept>

namespace hotline::classification {

void Write(const language::LinearHead& head, const std::string& file) {
  std::ofstream out{file};
  head.Write(out);
  if (!out.good()) throw std::runtime_error(file + " cannot be written");
}

}  // namespace hotline::classification
