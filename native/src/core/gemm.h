// C = alpha * op(A) * op(B) + beta * C, row-major: M x N from M x K and K x N. The only caller of OpenBLAS, which runs single-threaded.
#pragma once

#include "core/real.h"

namespace tidegate {

enum class Op { none, transpose };

// lda, ldb, ldc: leading dimensions. Throws out_of_memory where a size is beyond OpenBLAS's int.
void gemm(Op op_a, Op op_b, index m, index n, index k, real alpha, const real* a, index lda, const real* b, index ldb, real beta,
          real* c, index ldc);

}  // namespace tidegate
