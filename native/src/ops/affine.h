// y = x W^T + b for a real x [rows, C] or a one-hot x, whose product is a gather of W's columns: no dense one-hot is ever made.
// W is [cols, C] as in PyTorch. Shared by linear and the input products of the recurrent layers.
#pragma once

#include "ops/op.h"

namespace tidegate {

// y[row, 0..width) = bias, or 0 where bias is null.
void fill_rows(real* y, index ldy, index rows, const real* bias, index width);

// y[row, 0..cols) = bias + x W^T; a bias that is null is 0.
void affine_forward(Run& run, const Value& x, const real* weight, const real* bias, index cols, real* y, index ldy);

// dweight += dy^T x (skipped if null); x.grad += dy W (skipped if null)
void add_product_backward(Run& run, const Value& x, const real* weight, real* dweight, const real* dy, index lddy, index cols);

// The same and the columns' sum into dbias (skipped if null).
void affine_backward(Run& run, const Value& x, const real* weight, real* dweight, real* dbias, const real* dy, index lddy,
                     index cols);

}  // namespace tidegate
