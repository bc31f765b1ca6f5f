// The three products of a layer y = x W^T with W [n, k] as a training needs them: forward, the gradient of x, the gradient of W. In the letters of
// BLAS: n is a matrix as it stands, t one that is transposed.
//
// Bits: an element's sum is added in an order that is a function of the product's whole shape and the instruction set, whatever the number
// of threads.
#pragma once

#include "core/buffer.h"
#include "core/threads.h"
#include "isa/kernels.h"

namespace tidegate {

// Where products are made: the panels and copies that they need are taken from scratch, which is as full afterwards as before.
struct Workplace {
  const Kernels& k;
  Scratch& scratch;
  Threads& threads;
};

// Below, a weight is multiplied as it stands: packing it would cost more than it saves.
constexpr index kFewRows = 16;

void product_nt(const Workplace& at, const MatrixProduct& p);  // C = start + A B^T, A [m, k], B [n, k]
void product_nn(const Workplace& at, const MatrixProduct& p);  // C = start + A B,   A [m, k], B [k, n]
void product_tn(const Workplace& at, const MatrixProduct& p);  // C += A^T B,        A [k, m], B [k, n]; start is not read

}  // namespace tidegate
