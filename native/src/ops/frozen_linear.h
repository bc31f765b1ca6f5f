// x W^T + b of a frozen model: what linear and tied_linear keep.
#pragma once

#include "ops/frozen_affine.h"
#include "ops/rows.h"

namespace tidegate {

class FrozenLinear : public Prepared {
 public:
  // W [cols, columns of x] is the node's parameter 0; bias [cols] may be null.
  FrozenLinear(const Freezing& model, const Type& x, index cols, const real* bias) : weight_(model, x, 1, cols, model.parameter(0)) {
    copy_or_clear(bias, cols, start_.need(cols));
  }
  // Panels of W that the model keeps for several nodes.
  FrozenLinear(const FrozenWeight& shared, index cols, const real* bias) : weight_(shared) {
    copy_or_clear(bias, cols, start_.need(cols));
  }
  void forward(Run& run, index cols) const {
    const Value& x = run.in(0);
    char* workspace = run.scratch->take<char>(checked_product("workspace", weight_.product().workspace(x.rows), run.threads->most()));
    weight_.product().forward(x, start_.data(), run.out(0), cols, workspace, *run.threads);
  }
  index bytes() const override { return weight_.bytes() + start_.bytes(); }

 private:
  const FrozenAffine weight_;
  Buffer<real> start_;  // the bias, or zeros
};

}  // namespace tidegate
