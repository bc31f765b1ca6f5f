// The prepacked products of every instruction set, against plain loops in double.
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "check.h"
#include "isa/kernels.h"

namespace tidegate {
namespace {

constexpr real kCanary = 12345;

std::vector<real> random_numbers(index count, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<real> numbers(static_cast<std::size_t>(count));
  for (real& x : numbers) x = static_cast<real>(uniform(engine));
  return numbers;
}

struct Case {
  index m, n, k, ldx, ldy;
  std::vector<real> x, b, y;  // b [k, n]
  Case(index m, index n, index k)
      : m(m), n(n), k(k), ldx(k + 3), ldy(n + 5), x(random_numbers(m * ldx + 1, 1)), b(random_numbers(k * n + 1, 2)), y(m * ldy, kCanary) {
    for (index r = 0; r < m; ++r) {
      for (index c = 0; c < n; ++c) y[r * ldy + c] = static_cast<real>(c) / 8;
    }
  }
  std::vector<real> packed(const Kernels& k_, bool rows) const {
    const PanelKernels& p = k_.panels;
    std::vector<real> panels((n + p.columns - 1) / p.columns * p.columns * k + 1, kCanary);
    if (rows) {
      std::vector<real> w(b.size());
      for (index i = 0; i < k; ++i) {
        for (index c = 0; c < n; ++c) w[c * k + i] = b[i * n + c];
      }
      p.pack_rows(panels.data(), w.data(), k, n, k);
    } else {
      p.pack_columns(panels.data(), b.data(), n, k, n);
    }
    CHECK(panels.back() == kCanary);
    return panels;
  }
};

void check_case(const Kernels& kernels, index m, index n, index k) {
  const Case c(m, n, k);
  const std::vector<real> panels = c.packed(kernels, false);
  CHECK(panels == c.packed(kernels, true));
  std::vector<real> y = c.y;
  kernels.panels.add(y.data(), c.ldy, c.x.data(), c.ldx, panels.data(), m, n, k);
  for (index r = 0; r < m; ++r) {
    for (index j = 0; j < c.ldy; ++j) {
      double expected = c.y[r * c.ldy + j];
      for (index i = 0; j < n && i < k; ++i) expected += static_cast<double>(c.x[r * c.ldx + i]) * c.b[i * n + j];
      CHECK_CLOSE(y[r * c.ldy + j], expected, j < n ? 1e-6 * static_cast<double>(k + 1) : 0);
    }
  }
}

TEST("a prepacked product is the product, for every size around the vectors and tiles, and writes nothing else") {
  for (const Kernels* kernels : available_kernels()) {
    for (index n = 1; n <= 67; ++n) check_case(*kernels, 1 + n % 14, n, 5);
    for (const index m : {1, 2, 3, 4, 5, 6, 7, 13}) {
      for (const index n : {1, 16, 64, 65, 130, 200}) check_case(*kernels, m, n, 33);
    }
    check_case(*kernels, 3, 70, 1);
  }
}

TEST("a row of a prepacked product has the same bits alone and in any company") {
  const Case c(13, 200, 67);
  for (const Kernels* kernels : available_kernels()) {
    const std::vector<real> panels = c.packed(*kernels, false);
    std::vector<real> together = c.y;
    kernels->panels.add(together.data(), c.ldy, c.x.data(), c.ldx, panels.data(), c.m, c.n, c.k);
    for (index first = 0; first < c.m; ++first) {
      for (index rows = 1; rows <= 7 && first + rows <= c.m; ++rows) {
        std::vector<real> some = c.y;
        kernels->panels.add(some.data() + first * c.ldy, c.ldy, c.x.data() + first * c.ldx, c.ldx, panels.data(), rows, c.n, c.k);
        CHECK(std::memcmp(&some[first * c.ldy], &together[first * c.ldy], static_cast<std::size_t>(rows * c.ldy) * sizeof(real)) == 0);
      }
    }
  }
}

}  // namespace
}  // namespace tidegate
