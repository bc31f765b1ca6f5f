// embedding X rows=V cols=C [padding=ID] [dropout=0]: y[row] = weight[x[row]], weight [V, C].
// The row of the padding id starts at zero, is used as it is stored, and receives no gradient.
// dropout=P: in training a share P of the ids has a row of zeros wherever it stands in the call, and the rows of the others are
// multiplied by 1/(1-P) (Gal and Ghahramani, "A theoretically grounded application of dropout in recurrent neural networks", 2016).
#include <cstdint>
#include <cstring>
#include <utility>

#include "ops/frozen_affine.h"
#include "ops/initializer.h"
#include "ops/mask.h"
#include "ops/rows.h"

namespace tidegate {

namespace {

// The rows of a frozen model. Where a tied_linear shares the weight, its panels hold it: they are read across, which costs little beside
// the product that they are there for, and a second copy would double the memory.
class FrozenEmbedding : public Prepared {
 public:
  explicit FrozenEmbedding(PackedRows rows) : rows_(std::move(rows)) {}
  explicit FrozenEmbedding(const PackedWeight& panels) : panels_(panels) {}

  void read(index row, real* y) const {
    if (rows_.empty()) {
      panels_.kernels->read_row(y, panels_.panels, panels_.shape, row);
    } else {
      rows_.read(row, y);
    }
  }
  index bytes() const override { return rows_.bytes(); }

 private:
  const PackedRows rows_;
  const PackedWeight panels_;
};

class Embedding : public NodeOp {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::ids);
    name_ = node.describe(0);
    const Attributes& attributes = node.attributes();
    rows_ = attributes.integer("rows", 1, INT32_MAX);
    cols_ = attributes.integer("cols", 1, INT32_MAX);
    Init init = Initializer(attributes, 1, "normal").weight(rows_, cols_);
    if (attributes.has("padding")) {
      padding_ = attributes.integer("padding", 0, rows_ - 1);
      init.first = padding_;
      init.count = 1;
    }
    dropout_ = attributes.number("dropout", 0, 0.999, 0);
    node.parameter("weight", rows_, cols_, init);
    const Type& x = node.input(0);
    node.output("", {Kind::real, x.per, x.axis, cols_});
  }

  void check(const Run& run) const override { check_ids(run, run.in(0), name_, rows_); }

  std::unique_ptr<Prepared> freeze(Freezing& model) const override {
    model.replaced(0);
    if (model.shared(0)) return std::make_unique<FrozenEmbedding>(model.shared_panels(0).packed());
    return std::make_unique<FrozenEmbedding>(PackedRows(model, model.parameter(0), rows_, cols_));
  }

  void forward(Run& run) const override {
    const Value& x = run.in(0);
    const real* weight = run.parameter(0);
    real* y = run.out(0);
    if (run.prepared != nullptr) {
      const auto& frozen = *static_cast<const FrozenEmbedding*>(run.prepared);
      run.threads->split(x.rows, row_grain(cols_), [&](index begin, index end) {
        for (index row = begin; row < end; ++row) frozen.read(x.ids[row], y + row * cols_);
      });
      return;
    }
    for (index row = 0; row < x.rows; ++row) {
      std::memcpy(y + row * cols_, weight + x.ids[row] * cols_, sizeof(real) * cols_);
      if (drops(run)) run.k->scale(y + row * cols_, mask_of(run, x.ids[row]), cols_);
    }
  }

  void backward(Run& run) const override {
    const Value& x = run.in(0);
    const real* dy = run.result(0).grad;
    real* dweight = run.gradient(0);
    if (dy == nullptr || dweight == nullptr) return;
    for (index row = 0; row < x.rows; ++row) {
      if (x.ids[row] == padding_) continue;
      run.k->add_scaled(dweight + x.ids[row] * cols_, drops(run) ? mask_of(run, x.ids[row]) : 1, dy + row * cols_, cols_);
    }
  }

 private:
  bool drops(const Run& run) const { return run.train && dropout_ > 0; }
  // The same for an id all over a call.
  real mask_of(const Run& run, index id) const {
    real mask;
    draw_mask(&mask, 1, dropout_, run.random(), static_cast<std::uint64_t>(id));
    return mask;
  }

  std::string name_;
  index rows_ = 0, cols_ = 0, padding_ = -1;
  double dropout_ = 0;
};

std::vector<std::string> examples() {
  return {
      "x = ids axis=a\n"
      "e = embedding x rows=5 cols=3\n"
      "next = ids axis=a\n"
      "y = linear e cols=4\n"
      "loss = cross_entropy y next\n",
      "x = ids axis=a per=sequence\n"
      "e = embedding x rows=4 cols=5 padding=1 init=uniform init_scale=0.5\n"
      "target = input axis=a cols=5 per=sequence\n"
      "loss = mse e target\n",
      "x = ids axis=a\n"
      "e = embedding x rows=4 cols=3 dropout=0.4\n"
      "target = input axis=a cols=3\n"
      "loss = mse e target\n",
  };
}

}  // namespace

TG_REGISTER_OP(embedding) = {"embedding", 1, 1, {}, &make_op<Embedding>, &examples};

}  // namespace tidegate
