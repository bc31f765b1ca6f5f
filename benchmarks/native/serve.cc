// What a C program gets from a frozen model: a streaming step at batch 1, a sequence of 100 steps at batch 1, and batches of 50 steps, over
// the cells, the precisions and the sizes.
//
//   serve [--rounds N] [--threads N] [--kind stream|sequence|batch] [--precision float32|bfloat16|int8] [CELL H [B]]...
//
// Outputs are compared before anything is timed: float32 with the ordinary session's, the other precisions with float32's. The
// precisions of a row take turns, round by round; the table shows the medians, the ratio to float32, and GB/s of weights (stream: all of
// them once a step) or GFLOP/s.
#include "measure.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr const char* kPrecisionNames[] = {"float32", "bfloat16", "int8"};
constexpr double kBytes[] = {4, 2, 1};

struct Work {
  std::string cell;
  int h, b, t;
};

// One session and its inputs.
class Runner {
 public:
  Runner(tg_model* model, const Work& w, int threads) : w_(w), x_(noise(static_cast<std::size_t>(w.t) * w.b * w.h)), lengths_(w.b, w.t), step_(w.h) {
    require(tg_session_create(model, TG_INFER, 0, &session_));
    require(tg_session_threads(session_, threads));
    require(tg_model_find(model, "x", &input_));
    require(tg_model_find(model, "h", &output_));
  }
  ~Runner() { tg_session_destroy(session_); }
  Runner(const Runner&) = delete;

  const float* sequence() {
    const tg_axis_lengths axis{0, w_.b, lengths_.data()};
    const tg_feed feed{input_, x_.data(), static_cast<int64_t>(x_.size())};
    const tg_batch batch{&axis, 1, &feed, 1};
    require(tg_session_forward(session_, &batch, nullptr));
    tg_tensor out;
    require(tg_session_output(session_, output_, &out));
    return out.data;
  }
  const float* step(int t) {
    const tg_feed feed{input_, x_.data() + static_cast<std::size_t>(t % w_.t) * w_.h, w_.h};
    require(tg_session_step(session_, &feed, 1, output_, step_.data(), w_.h));
    return step_.data();
  }

 private:
  const Work w_;
  std::vector<float> x_;
  std::vector<int32_t> lengths_;
  std::vector<float> step_;
  tg_session* session_ = nullptr;
  int32_t input_ = 0, output_ = 0;
};

double difference(const float* a, const float* b, std::size_t n) {
  double most = 0;
  for (std::size_t i = 0; i < n; ++i) most = std::max(most, std::abs(static_cast<double>(a[i]) - b[i]));
  return most;
}

