#include "core/openblas.h"

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "core/error.h"

namespace tidegate {

namespace {

#ifdef TG_DOUBLE
constexpr char kGemm[] = "cblas_dgemm";
#else
constexpr char kGemm[] = "cblas_sgemm";
#endif

// What it needs, in the order in which they find each other. Where one does not lie beside it the linker looks for it.
constexpr const char* kBefore[] = {"libgcc_s.so.1", "libquadmath.so.0", "libgfortran.so.5"};

std::atomic<const OpenBlas*> loaded{nullptr};

[[noreturn]] void refuse(const std::string& file) {
  const char* why = dlerror();
  throw Error(Status::invalid_argument, text("OpenBLAS cannot be loaded from '", file, "': ", why == nullptr ? "it is not there" : why));
}

template <class Function>
Function function(void* library, const char* name, const std::string& file) {
  const auto found = reinterpret_cast<Function>(dlsym(library, name));
  if (found == nullptr) refuse(file);
  return found;
}

// How many calls it can serve at a time. Each takes one of its buffers, two for every thread that it was built for. With none left it
// prints a warning, corrupts the heap and at last gives up; so a call waits. Half of the buffers are left to its own threads and to
// others in this process.
int calls_at_once(const char* config) {
  constexpr int kFewest = 16;  // a build for few or no threads has 50 buffers
  const char* threads = std::strstr(config, "MAX_THREADS=");
  return threads == nullptr ? kFewest : std::max(kFewest, std::atoi(threads + std::strlen("MAX_THREADS=")));
}

}  // namespace

const OpenBlas* openblas() { return loaded.load(std::memory_order_acquire); }

void load_openblas(const std::string& file) {
  static std::mutex& loading = *new std::mutex;
  const std::lock_guard<std::mutex> lock(loading);
  if (openblas() != nullptr) return;
  const std::string folder = file.substr(0, file.rfind('/') + 1);
  for (const char* name : kBefore) dlopen((folder + name).c_str(), RTLD_LAZY | RTLD_LOCAL);
  void* library = dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) refuse(file);
  const auto gemm = function<OpenBlas::Gemm>(library, kGemm, file);
  const auto config = function<char* (*)()>(library, "openblas_get_config", file);
  const auto core = function<char* (*)()>(library, "openblas_get_corename", file);
  // One thread under us. In the pthread build of OpenBLAS this setting is the process's, so it is made once.
  function<int (*)(int)>(library, "openblas_set_num_threads_local", file)(1);
  loaded.store(new OpenBlas{gemm, core(), Semaphore(calls_at_once(config()))}, std::memory_order_release);
}

}  // namespace tidegate
