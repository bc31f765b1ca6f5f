// A training step, and the time that OpenBLAS alone needs for its products on one thread, in the same run.
//
//   train_step [--openblas PATH/libopenblas.so.0] [--rounds N] [--threads N] [CELL B T H]...        e.g. train_step lstm 32 100 256
//
// A step is forward, backward (weights, biases, input) and AdamW over one recurrent layer with I = H. Its products are those of the
// textbook form: the input product and both weight gradients over all T*B rows, the recurrent product and its transpose at each
// step. GFLOP/s counts these products alone. Step and products alternate, round by round; the table shows the medians. ratio = products / step:
// 1.00 would be a step that costs nothing but its products as OpenBLAS makes them.
#include "measure.h"
#include "openblas.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

struct Work {
  std::string cell;
  int b, t, h;
};

class Step {
 public:
  Step(const Work& w, int threads) : lengths_(w.b, w.t), x_(noise(std::size_t(w.t) * w.b * w.h)), dy_(noise(x_.size())) {
    const std::string spec = "x = input axis=time cols=" + std::to_string(w.h) + " gradient=true\nh = recurrent x cell=" + w.cell +
                             " size=" + std::to_string(w.h) + "\n";
    require(tg_model_create(spec.data(), spec.size(), 1, &model_));
    require(tg_session_create(model_, TG_TRAIN, 1, &session_));
    require(tg_session_threads(session_, threads));
    require(tg_optimizer_create(model_, "adamw", &optimizer_));
    axis_ = {0, w.b, lengths_.data()};
    feed_ = {0, x_.data(), static_cast<int64_t>(x_.size())};
    batch_ = {&axis_, 1, &feed_, 1};
    require(tg_model_find(model_, "h", &seed_.value));
    seed_.data = dy_.data();
    seed_.count = static_cast<int64_t>(dy_.size());
  }
  ~Step() {
    tg_optimizer_destroy(optimizer_);
    tg_session_destroy(session_);
    tg_model_destroy(model_);
  }
  void run() {
    const tg_step step = {1e-4, 1.0, 0.0, TG_NORM_L2};
    require(tg_session_forward(session_, &batch_, nullptr));
    require(tg_session_backward(session_, &seed_, 1));
    require(tg_session_update(session_, optimizer_, &step, nullptr));
  }

 private:
  std::vector<int32_t> lengths_;
  std::vector<float> x_, dy_;
  tg_model* model_ = nullptr;
  tg_session* session_ = nullptr;
  tg_optimizer* optimizer_ = nullptr;
  tg_axis_lengths axis_{};
  tg_feed feed_{};
  tg_batch batch_{};
  tg_seed seed_{};
};

class Products {
 public:
  Products(const Work& w, const OpenBlas& openblas)
      : openblas_(openblas), w_(w), n_(gates_of(w.cell) * w.h), rows_(w.b * w.t), x_(noise(std::size_t(rows_) * w.h)), weight_(noise(std::size_t(n_) * w.h)),
        tape_(std::size_t(rows_) * n_), dx_(x_.size()), dweight_(weight_.size()) {}
  void run() {
    const int h = w_.h;
    gemm(false, true, rows_, n_, h, x_.data(), h, weight_.data(), h, 0, tape_.data(), n_);
    for (int t = 0; t < w_.t; ++t) {
      gemm(false, true, w_.b, n_, h, &x_[std::size_t(t) * w_.b * h], h, weight_.data(), h, 1, &tape_[std::size_t(t) * w_.b * n_], n_);
    }
    for (int t = w_.t - 1; t >= 0; --t) {
      gemm(false, false, w_.b, h, n_, &tape_[std::size_t(t) * w_.b * n_], n_, weight_.data(), h, 1, dx_.data(), h);
    }
    for (int i = 0; i < 2; ++i) gemm(true, false, n_, h, rows_, tape_.data(), n_, x_.data(), h, 1, dweight_.data(), h);
    gemm(false, false, rows_, h, n_, tape_.data(), n_, weight_.data(), h, 0, dx_.data(), h);
  }
  double flops() const { return 6.0 * 2.0 * rows_ * n_ * w_.h; }

 private:
  void gemm(bool ta, bool tb, int m, int n, int k, const float* a, int lda, const float* b, int ldb, float beta, float* c, int ldc) const {
    openblas_.gemm(ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc);
  }
  const OpenBlas& openblas_;
  const Work w_;
  const int n_, rows_;
  std::vector<float> x_, weight_, tape_, dx_, dweight_;
};

}  // namespace

int main(int argc, char** argv) {
  int rounds = 15, threads = 1;
  const char* openblas_path = nullptr;
  std::vector<Work> works;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
      rounds = std::max(1, std::atoi(argv[++i]));
    } else if (std::strcmp(argv[i], "--threads") == 0 && i + 1 < argc) {
      threads = std::max(1, std::atoi(argv[++i]));
    } else if (std::strcmp(argv[i], "--openblas") == 0 && i + 1 < argc) {
      openblas_path = argv[++i];
    } else if (i + 3 < argc) {
      works.push_back({argv[i], std::atoi(argv[i + 1]), std::atoi(argv[i + 2]), std::atoi(argv[i + 3])});
      i += 3;
    } else {
      std::fprintf(stderr, "usage: train_step [--openblas PATH/libopenblas.so.0] [--rounds N] [--threads N] [CELL B T H]...\n  e.g. train_step lstm 32 100 256 gru 64 64 512\n");
      return 2;
    }
  }
  if (works.empty()) works = {{"lstm", 32, 100, 256}, {"gru", 32, 100, 256}, {"rnn", 32, 100, 256}, {"lstm", 64, 64, 512}};
  const char* isa = "";
  require(tg_isa(&isa));
  std::printf("tidegate %s, %s, a step on %d threads, medians and least of %d rounds\n\n", tg_version(), isa, threads, rounds);
  const OpenBlas openblas(openblas_path);
  std::printf("| cell | B | T | H | step ms | least | GFLOP/s |");
  std::printf(openblas.present() ? " products ms | ratio |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
                                 : "\n| --- | --- | --- | --- | --- | --- | --- |\n");
  for (const Work& w : works) {
    Step step(w, threads);
    Products products(w, openblas);
    step.run();
    if (openblas.present()) products.run();
    std::vector<double> step_times, product_times;
    for (int r = 0; r < rounds; ++r) {
      double start = seconds();
      if (openblas.present()) {
        products.run();
        product_times.push_back(seconds() - start);
      }
      start = seconds();
      step.run();
      step_times.push_back(seconds() - start);
    }
    const double s = median(step_times);
    std::printf("| %s | %d | %d | %d | %.2f | %.3f | %.1f |", w.cell.c_str(), w.b, w.t, w.h, s * 1e3,
                *std::min_element(step_times.begin(), step_times.end()) * 1e3, products.flops() / s / 1e9);
    if (openblas.present()) std::printf(" %.2f | %.2f |", median(product_times) * 1e3, median(product_times) / s);
    std::printf("\n");
    std::fflush(stdout);
  }
  return 0;
}
