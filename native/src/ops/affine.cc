#include "ops/affine.h"

#include "ops/products.h"
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

Workplace workplace(const Run& run) { return {*run.k, *run.scratch, *run.threads}; }

}  // namespace

void fill_rows(real* y, index ldy, index rows, const real* bias, index width) {
  for (index r = 0; r < rows; ++r) copy_or_clear(bias, width, y + r * ldy);
}

void affine_forward(Run& run, const Value& x, const real* weight, const real* bias, index cols, real* y, index ldy) {
  if (x.type.kind == Kind::one_hot) {
    fill_rows(y, ldy, x.rows, bias, cols);
    return add_one_hot(run, x, weight, cols, y, ldy);
  }
  const Scratch::Scope scope(*run.scratch);
  if (bias == nullptr) bias = run.scratch->take_zeroed<real>(cols);
  const index width = x.type.cols;
  product_nt(workplace(run), {x.rows, cols, width, x.data, width, weight, width, bias, 0, y, ldy});
}

void add_product_backward(Run& run, const Value& x, const real* weight, real* dweight, const real* dy, index lddy, index cols) {
  const index width = x.type.cols;
  if (x.type.kind == Kind::one_hot) {
    if (dweight != nullptr) add_one_hot_gradient(run, x, dweight, dy, lddy, cols);
    return;
  }
  if (dweight != nullptr) {
    product_tn(workplace(run), {cols, width, x.rows, dy, lddy, x.data, width, dweight, width, dweight, width});
  }
  if (x.grad != nullptr) {
    product_nn(workplace(run), {x.rows, width, cols, dy, lddy, weight, width, x.grad, width, x.grad, width});
  }
}

void affine_backward(Run& run, const Value& x, const real* weight, real* dweight, real* dbias, const real* dy, index lddy,
                     index cols) {
  if (dbias != nullptr) run.k->add_columns(dbias, dy, x.rows, cols, lddy);
  add_product_backward(run, x, weight, dweight, dy, lddy, cols);
}

}  // namespace tidegate
