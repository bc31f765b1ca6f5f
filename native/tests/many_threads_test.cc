// Far more threads than cores train at once. OpenBLAS has buffers for so many calls at a time, and a thread may lose its core in the
// middle of one; here the first calls of every thread are held back inside OpenBLAS, so that they surely overlap.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

#include "check.h"
#include "network.h"

namespace {

constexpr int kThreads = 200;
constexpr int kBuffers = 128;  // of OpenBLAS as the preset builds it, for 64 threads
constexpr int kHeldBack = 2;   // calls of each thread
constexpr int kOverlap = kBuffers / 4 + 1;  // calls that are inside at once before the first of those goes on

std::atomic<int> calls{0}, inside{0}, most_inside{0};
thread_local int held_back = 0;  // of this thread's calls

}  // namespace

namespace {

using Gemm = void (*)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float* a, int lda, const float* b, int ldb,
                      float beta, float* c, int ldc);
Gemm openblas_gemm = nullptr;

void watched_gemm(int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float* a, int lda, const float* b, int ldb,
                  float beta, float* c, int ldc) {
  ++calls;
  const int now = ++inside;
  for (int most = most_inside; most < now && !most_inside.compare_exchange_weak(most, now);) {
  }
  if (held_back > 0) {
    --held_back;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (most_inside < kOverlap && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  openblas_gemm(order, trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  --inside;
}

}  // namespace

// The library's only way to OpenBLAS's functions; the linker passes its calls through here.
extern "C" void* __real_dlsym(void* library, const char* name);
extern "C" void* __wrap_dlsym(void* library, const char* name) {
  void* found = __real_dlsym(library, name);
  if (std::strcmp(name, "cblas_sgemm") != 0) return found;
  openblas_gemm = reinterpret_cast<Gemm>(found);
  return reinterpret_cast<void*>(watched_gemm);
}

namespace {

const char* const kSpec =
    "x = input axis=text cols=20\n"
    "next = ids axis=text\n"
    "h = recurrent x cell=lstm size=16\n"
    "y = linear h cols=40\n"
    "loss = cross_entropy y next\n";

// The parameters after a few steps of training, and what the model then says.
Reals train(std::uint64_t seed) {
  constexpr std::size_t kRows = 120;
  Model model(kSpec, seed);
  Session session(model);
  Optimizer optimizer(model, "adamw");
  const tg_step step = {0.01, 1, 0, TG_NORM_L2};
  Batch batch(model);
  batch.lengths("text", {50, 40, 30}).feed("x", random_reals(kRows * 20, seed)).feed_ids("next", random_ids(kRows, 40, seed));
  for (int s = 0; s < 3; ++s) ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, nullptr));
  session.forward(batch);
  Reals all = model.all_parameters();
  const Reals output = session.output("y");
  all.insert(all.end(), output.begin(), output.end());
  return all;
}

// What the process writes to its standard error while this lives.
class StandardError {
 public:
  StandardError() : before_(dup(2)), file_(std::tmpfile()) {
    std::fflush(stderr);
    dup2(fileno(file_), 2);
  }
  ~StandardError() {
    std::fflush(stderr);
    dup2(before_, 2);
    close(before_);
    std::fclose(file_);
  }
  std::string text() {
    std::fflush(stderr);
    std::string all;
    std::rewind(file_);
    for (int c; (c = std::fgetc(file_)) != EOF;) all += static_cast<char>(c);
    return all;
  }

 private:
  const int before_;
  std::FILE* const file_;
};

}  // namespace

TEST("two hundred threads train at once, with the bits that they reach alone and without a word from OpenBLAS") {
  constexpr std::size_t kSeeds = 4;
  std::vector<Reals> alone, together(kThreads);
  for (std::size_t seed = 0; seed < kSeeds; ++seed) alone.push_back(train(seed));
  REQUIRE(calls > 0);
  CHECK_EQUAL(most_inside.load(), 1);

  StandardError said;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      held_back = kHeldBack;
      together[i] = train(i % kSeeds);
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK_EQUAL(said.text(), std::string());
  CHECK(most_inside <= kBuffers / 2);
  CHECK(most_inside >= kOverlap);  // they wait for buffers, not for each other
  for (std::size_t i = 0; i < kThreads; ++i) {
    check::About about("thread " + std::to_string(i));
    CHECK(together[i] == alone[i % kSeeds]);
  }
}
