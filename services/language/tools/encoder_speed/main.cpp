// What a turn costs beside the network, heard with what came before it: its whole path (linear head, simplifying,
// tokenizing, all heads) against the bare network on the same tokens, in turn. CPU time of the process, so that other
// work on the machine does not count.
// usage: hotline-encoder-speed MODEL_DIRECTORY < TEXTS
#include <algorithm>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "language/encoder.h"
#include "language/models.h"

namespace {

using hotline::language::Encoder;
using hotline::language::EncoderSharing;
using hotline::language::EncoderTask;
using hotline::language::Models;
using hotline::language::TurnInCall;

constexpr EncoderSharing kOneThread{.requests = 1, .patience = std::chrono::seconds{10}};
/// The bare network reads a text as long as it is.
constexpr EncoderSharing kBare{.requests = 1, .patience = std::chrono::seconds{10}, .whole = 1};
constexpr int kRounds = 5;

double CpuMilliseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: hotline-encoder-speed MODEL_DIRECTORY < TEXTS\n";
    return 2;
  }
  const std::filesystem::path folder{argv[1]};
  const auto encoder = Encoder::Load(folder / "encoder.model", kBare);
  const auto models = Models::Load(folder, kOneThread);
  if (!encoder.ok() || !models.ok()) {
    std::cerr << encoder.status() << ' ' << models.status() << '\n';
    return 1;
  }
  std::vector<std::string> texts;
  for (std::string line; std::getline(std::cin, line);) texts.push_back(line);
  struct Heard {
    TurnInCall turn;
    std::vector<std::int64_t> cut;
  };
  std::vector<Heard> all;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    // The two texts before it stand for what is heard before a turn.
    const std::size_t n = texts.size();
    const TurnInCall turn{texts[i], texts[(i + n - 1) % n], texts[(i + 2 * n - 2) % n]};
    all.push_back({turn, (*encoder)->TokensOf(turn, EncoderTask::kTopics).all});
  }
  // Equal lengths together, where the bare network is at its best.
  std::stable_sort(all.begin(), all.end(), [](const Heard& a, const Heard& b) { return a.cut.size() < b.cut.size(); });
  double bare = 0;
  double path = 0;
  std::size_t tokens = 0;
  for (int round = 0; round <= kRounds; ++round) {
    for (const auto& [turn, cut] : all) {
      const double before = CpuMilliseconds();
      if (!(*encoder)->Scores(cut, kOneThread.patience).ok()) return 1;
      const double between = CpuMilliseconds();
      if ((*models)->ReadTurn(turn).model != (*models)->version()) return 1;
      if (round == 0) continue;  // The first round warms up.
      bare += between - before;
      path += CpuMilliseconds() - between;
      tokens += cut.size();
    }
  }
  const auto runs = static_cast<double>(texts.size() * kRounds);
  std::cout << nlohmann::json{{"texts", texts.size()},
                              {"mean_tokens", static_cast<double>(tokens) / runs},
                              {"network_ms", bare / runs},
                              {"path_ms", path / runs},
                              {"times_network", path / bare}}
            << '\n';
}
