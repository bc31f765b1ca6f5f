// The three products of training, y += x W^T, dx += dy W and dW += dy^T x, and OpenBLAS's over the same numbers.
//
//   products [--openblas PATH/libopenblas.so.0] [--rounds N] [ROWS IN OUT]...        e.g. products 3200 256 1024
//
// Outputs are compared first, with OpenBLAS's or with sums in double; then both take turns. GFLOP/s of the shortest turn.
#include "measure.h"
#include "openblas.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "isa/kernels.h"
#include "ops/products.h"

namespace tidegate {
namespace {

struct Shape {
  index rows, in, out;
};

struct Line {
  const char* name;
  MatrixProduct p;       // from one start, which C is
  bool at, bt;
  void (*ours)(const Workplace&, const MatrixProduct&);
};

// The largest difference of some elements of `times` calls, relative to the largest element.
double difference(const Line& line, int times) {
  const MatrixProduct& p = line.p;
  double most = 0, error = 0;
  for (index i = 0; i < p.m; i += std::max<index>(1, p.m / 23)) {
    for (index j = 0; j < p.n; j += std::max<index>(1, p.n / 29)) {
      double sum = 0;
      for (index l = 0; l < p.k; ++l) {
        sum += double(line.at ? p.a[l * p.lda + i] : p.a[i * p.lda + l]) * double(line.bt ? p.b[j * p.ldb + l] : p.b[l * p.ldb + j]);
      }
      most = std::max(most, std::fabs(sum));
      error = std::max(error, std::fabs(double(p.c[i * p.ldc + j]) / times - sum));
    }
  }
  return error / most;
}

void measure(const OpenBlas& openblas, const Shape& s, const Line& line, int rounds) {
  Scratch scratch;
  Threads threads;
  const MatrixProduct& p = line.p;
  const auto ours = [&] { line.ours({kernels(), scratch, threads}, p); };
  const auto theirs = [&] { openblas.gemm(line.at, line.bt, p.m, p.n, p.k, p.a, p.lda, p.b, p.ldb, 1, p.c, p.ldc); };
  ours();
  scratch.release();
  const double error = difference(line, 1);
  if (!(error < 1e-5)) {
    std::fprintf(stderr, "%s of %ld x %ld x %ld differs by %.0e of the largest\n", line.name, long(p.m), long(p.n), long(p.k), error);
    std::exit(1);
  }
  double a = 1e9, b = 1e9;
  for (int r = 0; r < rounds; ++r) {
    double start = seconds();
    ours();
    a = std::min(a, seconds() - start);
    if (!openblas.present()) continue;
    start = seconds();
    theirs();
    b = std::min(b, seconds() - start);
  }
  const double flops = 2.0 * double(s.rows) * double(s.in) * double(s.out);
  std::printf("| %s | %ld | %ld | %ld | %.1f |", line.name, long(s.rows), long(s.in), long(s.out), flops / a / 1e9);
  if (openblas.present()) std::printf(" %.1f | %.2f |", flops / b / 1e9, b / a);
  std::printf("\n");
  std::fflush(stdout);
}

void measure(const OpenBlas& openblas, const Shape& s, int rounds) {
  const std::vector<float> x = noise(std::size_t(s.rows * s.in)), w = noise(std::size_t(s.out * s.in)), dy = noise(std::size_t(s.rows * s.out));
  std::vector<float> y(std::size_t(s.rows * s.out)), dx(x.size()), dw(w.size());
  measure(openblas, s, {"y += x W^T", {s.rows, s.out, s.in, x.data(), s.in, w.data(), s.in, y.data(), s.out, y.data(), s.out}, false, true, product_nt}, rounds);
  measure(openblas, s, {"dx += dy W", {s.rows, s.in, s.out, dy.data(), s.out, w.data(), s.in, dx.data(), s.in, dx.data(), s.in}, false, false, product_nn}, rounds);
  measure(openblas, s, {"dW += dy^T x", {s.out, s.in, s.rows, dy.data(), s.out, x.data(), s.in, dw.data(), s.in, dw.data(), s.in}, true, false, product_tn},
          rounds);
}

}  // namespace
}  // namespace tidegate

int main(int argc, char** argv) {
  using namespace tidegate;
  int rounds = 7;
  const char* openblas_path = nullptr;
  std::vector<Shape> shapes;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
      rounds = std::max(1, std::atoi(argv[++i]));
    } else if (std::strcmp(argv[i], "--openblas") == 0 && i + 1 < argc) {
      openblas_path = argv[++i];
    } else if (i + 2 < argc && std::atol(argv[i]) > 0 && std::atol(argv[i + 1]) > 0 && std::atol(argv[i + 2]) > 0) {
      shapes.push_back({std::atol(argv[i]), std::atol(argv[i + 1]), std::atol(argv[i + 2])});
      i += 2;
    } else {
      std::fprintf(stderr, "usage: products [--openblas PATH/libopenblas.so.0] [--rounds N] [ROWS IN OUT]...\n  e.g. products 3200 256 1024\n");
      return 2;
    }
  }
  if (shapes.empty()) {
    shapes = {{3200, 256, 1024}, {700, 650, 2600}, {4096, 512, 2048}, {6400, 128, 512}, {700, 200, 800}, {3200, 256, 768}, {4096, 512, 1536},
              {6400, 128, 384}, {1600, 512, 65}, {1600, 512, 10000}, {512, 128, 2}, {64, 64, 64}, {1, 256, 1024}, {8, 256, 1024}};
  }
  const OpenBlas openblas(openblas_path);
  std::printf("%s, OpenBLAS's core type %s, the shortest of %d turns\n\n", kernels().name, openblas.core(), rounds);
  std::printf(openblas.present() ? "| product | rows | in | out | GFLOP/s | OpenBLAS | OpenBLAS's time / ours |\n| --- | --- | --- | --- | --- | --- | --- |\n"
                                 : "| product | rows | in | out | GFLOP/s |\n| --- | --- | --- | --- | --- |\n");
  for (const Shape& s : shapes) measure(openblas, s, rounds);
  return 0;
}
