// The prepacked products of bfloat16 and signed bytes of every instruction set, against plain loops.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "check.h"
#include "isa/kernels.h"

namespace tidegate {
namespace {

constexpr real kCanary = 12345;
constexpr int kBfloat16 = static_cast<int>(Precision::bfloat16), kInt8 = static_cast<int>(Precision::int8);
constexpr double kHalfUnit = 1.0 / 256;  // of a bfloat16, relative to the least number with its exponent

using Matrix = std::vector<std::vector<real>>;

class Draw {
 public:
  explicit Draw(unsigned seed) : engine_(seed) {}
  Matrix matrix(index rows, index columns) {
    std::uniform_real_distribution<double> uniform(-1, 1);
    Matrix m(static_cast<std::size_t>(rows), std::vector<real>(static_cast<std::size_t>(columns)));
    for (auto& row : m) {
      for (real& x : row) x = static_cast<real>(uniform(engine_));
    }
    return m;
  }

 private:
  std::mt19937 engine_;
};

Matrix constant(index rows, index columns, real x) {
  return Matrix(static_cast<std::size_t>(rows), std::vector<real>(static_cast<std::size_t>(columns), x));
}

// A block of memory that starts at a cache line, with canaries behind it.
class Block {
 public:
  explicit Block(index bytes) : bytes_(static_cast<std::size_t>(bytes)), memory_(bytes_ + 128, 77) {}
  void* get() { return memory_.data() + shift(); }
  void check_canaries() const {
    for (std::size_t i = shift() + bytes_; i < memory_.size(); ++i) CHECK_EQUAL(memory_[i], 77);
  }

