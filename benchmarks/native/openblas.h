// OpenBLAS as a peer, from its file: libopenblas.so.0 with the libraries that it needs beside it.
#pragma once

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <string>

class OpenBlas {
 public:
  // path: of the library; null: none is compared with.
  explicit OpenBlas(const char* path) {
    if (path == nullptr) return;
    const std::string folder = std::string(path).substr(0, std::string(path).rfind('/') + 1);
    for (const char* needed : {"libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5"}) {
      dlopen((folder + needed).c_str(), RTLD_NOW | RTLD_GLOBAL);  // or the system's
    }
    void* const library = dlopen(path, RTLD_NOW);
    if (library == nullptr) {
      std::fprintf(stderr, "--openblas %s: %s\n", path, dlerror());
      std::exit(2);
    }
    sgemm_ = reinterpret_cast<Sgemm>(dlsym(library, "cblas_sgemm"));
    core_ = reinterpret_cast<char* (*)()>(dlsym(library, "openblas_get_corename"))();
    reinterpret_cast<void (*)(int)>(dlsym(library, "openblas_set_num_threads"))(1);
  }
  bool present() const { return sgemm_ != nullptr; }
  const char* core() const { return core_; }

  // Row-major C [m, n] = A B + beta C, an operand being transposed where it is said.
  void gemm(bool at, bool bt, long m, long n, long k, const float* a, long lda, const float* b, long ldb, float beta, float* c, long ldc) const {
    sgemm_(101, at ? 112 : 111, bt ? 112 : 111, int(m), int(n), int(k), 1, a, int(lda), b, int(ldb), beta, c, int(ldc));
  }

 private:
  using Sgemm = void (*)(int, int, int, int, int, int, float, const float*, int, const float*, int, float, float*, int);
  Sgemm sgemm_ = nullptr;
  const char* core_ = "none";
};