void measure(const std::string& kind, const Work& w, const std::vector<int>& precisions, int threads, int rounds) {
  const std::string spec = "x = input axis=time cols=" + std::to_string(w.h) + "\nh = recurrent x cell=" + w.cell + " size=" + std::to_string(w.h) + "\n";
  tg_model* model;
  require(tg_model_create(spec.data(), spec.size(), 1, &model));
  const std::size_t outputs = static_cast<std::size_t>(w.t) * w.b * w.h;
  Runner plain(model, w, 1);
  std::vector<float> expected(plain.sequence(), plain.sequence() + outputs);
  std::vector<tg_model*> frozen;
  std::vector<Runner*> runners;
  std::vector<double> apart;
  for (const int p : precisions) {
    frozen.emplace_back();
    require(tg_model_freeze(model, static_cast<tg_precision>(p), &frozen.back()));
    runners.push_back(new Runner(frozen.back(), w, threads));
    apart.push_back(difference(runners.back()->sequence(), expected.data(), outputs));
    if (kind == "stream") {  // step by step from the start
      delete runners.back();
      runners.back() = new Runner(frozen.back(), w, threads);
      double most = 0;
      for (int t = 0; t < w.t; ++t) most = std::max(most, difference(runners.back()->step(t), expected.data() + static_cast<std::size_t>(t) * w.h, w.h));
      apart.back() = most;
    }
    if (apart.back() > (p == TG_FLOAT32 ? 1e-5 : 0.05)) {
      std::fprintf(stderr, "serve: %s %s differs by %g\n", w.cell.c_str(), kPrecisionNames[p], apart.back());
      std::exit(1);
    }
  }
  std::vector<std::vector<double>> times(precisions.size());
  const double work = static_cast<double>(gates_of(w.cell)) * 2 * w.h * w.h;  // weights, and multiplications of one row's step
  const int calls = kind == "stream" ? std::max(20, static_cast<int>(2e8 / work / 20)) : 1;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < runners.size(); ++i) {
      const double start = seconds();
      for (int c = 0; c < calls; ++c) {
        if (kind == "stream") {
          runners[i]->step(c);
        } else {
          runners[i]->sequence();
        }
      }
      times[i].push_back((seconds() - start) / calls);
    }
  }
  const double first = median(times[0]);
  for (std::size_t i = 0; i < precisions.size(); ++i) {
    const double t = median(times[i]);
    const bool stream = kind == "stream";
    std::printf("| %s | %s | %d | %d | %d | %s | %.2f | %.2f | %.1f | %.1e |\n", kind.c_str(), w.cell.c_str(), w.h, w.b, stream ? 1 : w.t,
                kPrecisionNames[precisions[i]], first / t, t * 1e6,
                stream ? work * kBytes[precisions[i]] / t * 1e-9 : 2 * work * w.b * w.t / t * 1e-9, apart[i]);
    std::fflush(stdout);
    delete runners[i];
    tg_model_destroy(frozen[i]);
  }
  tg_model_destroy(model);
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 11, threads = 1, i = 1;
  std::vector<std::string> kinds = {"stream", "sequence", "batch"};
  std::vector<int> precisions = {TG_FLOAT32, TG_BFLOAT16, TG_INT8};
  for (; i + 1 < argc && std::strncmp(argv[i], "--", 2) == 0; i += 2) {
    const std::string option = argv[i], value = argv[i + 1];
    if (option == "--rounds") {
      rounds = std::max(1, std::atoi(value.c_str()));
    } else if (option == "--threads") {
      threads = std::max(1, std::atoi(value.c_str()));
    } else if (option == "--kind") {
      kinds = {value};
    } else if (option == "--precision") {
      precisions.clear();
      for (int p = 0; p < 3; ++p) {
        if (value == kPrecisionNames[p]) precisions = {p};
      }
    } else {
      precisions.clear();
    }
  }
  std::vector<Work> works;
  for (; i + 1 < argc; i += 2) {
    works.push_back({argv[i], std::atoi(argv[i + 1]), 0, 0});
    if (i + 2 < argc && std::atoi(argv[i + 2]) > 0) works.back().b = std::atoi(argv[++i + 1]);
  }
  if (i < argc || precisions.empty()) {
    std::fprintf(stderr, "usage: serve [--rounds N] [--threads N] [--kind stream|sequence|batch] [--precision float32|bfloat16|int8] "
                         "[CELL H [B]]...\n  e.g. serve --kind batch lstm 256 32 gru 512 8\n");
    return 2;
  }
  if (works.empty()) {
    for (const char* cell : {"lstm", "gru", "rnn"}) {
      for (const int h : {64, 128, 256, 512, 1024}) works.push_back({cell, h, 0, 0});
    }
  }
  std::printf("| kind | cell | H | B | T | precision | ratio | us | GB/s or GFLOP/s | difference |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const std::string& kind : kinds) {
    for (Work w : works) {
      if (kind == "batch" && w.b == 0 && w.h > 512) continue;
      if (w.b == 0) w.b = kind == "batch" ? 32 : 1;
      if (kind != "batch" && w.b != 1) continue;
      w.t = kind == "batch" ? 50 : 100;
      measure(kind, w, precisions, threads, rounds);
    }
  }
  return 0;
}
