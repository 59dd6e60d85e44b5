// Labels of a linear model, a line in and a line out: what `fasttext predict-prob MODEL -` is to fastText. One thread.
// usage: hotline-predict MODEL < TEXTS
#include <iostream>
#include <string>

#include "language/linear_model.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: hotline-predict MODEL < TEXTS\n";
    return 2;
  }
  const auto model = hotline::language::LinearModel::Load(argv[1]);
  if (!model.ok()) {
    std::cerr << model.status() << '\n';
    return 1;
  }
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const hotline::language::Scored best = (*model)->Rank(line).front();
    std::cout << best.label << ' ' << best.probability << '\n';
  }
}
