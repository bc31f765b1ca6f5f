// The cells whose gates see only x (min_gru, min_lstm) over long sequences, beside an LSTM of the same size: the answers of a frozen model,
// and forward and backward of a training with the input's gradient.
//
//   minimal [--rounds N] [--threads N] [--kind infer|train] [--cell CELL] [B T H]...        e.g. minimal --threads 2 1 10000 256
//
// The states of the minimal cells are compared with the paper's recurrence in double before anything is timed. The cells of a row take
// turns, round by round. The table shows the medians and the least; the LSTM's time over the cell's; and the rate of the products with x,
// of which a forward has one and a training three: beside the peak of floor it says what else takes time.
#include "measure.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

struct Work {
  int b, t, h;
};

class Runner {
 public:
  Runner(const std::string& cell, const Work& w, bool trains, int threads)
      : cell_(cell), w_(w), trains_(trains), lengths_(w.b, w.t), x_(noise(std::size_t(w.t) * w.b * w.h)) {
    const std::string h = std::to_string(w.h);
    const std::string spec = "x = input axis=time cols=" + h + " gradient=true\nh = recurrent x cell=" + cell + " size=" + h + "\n";
    require(tg_model_create(spec.data(), spec.size(), 1, &model_));
    if (trains) {
      dy_ = noise(x_.size());
    } else {
      require(tg_model_freeze(model_, TG_FLOAT32, &frozen_));
    }
    require(tg_session_create(trains ? model_ : frozen_, trains ? TG_TRAIN : TG_INFER, 1, &session_));
    require(tg_session_threads(session_, threads));
    require(tg_model_find(model_, "h", &output_));
  }
  ~Runner() {
    tg_session_destroy(session_);
    if (frozen_ != nullptr) tg_model_destroy(frozen_);
    tg_model_destroy(model_);
  }
  Runner(const Runner&) = delete;

  void run() {
    const tg_axis_lengths axis{0, w_.b, lengths_.data()};
    const tg_feed feed{0, x_.data(), static_cast<int64_t>(x_.size())};
    const tg_batch batch{&axis, 1, &feed, 1};
    require(tg_session_forward(session_, &batch, nullptr));
    if (!trains_) return;
    const tg_seed seed{output_, dy_.data(), static_cast<int64_t>(dy_.size())};
    require(tg_session_backward(session_, &seed, 1));
  }

  // Ends the program where the states of the first and of the last sequence are not those of the recurrence.
  void check() const {
    if (cell_ == "lstm") return;
    tg_tensor out, weight, bias;
    require(tg_session_output(session_, output_, &out));
    require(tg_model_parameter(model_, 0, &weight));
    require(tg_model_parameter(model_, 1, &bias));
    const int h = w_.h, gates = cell_ == "min_gru" ? 2 : 3;
    const auto logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
    for (const int s : {0, w_.b - 1}) {
      std::vector<double> state(h), a(static_cast<std::size_t>(gates) * h);
      for (int t = 0; t < std::min(w_.t, 300); ++t) {
        const std::size_t row = (std::size_t(t) * w_.b + s) * h;
        for (int g = 0; g < gates * h; ++g) {
          a[g] = bias.data[g];
          for (int i = 0; i < h; ++i) a[g] += double(weight.data[std::size_t(g) * h + i]) * x_[row + i];
        }
        for (int u = 0; u < h; ++u) {
          const double first = logistic(a[u]), part = gates == 2 ? first : first / (first + logistic(a[h + u]));
          state[u] += part * (a[(gates - 1) * h + u] - state[u]);
          if (std::abs(state[u] - out.data[row + u]) < 1e-5) continue;
          std::fprintf(stderr, "minimal: %s differs at step %d: %g, expected %g\n", cell_.c_str(), t, out.data[row + u], state[u]);
          std::exit(1);
        }
      }
    }
  }

  double flops() const {
    return 2.0 * (trains_ ? 3 : 1) * w_.b * w_.t * w_.h * w_.h * (cell_ == "lstm" ? 8 : cell_ == "min_gru" ? 2 : 3);
  }

 private:
  const std::string cell_;
  const Work w_;
  const bool trains_;
  std::vector<int32_t> lengths_;
  std::vector<float> x_, dy_;
  tg_model* model_ = nullptr;
  tg_model* frozen_ = nullptr;
  tg_session* session_ = nullptr;
  int32_t output_ = 0;
};

void measure(bool trains, const Work& w, const std::vector<std::string>& cells, int threads, int rounds) {
  std::vector<std::unique_ptr<Runner>> runners;
  for (const std::string& cell : cells) {
    runners.push_back(std::make_unique<Runner>(cell, w, trains, threads));
    runners.back()->run();
    runners.back()->check();
  }
  std::vector<std::vector<double>> times(cells.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const double start = seconds();
      runners[i]->run();
      times[i].push_back(seconds() - start);
    }
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const double t = median(times[i]);
    std::printf("| %s | %s | %d | %d | %d | %.3f | %.3f | %.2f | %.0f |\n", trains ? "train" : "infer", cells[i].c_str(), w.b, w.t, w.h,
                t * 1e3, *std::min_element(times[i].begin(), times[i].end()) * 1e3, median(times[0]) / t, runners[i]->flops() / t * 1e-9);
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 9, threads = 1;
  std::vector<std::string> cells{"lstm", "min_gru", "min_lstm"};
  std::vector<bool> kinds{false, true};
  std::vector<Work> works;
  for (int i = 1; i < argc; i += 2) {
    const std::string option = argv[i], value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--rounds" && std::atoi(value.c_str()) > 0) {
      rounds = std::atoi(value.c_str());
    } else if (option == "--threads" && std::atoi(value.c_str()) > 0) {
      threads = std::atoi(value.c_str());
    } else if (option == "--kind" && (value == "infer" || value == "train")) {
      kinds = {value == "train"};
    } else if (option == "--cell" && (value == "lstm" || value == "min_gru" || value == "min_lstm")) {
      cells = {value};
    } else if (i + 2 < argc && std::atoi(argv[i]) > 0 && std::atoi(argv[i + 1]) > 0 && std::atoi(argv[i + 2]) > 0) {
      works.push_back({std::atoi(argv[i]), std::atoi(argv[i + 1]), std::atoi(argv[i + 2])});
      ++i;
    } else {
      std::fprintf(stderr, "usage: minimal [--rounds N] [--threads N] [--kind infer|train] [--cell lstm|min_gru|min_lstm] [B T H]...\n"
                           "  e.g. minimal --threads 2 1 10000 256 32 300 256\n");
      return 2;
    }
  }
  if (works.empty()) {
    for (const int h : {64, 256, 512}) {
      for (const int t : {100, 1000, 10000}) works.push_back({1, t, h});
      works.push_back({32, 100, h});
      if (h < 512) works.push_back({32, 1000, h});
    }
  }
  std::printf("| kind | cell | B | T | H | ms | least | lstm / cell | GFLOP/s |\n");
  std::printf("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const bool trains : kinds) {
    for (const Work& w : works) measure(trains, w, cells, threads, rounds);
  }
  return 0;
}
