// A recurrent weight as a scan multiplies by it, step after step: packed into panels once where the rows of a step are few, left to
// OpenBLAS where they are many or where there is too little work to pay for packing.
#pragma once

#include "core/buffer.h"
#include "core/gemm.h"
#include "isa/kernels.h"

namespace tidegate {

class StepProduct {
 public:
  // What the scan will ask for: at most `rows` rows at each of `steps` steps.
  struct Work {
    index rows, steps;
  };

  StepProduct() = default;

  // y += x W^T, W [n, k]. The panels live in scratch.
  static StepProduct with_transposed(const real* w, index n, index k, const Work& work, const Kernels& kernels, Scratch& scratch) {
    StepProduct product(w, n, k, Op::transpose, k, kernels);
    if (product.worth_packing(work)) kernels.panels.pack_rows(product.take(scratch), w, k, n, k);
    return product;
  }
  // y += x W, W [k, n].
  static StepProduct with(const real* w, index k, index n, const Work& work, const Kernels& kernels, Scratch& scratch) {
    StepProduct product(w, n, k, Op::none, n, kernels);
    if (product.worth_packing(work)) kernels.panels.pack_columns(product.take(scratch), w, n, k, n);
    return product;
  }

  // y [m, n] += x [m, k] times the weight
  void add(real* y, index ldy, const real* x, index ldx, index m) const {
    if (panels_ != nullptr) {
      kernels_->panels.add(y, ldy, x, ldx, panels_, m, n_, k_);
    } else {
      gemm(Op::none, op_, m, n_, k_, 1, x, ldx, weight_, ld_, 1, y, ldy);
    }
  }

 private:
  // Measured with benchmarks/native/train_step: with more rows a step OpenBLAS's own packing no longer shows.
  static constexpr index kMostRows = 512;
  // Packing reads and writes the weight once; a product of few rows reads it once.
  static constexpr index kLeastTotalRows = 16;

  StepProduct(const real* weight, index n, index k, Op op, index ld, const Kernels& kernels)
      : weight_(weight), n_(n), k_(k), op_(op), ld_(ld), kernels_(&kernels) {}

  bool worth_packing(const Work& work) const {
    return kernels_->lanes > 1 && work.rows <= kMostRows && work.rows * work.steps >= kLeastTotalRows && work.steps > 1;
  }
  real* take(Scratch& scratch) {
    const index columns = kernels_->panels.columns;
    panels_ = scratch.take<real>(checked_product("panels", (n_ + columns - 1) / columns * columns, k_));
    return panels_;
  }

  const real* weight_ = nullptr;
  index n_ = 0, k_ = 0;
  Op op_ = Op::none;
  index ld_ = 0;
  const Kernels* kernels_ = nullptr;
  real* panels_ = nullptr;
};

}  // namespace tidegate
