// The prepacked products of every instruction set, against plain loops in double.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "check.h"
#include "internal.h"

namespace tidegate {
namespace {

constexpr real kCanary = 12345;

struct Case {
  index m;
  PanelShape shape;
  int segments;
  index ldx, ldy;
  std::vector<real> x, b, y, start;  // x [segments][m, ldx], b [k, n], y [groups][m, ldy]

  Case(index m, int groups, index size, index k, int segments = 1)
      : m(m), shape{groups, size, k}, segments(segments), ldx(k / segments + 3), ldy(size + 5), x(random_numbers(segments * m * ldx, 1)),
        b(random_numbers(k * groups * size + 1, 2)), y(static_cast<std::size_t>(groups * m * ldy), kCanary),
        start(random_numbers(groups * size + 1, 3)) {}

  index n() const { return shape.groups * shape.size; }

  std::vector<char> packed(const Kernels& kernels, bool rows) const {
    std::vector<char> panels(static_cast<std::size_t>(kernels.panels->bytes(shape)) + 64, 77);
    char* aligned = align(panels);
    if (rows) {
      std::vector<real> w(b.size());
      for (index i = 0; i < shape.k; ++i) {
        for (index c = 0; c < n(); ++c) w[c * shape.k + i] = b[i * n() + c];
      }
      kernels.panels->pack_rows(aligned, shape, w.data(), shape.k);
    } else {
      kernels.panels->pack_columns(aligned, shape, b.data(), n());
    }
    CHECK(aligned + kernels.panels->bytes(shape) == &*panels.end() || aligned[kernels.panels->bytes(shape)] == 77);
    return panels;
  }
  static char* align(std::vector<char>& block) {
    return block.data() + (64 - reinterpret_cast<std::uintptr_t>(block.data()) % 64) % 64;
  }

  // The rows [first, first + rows) into to [groups][m, ldy].
  PanelPass pass(std::vector<char>& panels, std::vector<real>& to, index first, index rows) const {
    PanelPass pass;
    pass.unit_end = shape.size;
    PanelProduct& p = pass.product[pass.products++];
    p.shape = shape;
    p.panels = align(panels);
    p.segments = segments;
    p.workspace = nullptr;
    for (int s = 0; s < segments; ++s) p.x[s] = &x[static_cast<std::size_t>((s * m + first) * ldx)];
    p.x_ld = ldx;
    p.rows = rows;
    for (int g = 0; g < shape.groups; ++g) {
      p.target[g] = {&start[static_cast<std::size_t>(g * shape.size)], 0, &to[static_cast<std::size_t>((g * m + first) * ldy)], ldy};
    }
    return pass;
  }
};

void check_case(const Kernels& kernels, const Case& c) {
  std::vector<char> panels = c.packed(kernels, false), other = c.packed(kernels, true);
  CHECK(std::memcmp(Case::align(panels), Case::align(other), static_cast<std::size_t>(kernels.panels->bytes(c.shape))) == 0);
  std::vector<real> y = c.y;
  kernels.panels->run(c.pass(panels, y, 0, c.m));
  const index width = c.shape.k / c.segments;
  for (int g = 0; g < c.shape.groups; ++g) {
    for (index r = 0; r < c.m; ++r) {
      for (index u = 0; u < c.ldy; ++u) {
        double expected = kCanary;
        if (u < c.shape.size) {
          expected = c.start[g * c.shape.size + u];
          for (index i = 0; i < c.shape.k; ++i) {
            expected += static_cast<double>(c.x[(i / width * c.m + r) * c.ldx + i % width]) * c.b[i * c.n() + g * c.shape.size + u];
          }
        }
        CHECK_CLOSE(y[(g * c.m + r) * c.ldy + u], expected, u < c.shape.size ? 1e-6 * static_cast<double>(c.shape.k + 1) : 0);
      }
    }
  }
}

TEST("a prepacked product is the product, for every size around the vectors and tiles, and writes nothing else") {
  for (const Kernels* kernels : available_kernels()) {
    for (int groups = 1; groups <= kMaxGroups; ++groups) {
      for (index size = 1; size <= 67; ++size) check_case(*kernels, Case(1 + size % 14, groups, size, 5));
      for (const index m : {1, 2, 3, 4, 5, 6, 7, 8, 9, 13}) check_case(*kernels, Case(m, groups, 33, 33));
      check_case(*kernels, Case(3, groups, 70, 1));
      check_case(*kernels, Case(7, groups, 20, 300));  // more than one part of k
    }
    for (const index m : {1, 13, 40}) check_case(*kernels, Case(m, 1, 130, 201, 3));
    check_case(*kernels, Case(700, 1, 10, 400));  // more rows than go together
  }
}

TEST("a row of a prepacked product has the same bits alone, in any company, in any order of the units and in any cut of them") {
  for (const Kernels* kernels : available_kernels()) {
    for (const Case& c : {Case(13, 4, 200, 167), Case(13, 3, 200, 167), Case(13, 1, 400, 300, 2)}) {
      std::vector<char> panels = c.packed(*kernels, false);
      std::vector<real> together = c.y;
      kernels->panels->run(c.pass(panels, together, 0, c.m));
      for (index first = 0; first < c.m; ++first) {
        for (index rows = 1; rows <= 9 && first + rows <= c.m; ++rows) {
          std::vector<real> some = c.y;
          PanelPass pass = c.pass(panels, some, first, rows);
          pass.descending = rows % 2 == 0;
          const index cut = first % 2 == 0 ? kernels->panels->block : c.shape.size;
          for (index unit = 0; unit < c.shape.size; unit += cut) {
            pass.unit = unit;
            pass.unit_end = std::min(unit + cut, c.shape.size);
            kernels->panels->run(pass);
          }
          for (int g = 0; g < c.shape.groups; ++g) {
            const index at = (g * c.m + first) * c.ldy;
            CHECK(std::memcmp(&some[at], &together[at], static_cast<std::size_t>(rows * c.ldy) * sizeof(real)) == 0);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace tidegate