 private:
  std::size_t shift() const { return (64 - reinterpret_cast<std::uintptr_t>(memory_.data()) % 64) % 64; }
  std::size_t bytes_;
  std::vector<char> memory_;
};

// y [m, n] = start [n] + x [m, k] W^T, W [groups * size, k], n = groups * size; rows [first, first + rows), the others are canaries.
Matrix product(const PanelKernels& kernels, const Matrix& x, const Matrix& w, const std::vector<real>& start, int groups, index first,
               index rows) {
  const index m = static_cast<index>(x.size()), k = static_cast<index>(x[0].size()), n = static_cast<index>(w.size());
  const PanelShape shape{groups, n / groups, k};
  std::vector<real> flat_w, flat_x, columns(static_cast<std::size_t>(k * n));
  for (const auto& row : w) flat_w.insert(flat_w.end(), row.begin(), row.end());
  for (const auto& row : x) {
    flat_x.insert(flat_x.end(), row.begin(), row.end());
    flat_x.push_back(std::numeric_limits<real>::quiet_NaN());  // x's rows do not touch: what lies between must not count
  }
  for (index i = 0; i < k; ++i) {
    for (index c = 0; c < n; ++c) columns[i * n + c] = w[c][i];
  }
  Block panels(kernels.bytes(shape)), same(kernels.bytes(shape)), workspace(kernels.workspace(shape, rows));
  kernels.pack_rows(panels.get(), shape, flat_w.data(), k);
  kernels.pack_columns(same.get(), shape, columns.data(), n);
  CHECK(std::memcmp(panels.get(), same.get(), static_cast<std::size_t>(kernels.bytes(shape))) == 0);

  const index ld = n + 3;
  std::vector<real> y(static_cast<std::size_t>(m * ld), kCanary);
  PanelPass pass;
  pass.unit_end = shape.size;
  pass.products = 1;
  PanelProduct& p = pass.product[0];
  p.shape = shape;
  p.panels = panels.get();
  p.segments = 1;
  p.x[0] = flat_x.data() + first * (k + 1);
  p.x_ld = k + 1;
  p.rows = rows;
  p.workspace = workspace.get();
  for (int g = 0; g < groups; ++g) p.target[g] = {start.data() + g * shape.size, 0, y.data() + first * ld + g * shape.size, ld};
  kernels.run(pass);
  panels.check_canaries();
  workspace.check_canaries();

  Matrix result;
  for (index r = 0; r < m; ++r) {
    result.emplace_back(y.begin() + r * ld, y.begin() + r * ld + n);
    for (index c = n; c < ld; ++c) CHECK_EQUAL(y[r * ld + c], kCanary);
    if (r < first || r >= first + rows) {
      for (const real value : result.back()) CHECK_EQUAL(value, kCanary);
    }
  }
  return result;
}

Matrix product(const PanelKernels& kernels, const Matrix& x, const Matrix& w, const std::vector<real>& start, int groups) {
  return product(kernels, x, w, start, groups, 0, static_cast<index>(x.size()));
}

template <class Check>
void for_every_size(const Check& check) {
  for (const Kernels* kernels : available_kernels()) {
    const check::About about(kernels->name);
    for (int groups = 1; groups <= kMaxGroups; ++groups) {
      for (index size = 1; size <= 67; ++size) check(*kernels, 1 + size % 14, groups, size, index{5});
      for (index k = 1; k <= 67; ++k) check(*kernels, 1 + k % 3, groups, index{9}, k);
      for (const index m : {1, 2, 3, 4, 5, 6, 7, 8, 9, 13}) check(*kernels, m, groups, index{33}, index{34});
    }
  }
}

// What a packed row of each precision is read as.
std::vector<real> row_of(const RowKernels& kernels, const std::vector<real>& x) {
  const index cols = static_cast<index>(x.size());
  Block row(kernels.bytes(cols));
  kernels.pack(row.get(), x.data(), cols);
  row.check_canaries();
  std::vector<real> y(x.size() + 20, kCanary);
  kernels.read(y.data(), row.get(), cols);
  std::vector<real> sum(x.size() + 20, kCanary);
  std::fill_n(sum.begin(), x.size(), real{1});
  kernels.add(sum.data(), row.get(), cols);
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (i >= x.size()) {
      CHECK_EQUAL(y[i], kCanary);
      CHECK_EQUAL(sum[i], kCanary);
    } else if (std::isfinite(y[i])) {
      CHECK_EQUAL(sum[i], 1 + y[i]);
    }
  }
  y.resize(x.size());
  return y;
}

TEST("a packed row is its numbers rounded to its precision, the same on every instruction set") {
  const Kernels& generic = *available_kernels().back();
  for (const Kernels* kernels : available_kernels()) {
    const check::About about(kernels->name);
    for (index cols = 1; cols <= 67; ++cols) {
      const std::vector<real> x = Draw(static_cast<unsigned>(cols)).matrix(1, cols)[0];
      CHECK(row_of(kernels->rows[0], x) == x);
      const std::vector<real> halves = row_of(kernels->rows[kBfloat16], x), bytes = row_of(kernels->rows[kInt8], x);
      CHECK_EQUAL(kernels->rows[kBfloat16].bytes(cols), 2 * cols);
      CHECK(kernels->rows[kInt8].bytes(cols) <= cols + 7);
      const double scale = static_cast<double>(std::abs(*std::max_element(x.begin(), x.end(), [](real a, real b) {
                             return std::abs(a) < std::abs(b);
                           }))) / 127;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const auto single = static_cast<float>(halves[i]);
        std::uint32_t bits;
        std::memcpy(&bits, &single, sizeof(bits));
        CHECK_EQUAL(bits & 0xffffu, 0u);
        CHECK(std::abs(static_cast<double>(halves[i]) - x[i]) <= std::abs(x[i]) * kHalfUnit);
        CHECK(std::abs(static_cast<double>(bytes[i]) - x[i]) <= scale * 0.50001);
        CHECK_CLOSE(bytes[i] / scale, std::nearbyint(bytes[i] / scale), 1e-4);
      }
      CHECK(halves == row_of(generic.rows[kBfloat16], x));
      CHECK(bytes == row_of(generic.rows[kInt8], x));
    }
    CHECK(row_of(kernels->rows[kInt8], {0, 0, 0}) == std::vector<real>({0, 0, 0}));
    for (const real bad : {std::numeric_limits<real>::quiet_NaN(), std::numeric_limits<real>::infinity()}) {
      for (const int precision : {kBfloat16, kInt8}) CHECK(!std::isfinite(row_of(kernels->rows[precision], {1, bad, 2})[1]));
    }
  }
}

TEST("a row of panels is read as the products see it") {
  for (const Kernels* kernels : available_kernels()) {
    const check::About about(kernels->name);
    for (const index size : {1, 3, 8, 17, 64, 67, 130}) {
      for (const index k : {1, 2, 5, 16, 35}) {
        const Matrix w = Draw(static_cast<unsigned>(size)).matrix(size, k);
        Matrix ones(static_cast<std::size_t>(k), std::vector<real>(static_cast<std::size_t>(k), 0));
        for (index i = 0; i < k; ++i) ones[i][i] = 1;
        std::vector<real> flat;
        for (const auto& row : w) flat.insert(flat.end(), row.begin(), row.end());
        for (const PanelKernels& panels : kernels->panels) {
          const PanelShape shape{1, size, k};
          Block memory(panels.bytes(shape));
          panels.pack_rows(memory.get(), shape, flat.data(), k);
          const Matrix y = product(panels, ones, w, std::vector<real>(static_cast<std::size_t>(size), 0), 1);  // [k, size]: W^T
          for (index unit = 0; unit < size; ++unit) {
            std::vector<real> row(static_cast<std::size_t>(k + 20), kCanary);
            panels.read_row(row.data(), memory.get(), shape, unit);
            for (index i = 0; i < k + 20; ++i) {
              if (i < k) {
                CHECK_CLOSE(row[i], y[i][unit], &panels == &kernels->panels[kInt8] ? 1e-6 : 0);
              } else {
                CHECK_EQUAL(row[i], kCanary);
              }
            }
          }
        }
      }
    }
  }
}

