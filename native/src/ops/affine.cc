#include "ops/affine.h"

#include "core/gemm.h"
#include "ops/rows.h"
#include "ops/transpose.h"

namespace tidegate {

namespace {

// Transposing W pays when there are enough rows to gather from it; below, its columns are read in place.
bool worth_turning(index rows, index width) { return rows * 4 >= width; }

void add_one_hot(Run& run, const Value& x, const real* weight, index cols, real* y, index ldy) {
  const index width = x.type.cols;
  if (!worth_turning(x.rows, width)) {
    for (index r = 0; r < x.rows; ++r) {
      const real* column = weight + x.ids[r];
      for (index c = 0; c < cols; ++c) y[r * ldy + c] += column[c * width];
    }
    return;
  }
  real* transposed = run.scratch->take<real>(checked_product("one-hot weights", width, cols));
  transpose(weight, cols, width, transposed);
  for (index r = 0; r < x.rows; ++r) run.k->add(y + r * ldy, transposed + x.ids[r] * cols, cols);
}

void add_one_hot_gradient(Run& run, const Value& x, real* dweight, const real* dy, index lddy, index cols) {
  const index width = x.type.cols;
  if (!worth_turning(x.rows, width)) {
    for (index r = 0; r < x.rows; ++r) {
      real* column = dweight + x.ids[r];
      for (index c = 0; c < cols; ++c) column[c * width] += dy[r * lddy + c];
    }
    return;
  }
  real* transposed = run.scratch->take_zeroed<real>(checked_product("one-hot gradient", width, cols));
  for (index r = 0; r < x.rows; ++r) run.k->add(transposed + x.ids[r] * cols, dy + r * lddy, cols);
  add_transposed(transposed, width, cols, dweight);
}

}  // namespace

void fill_rows(real* y, index ldy, index rows, const real* bias, index width) {
  for (index r = 0; r < rows; ++r) copy_or_clear(bias, width, y + r * ldy);
}

void add_product(Run& run, const Value& x, const real* weight, index cols, real* y, index ldy) {
  if (x.type.kind == Kind::one_hot) return add_one_hot(run, x, weight, cols, y, ldy);
  const index width = x.type.cols;
  split_product(*run.threads, x.rows, cols, width, [&](index begin, index end) {
    gemm(Op::none, Op::transpose, end - begin, cols, width, 1, x.data + begin * width, width, weight, width, 1, y + begin * ldy, ldy);
  });
}

void add_product_backward(Run& run, const Value& x, const real* weight, real* dweight, const real* dy, index lddy, index cols) {
  const index width = x.type.cols;
  if (x.type.kind == Kind::one_hot) {
    if (dweight != nullptr) add_one_hot_gradient(run, x, dweight, dy, lddy, cols);
    return;
  }
  if (dweight != nullptr) {
    split_product(*run.threads, cols, width, x.rows, [&](index begin, index end) {
      gemm(Op::transpose, Op::none, end - begin, width, x.rows, 1, dy + begin, lddy, x.data, width, 1, dweight + begin * width, width);
    });
  }
  if (x.grad != nullptr) {
    split_product(*run.threads, x.rows, width, cols, [&](index begin, index end) {
      gemm(Op::none, Op::none, end - begin, width, cols, 1, dy + begin * lddy, lddy, weight, width, 1, x.grad + begin * width, width);
    });
  }
}

void affine_forward(Run& run, const Value& x, const real* weight, const real* bias, index cols, real* y, index ldy) {
  fill_rows(y, ldy, x.rows, bias, cols);
  add_product(run, x, weight, cols, y, ldy);
}

void affine_backward(Run& run, const Value& x, const real* weight, real* dweight, real* dbias, const real* dy, index lddy,
                     index cols) {
  if (dbias != nullptr) run.k->add_columns(dbias, dy, x.rows, cols, lddy);
  add_product_backward(run, x, weight, dweight, dy, lddy, cols);
}

}  // namespace tidegate
