// slice, split and permute against loops over single columns, forward and backward; softmax and log_softmax of unusual rows.
#include <cmath>
#include <functional>
#include <limits>

#include "check.h"
#include "network.h"

namespace {

const Ids kLengths = {4, 1, 3};
constexpr std::int64_t kRows = 8;

// Column c of value y is column of(c) of x.
void check_columns(const std::string& lines, std::int64_t cols, const std::string& y, std::int64_t y_cols,
                   const std::function<std::int64_t(std::int64_t)>& of, int threads = 1) {
  check::About about(lines);
  Model model("x = input axis=t gradient=true cols=" + std::to_string(cols) + "\n" + lines);
  CHECK_EQUAL(model.value(y).cols, y_cols);
  Session session(model);
  ok(tg_session_threads(session.get(), threads));
  Batch batch(model);
  const Reals x = random_reals(static_cast<std::size_t>(kRows * cols), 1), seed = random_reals(static_cast<std::size_t>(kRows * y_cols), 2);
  batch.lengths("t", kLengths).feed("x", x);
  session.forward(batch);
  session.backward({{y, seed}});
  const Reals actual = session.output(y), dx = session.gradient("x");
  Reals expected(actual.size()), gradient(dx.size());
  for (std::int64_t r = 0; r < kRows; ++r) {
    for (std::int64_t c = 0; c < y_cols; ++c) {
      expected.at(static_cast<std::size_t>(r * y_cols + c)) = x.at(static_cast<std::size_t>(r * cols + of(c)));
      gradient.at(static_cast<std::size_t>(r * cols + of(c))) += seed.at(static_cast<std::size_t>(r * y_cols + c));
    }
  }
  CHECK(actual == expected);
  CHECK(dx == gradient);
}

}  // namespace

TEST("slice takes every stride-th column, forwards and backwards") {
  check_columns("y = slice x first=2 count=3\n", 7, "y", 3, [](auto c) { return 2 + c; });
  check_columns("y = slice x first=1 count=3 stride=2\n", 7, "y", 3, [](auto c) { return 1 + 2 * c; });
  check_columns("y = slice x first=6 count=7 stride=-1\n", 7, "y", 7, [](auto c) { return 6 - c; });
  check_columns("y = slice x first=5 count=2 stride=-5\n", 7, "y", 2, [](auto c) { return 5 - 5 * c; });
  check_columns("y = slice x first=0 count=1 stride=7\n", 7, "y", 1, [](auto c) { return c; });
}

TEST("split gives consecutive columns: its output, then the ports part1, part2") {
  const std::string line = "s = split x sizes=3,5,2\n";
  check_columns(line, 10, "s", 3, [](auto c) { return c; });
  check_columns(line, 10, "s.part1", 5, [](auto c) { return 3 + c; });
  check_columns(line, 10, "s.part2", 2, [](auto c) { return 8 + c; });
  check_columns("s = split x sizes=4\n", 4, "s", 4, [](auto c) { return c; });
}

TEST("permute moves single columns, or blocks of them, and transposes") {
  check_columns("y = permute x order=2,0,1\n", 3, "y", 3, [](auto c) { return (c + 2) % 3; });
  check_columns("y = permute x order=2,0,1\n", 12, "y", 12, [](auto c) { return (c / 4 + 2) % 3 * 4 + c % 4; });
  // [3, 4] becomes [4, 3]: position p of channel q.
  check_columns("y = permute x transpose=3\n", 12, "y", 12, [](auto c) { return c % 3 * 4 + c / 3; });
  check_columns("z = permute x transpose=3\ny = permute z transpose=4\n", 12, "y", 12, [](auto c) { return c; });
  check_columns("y = permute x transpose=1\n", 5, "y", 5, [](auto c) { return c; });
  check_columns("y = permute x transpose=40\n", 4000, "y", 4000, [](auto c) { return c % 40 * 100 + c / 40; }, 3);
}

TEST("softmax sums to one and log_softmax is its logarithm, for large numbers and minus infinity; all of minus infinity is NaN") {
  const tg_real inf = std::numeric_limits<tg_real>::infinity();
  Model model("x = input axis=t cols=3 gradient=true\ny = softmax x\nz = log_softmax x\n");
  Session session(model);
  Batch batch(model);
  batch.lengths("t", {4}).feed("x", {1000, 1001, 999, -1000, -inf, -1000, 0, 0, 0, -inf, -inf, -inf});
  session.forward(batch);
  const Reals y = session.output("y"), z = session.output("z");
  for (std::size_t row = 0; row < 3; ++row) CHECK_CLOSE(y[3 * row] + y[3 * row + 1] + y[3 * row + 2], 1, 1e-6);
  for (std::size_t i = 0; i < 9; ++i) CHECK_CLOSE(std::exp(z[i]), y[i], 1e-6);
  CHECK_CLOSE(y[1], std::exp(1.0) / (1 + std::exp(1.0) + std::exp(-1.0)), 1e-6);
  CHECK(y[4] == 0 && z[4] == -inf);
  for (std::size_t i = 9; i < 12; ++i) CHECK(std::isnan(y[i]) && std::isnan(z[i]));
  session.backward({{"y", {1, 2, 3, 1, 2, 3, 1, 2, 3, 0, 0, 0}}, {"z", {1, 2, 3, 1, 2, 3, 1, 2, 3, 0, 0, 0}}});
  const Reals dx = session.gradient("x");
  for (std::size_t i = 0; i < 9; ++i) CHECK(std::isfinite(dx[i]));
}