TEST("a product with bfloat16 weights is the product within half a unit of a weight and of an input") {
  for_every_size([](const Kernels& kernels, index m, int groups, index size, index k) {
    Draw draw(static_cast<unsigned>(size));
    const Matrix x = draw.matrix(m, k), w = draw.matrix(groups * size, k);
    const std::vector<real> start = draw.matrix(1, groups * size)[0];
    const Matrix y = product(kernels.panels[kBfloat16], x, w, start, groups);
    for (index r = 0; r < m; ++r) {
      for (index c = 0; c < groups * size; ++c) {
        double expected = start[c], sizes = std::abs(start[c]);
        for (index i = 0; i < k; ++i) {
          expected += static_cast<double>(x[r][i]) * w[c][i];
          sizes += std::abs(static_cast<double>(x[r][i]) * w[c][i]);
        }
        CHECK(std::abs(y[r][c] - expected) <= sizes * (2.01 * kHalfUnit));
      }
    }
  });
}

TEST("a bfloat16 weight is rounded to the nearest, whatever stands beside it") {
  std::vector<real> weights;
  for (const double w : {0.0, 1.0, -1.0, 1.00390625, -0.3, 3e-38, 1e30, -7e-10, 0.99999}) weights.push_back(static_cast<real>(w));
  for (const Kernels* kernels : available_kernels()) {
    const check::About about(kernels->name);
    for (const real first : weights) {
      for (const real second : weights) {
        const Matrix x = {{1, 0}, {0, 1}};
        const Matrix y = product(kernels->panels[kBfloat16], x, {{first, second}}, {0}, 1);
        CHECK(std::abs(static_cast<double>(y[0][0]) - first) <= std::abs(first) * kHalfUnit);
        CHECK(std::abs(static_cast<double>(y[1][0]) - second) <= std::abs(second) * kHalfUnit + 1e-40);
      }
    }
  }
}

// numbers = scale x whole numbers, as the kernels are to find them.
struct Bytes {
  std::vector<int> whole;
  double scale;
  explicit Bytes(const std::vector<real>& numbers) {
    real largest = 0;
    for (const real x : numbers) largest = std::fmax(largest, std::abs(x));
    const real factor = 127 / std::fmax(largest, static_cast<real>(1e-30));
    for (const real x : numbers) whole.push_back(static_cast<int>(std::nearbyint(x * factor)));
    scale = static_cast<double>(largest) / 127;
  }
};

// To a float's rounding, so that a sum that is off by one shows.
void check_bytes(const PanelKernels& kernels, const Matrix& x, const Matrix& w, const std::vector<real>& start, int groups) {
  const Matrix y = product(kernels, x, w, start, groups);
  for (std::size_t r = 0; r < x.size(); ++r) {
    const Bytes row(x[r]);
    for (std::size_t c = 0; c < w.size(); ++c) {
      const Bytes column(w[c]);
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < row.whole.size(); ++i) sum += row.whole[i] * column.whole[i];
      const double product = static_cast<double>(sum) * (row.scale * column.scale);
      const double tolerance = 3e-7 * (std::abs(product) + std::abs(start[c]));
      CHECK(std::abs(y[r][c] - (start[c] + product)) <= tolerance);
    }
  }
}

TEST("a product with int8 weights is the exact sum of the bytes' products times the scales of row and column") {
  for_every_size([](const Kernels& kernels, index m, int groups, index size, index k) {
    Draw draw(static_cast<unsigned>(size));
    check_bytes(kernels.panels[kInt8], draw.matrix(m, k), draw.matrix(groups * size, k), draw.matrix(1, groups * size)[0], groups);
  });
}

TEST("no sum of bytes saturates") {
  for (const Kernels* kernels : available_kernels()) {
    const check::About about(kernels->name);
    for (const real a : {1, -1}) {
      for (const real b : {1, -1}) {
        check_bytes(kernels->panels[kInt8], constant(7, 400, a), constant(70, 400, b), std::vector<real>(70, 0), 1);
      }
    }
  }
}

