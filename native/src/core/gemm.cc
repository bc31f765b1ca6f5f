#include "core/gemm.h"

#include <climits>

#include "core/error.h"
#include "core/openblas.h"

namespace tidegate {

namespace {

enum { kRowMajor = 101, kNoTrans = 111, kTrans = 112 };  // of BLAS's C interface

}  // namespace

index least_piece() {
  // Of its kernels for AVX2, which these two share, none is for small products. Those for AVX-512 have a limit, and others may.
  const OpenBlas* blas = openblas();
  return blas != nullptr && (blas->core == "Haswell" || blas->core == "Zen") ? 0 : 1000 * 1000;
}

void gemm(Op op_a, Op op_b, index m, index n, index k, real alpha, const real* a, index lda, const real* b, index ldb, real beta,
          real* c, index ldc) {
  if (m == 0 || n == 0) return;
  for (const index size : {m, n, k, lda, ldb, ldc}) {
    if (size > INT_MAX) {
      throw Error(Status::out_of_memory, text("a product of ", m, " x ", n, " x ", k, " numbers, from rows of ", lda, ", ", ldb, " and ",
                                              ldc, ": OpenBLAS takes none above ", INT_MAX, "; make the batch or the layer smaller"));
    }
  }
  const OpenBlas* blas = openblas();
  if (blas == nullptr) {
    throw Error(Status::unsupported, "what is not frozen is computed by OpenBLAS, which is not loaded. Freeze the model to answer without it. "
                "In Java: put org.bytedeco:openblas, with this platform's classifier, on the class path or among the modules; in C: call "
                "tg_load_openblas first");
  }
  const Semaphore::Place place(blas->calls);
  blas->gemm(kRowMajor, op_a == Op::transpose ? kTrans : kNoTrans, op_b == Op::transpose ? kTrans : kNoTrans, static_cast<int>(m),
             static_cast<int>(n), static_cast<int>(k), alpha, a, static_cast<int>(lda), b, static_cast<int>(ldb), beta, c,
             static_cast<int>(ldc));
}

}  // namespace tidegate
