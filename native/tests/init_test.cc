// How parameters start.
#include "check.h"
#include "network.h"

namespace {

// The rows of a matrix with `cols` columns are orthogonal to each other and of length `length`.
void check_orthogonal(const tg_real* rows, std::size_t count, std::size_t cols, double length) {
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      double product = 0;
      for (std::size_t c = 0; c < cols; ++c) product += double{rows[a * cols + c]} * double{rows[b * cols + c]};
      CHECK_CLOSE(product, a == b ? length * length : 0.0, 1e-6);
    }
  }
}

}  // namespace

TEST("an orthogonal start makes the recurrent weight of each gate orthogonal, times init_scale") {
  Model model("x = input axis=t cols=3\nh = recurrent x cell=gru size=19 init=orthogonal\ng = recurrent x cell=rnn size=9 init=orthogonal init_scale=0.5\n");
  const Reals h = model.get("h.weight_hh_l0"), g = model.get("g.weight_hh_l0");
  for (std::size_t gate = 0; gate < 3; ++gate) {
    check::About about("gate " + std::to_string(gate));
    check_orthogonal(h.data() + gate * 19 * 19, 19, 19, 1);
  }
  check_orthogonal(g.data(), 9, 9, 0.5);
  CHECK(Reals(h.begin(), h.begin() + 19 * 19) != Reals(h.begin() + 19 * 19, h.begin() + 2 * 19 * 19));
  for (const tg_real b : model.get("h.bias_hh_l0")) CHECK_EQUAL(b, 0);
}

TEST("an orthogonal start of a weight with fewer rows than columns makes its rows orthonormal") {
  Model model("x = input axis=t cols=21\ny = linear x cols=10 init=orthogonal\n");
  check_orthogonal(model.get("y.weight").data(), 10, 21, 1);
}
