// quantile X TARGETS levels=q1,...,qL [reduction=mean|sum]: the loss of quantile regression (Koenker and Bassett 1978), also called the
// pinball loss, elementwise_loss.h.
//
// TARGETS [rows, C], X [rows, L*C]: column l*C + c is the level q_l of the target's column c. An element of X, with t its target, has the
// loss max(q (t - x), (q - 1) (t - x)); a constant x is best where the share q of the targets is below it. The gradient is 0 where
// they are equal.
#include "ops/elementwise_loss.h"

namespace tidegate {

namespace {

class Quantile : public ElementwiseLoss {
  void read(Declaration& node) override {
    for (const double level : node.attributes().numbers("levels")) {
      if (!(level > 0 && level < 1)) node.fail(text("levels: expected numbers between 0 and 1, got ", level));
      levels_.push_back(static_cast<real>(level));
    }
    if (levels_.empty()) node.fail("levels: expected the quantiles, such as levels=0.1,0.5,0.9");
    cols_ = node.input(1).cols;
  }
  index columns(index cols) const override { return checked_product("columns of a quantile loss", count(), cols); }
  index block() const override { return rows_in_block(count() * cols_) * count() * cols_; }

  double sum(const Run& run, index first, index n) const override {
    double total = 0;
    each(first / (count() * cols_), n / (count() * cols_), [&](index x, index target, real level) {
      real part;
      run.k->pinball(&part, run.in(0).data + x, run.in(1).data + target, level, cols_);
      total += static_cast<double>(part);
    });
    return total;
  }

  // Seen from the target, x is a target at the level 1 - q.
  void add_gradients(const Run& run, real factor) const override {
    const Value &x = run.in(0), &target = run.in(1);
    each(0, x.rows, [&](index i, index t, real level) {
      if (x.grad != nullptr) run.k->add_pinball(x.grad + i, factor, x.data + i, target.data + t, level, cols_);
      if (target.grad != nullptr) run.k->add_pinball(target.grad + t, factor, target.data + t, x.data + i, 1 - level, cols_);
    });
  }

  index count() const { return static_cast<index>(levels_.size()); }
  // body(the place in X, the place in TARGETS, the level) for each row's runs of C elements.
  template <class Body>
  void each(index first_row, index rows, const Body& body) const {
    for (index row = first_row; row < first_row + rows; ++row) {
      for (index l = 0; l < count(); ++l) body((row * count() + l) * cols_, row * cols_, levels_[static_cast<std::size_t>(l)]);
    }
  }

  std::vector<real> levels_;
  index cols_ = 0;
};

std::vector<std::string> examples() { return loss_examples("quantile", " levels=0.1,0.5,0.85", "", 3); }

}  // namespace

TG_REGISTER_OP(quantile) = {"quantile", 2, 2, {}, &make_op<Quantile>, &examples};

}  // namespace tidegate
