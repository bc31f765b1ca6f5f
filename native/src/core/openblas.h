// OpenBLAS, found while the program runs: training is faster with it, and whoever only serves need not have it.
#pragma once

#include <string>

#include "core/real.h"
#include "core/semaphore.h"

namespace tidegate {

// What of it is used here. It lives as long as the process: threads may be in it at the end.
struct OpenBlas {
  using Gemm = void (*)(int order, int trans_a, int trans_b, int m, int n, int k, real alpha, const real* a, int lda, const real* b, int ldb,
                        real beta, real* c, int ldc);

  Gemm gemm;                // single-threaded
  std::string core;         // the processor whose kernels it has chosen, such as "Haswell"
  mutable Semaphore calls;  // a place for each call: it has buffers for so many at a time
};

// Null as long as none is loaded. Costs a read.
const OpenBlas* openblas();

// Loads it, and before it the libraries of Fortran that lie beside it, unless it is loaded. file: a path, or a name for the linker to look
// for. Throws invalid_argument with the linker's words.
void load_openblas(const std::string& file);

}  // namespace tidegate
