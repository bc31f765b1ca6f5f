#include "core/gemm.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "core/error.h"
#include "core/semaphore.h"

// The prototypes that are used here, by OpenBLAS's C interface. (Its cblas.h does not compile on every platform of the preset, and
// this file is the only one that would include it.)
extern "C" {
enum { kRowMajor = 101, kNoTrans = 111, kTrans = 112 };
#ifdef TG_DOUBLE
void cblas_dgemm(int order, int trans_a, int trans_b, int m, int n, int k, double alpha, const double* a, int lda, const double* b,
                 int ldb, double beta, double* c, int ldc);
#define TG_GEMM cblas_dgemm
#else
void cblas_sgemm(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float* a, int lda, const float* b,
                 int ldb, float beta, float* c, int ldc);
#define TG_GEMM cblas_sgemm
#endif
int openblas_set_num_threads_local(int threads);
char* openblas_get_config();
char* openblas_get_corename();
}

namespace tidegate {

namespace {

// How many calls OpenBLAS can serve at a time. Each takes one of its buffers, two for every thread that it was built for. With none
// left it prints a warning, corrupts the heap and at last gives up; so a call waits here. Half of the buffers are left to OpenBLAS's
// own threads and to others in this process.
int calls_at_once() {
  constexpr int kFewest = 16;  // a build for few or no threads has 50 buffers
  const char* threads = std::strstr(openblas_get_config(), "MAX_THREADS=");
  return threads == nullptr ? kFewest : std::max(kFewest, std::atoi(threads + std::strlen("MAX_THREADS=")));
}

struct OpenBlas {
  // One thread under us. In the pthread build of OpenBLAS this setting is the process's, so it is made once.
  const int threads_before = openblas_set_num_threads_local(1);
  Semaphore calls{calls_at_once()};
};

}  // namespace

index least_piece() {
  // Of its kernels for AVX2, which these two share, none is for small products. Those for AVX-512 have a limit, and others may.
  static const bool alike = [] {
    const char* core = openblas_get_corename();
    return std::strcmp(core, "Haswell") == 0 || std::strcmp(core, "Zen") == 0;
  }();
  return alike ? 0 : 1000 * 1000;
}

void gemm(Op op_a, Op op_b, index m, index n, index k, real alpha, const real* a, index lda, const real* b, index ldb, real beta,
          real* c, index ldc) {
  static OpenBlas& blas = *new OpenBlas;  // never destroyed: threads may be in here while the process ends
  if (m == 0 || n == 0) return;
  for (const index size : {m, n, k, lda, ldb, ldc}) {
    if (size > INT_MAX) {
      throw Error(Status::out_of_memory, text("a product of ", m, " x ", n, " x ", k, " numbers, from rows of ", lda, ", ", ldb, " and ",
                                              ldc, ": OpenBLAS takes none above ", INT_MAX, "; make the batch or the layer smaller"));
    }
  }
  const Semaphore::Place place(blas.calls);
  TG_GEMM(kRowMajor, op_a == Op::transpose ? kTrans : kNoTrans, op_b == Op::transpose ? kTrans : kNoTrans, static_cast<int>(m),
          static_cast<int>(n), static_cast<int>(k), alpha, a, static_cast<int>(lda), b, static_cast<int>(ldb), beta, c,
          static_cast<int>(ldc));
}

}  // namespace tidegate