TEST("a row of zeros and a column of zeros give the start, and tiny numbers count") {
  for (const Kernels* kernels : available_kernels()) {
    const check::About about(kernels->name);
    Draw draw(1);
    Matrix x = draw.matrix(3, 10), w = draw.matrix(4, 10);
    x[1].assign(10, 0);
    w[2].assign(10, 0);
    const std::vector<real> start = {1, 2, 3, 4};
    for (const PanelKernels* panels : {&kernels->panels[kBfloat16], &kernels->panels[kInt8]}) {
      const Matrix y = product(*panels, x, w, start, 1);
      for (index c = 0; c < 4; ++c) CHECK_EQUAL(y[1][c], start[c]);
      for (index r = 0; r < 3; ++r) CHECK_CLOSE(y[r][2], start[2], 1e-35);
    }
    for (auto& row : x) {
      for (real& a : row) a *= static_cast<real>(1e-20);
    }
    check_bytes(kernels->panels[kInt8], x, w, std::vector<real>(4, 0), 1);
  }
}

TEST("a row with a number that is not finite has no finite result, and no other row has one") {
  for (const Kernels* kernels : available_kernels()) {
    const check::About about(kernels->name);
    for (const real bad : {std::numeric_limits<real>::quiet_NaN(), std::numeric_limits<real>::infinity()}) {
      Draw draw(1);
      for (const index where : {0, 5, 36}) {
        Matrix x = draw.matrix(8, 37);
        x[3][where] = bad;
        for (const PanelKernels* panels : {&kernels->panels[kBfloat16], &kernels->panels[kInt8]}) {
          const Matrix y = product(*panels, x, draw.matrix(20, 37), std::vector<real>(20, 0), 1);
          for (index r = 0; r < 8; ++r) {
            for (index c = 0; c < 20; ++c) CHECK_EQUAL(std::isfinite(y[r][c]), r != 3);
          }
        }
      }
    }
  }
}

TEST("a column with a weight that is not finite has no finite result") {
  for (const Kernels* kernels : available_kernels()) {
    const check::About about(kernels->name);
    Draw draw(1);
    Matrix w = draw.matrix(20, 37);
    w[4][7] = std::numeric_limits<real>::quiet_NaN();
    w[5][8] = std::numeric_limits<real>::infinity();
    for (const PanelKernels* panels : {&kernels->panels[kBfloat16], &kernels->panels[kInt8]}) {
      const Matrix y = product(*panels, draw.matrix(2, 37), w, std::vector<real>(20, 0), 1);
      for (index c = 0; c < 20; ++c) CHECK_EQUAL(std::isfinite(y[1][c]), c != 4 && c != 5);
    }
  }
}

TEST("a row of a product of low precision has the same bits alone and in any company") {
  for (const Kernels* kernels : available_kernels()) {
    const check::About about(kernels->name);
    Draw draw(5);
    for (const int groups : {1, 3, 4}) {
      const Matrix x = draw.matrix(13, 167), w = draw.matrix(groups * 100, 167);
      const std::vector<real> start = draw.matrix(1, groups * 100)[0];
      for (const PanelKernels* panels : {&kernels->panels[kBfloat16], &kernels->panels[kInt8]}) {
        const Matrix together = product(*panels, x, w, start, groups);
        for (index first = 0; first < 13; ++first) {
          for (const index rows : {1, 2, 7}) {
            if (first + rows > 13) continue;
            const Matrix some = product(*panels, x, w, start, groups, first, rows);
            for (index r = first; r < first + rows; ++r) CHECK(some[r] == together[r]);
          }
        }
      }
    }
  }
}

TEST("the instruction sets that round alike agree on bfloat16 to a float's rounding") {
  Draw draw(9);
  const Matrix x = draw.matrix(5, 67), w = draw.matrix(50, 67);
  const std::vector<real> start(50, 0);
  const Matrix reference = product(available_kernels().back()->panels[kBfloat16], x, w, start, 1);
  for (const Kernels* kernels : available_kernels()) {
    const check::About about(kernels->name);
    // With a dot product of bfloat16 the inputs are rounded too.
    const bool rounds = std::string(kernels->name) == "avx512_bf16";
    const Matrix y = product(kernels->panels[kBfloat16], x, w, start, 1);
    double worst = 0;
    for (index r = 0; r < 5; ++r) {
      for (index c = 0; c < 50; ++c) worst = std::fmax(worst, std::abs(y[r][c] - reference[r][c]));
    }
    CHECK(rounds ? worst > 1e-4 && worst < 0.1 : worst < 1e-5);
  }
}

}  // namespace
}  // namespace tidegate
