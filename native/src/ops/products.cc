#include "ops/products.h"

#include <algorithm>

#include "ops/packed_weight.h"

namespace tidegate {

namespace {

constexpr index kThreadWork = index{1} << 18;  // multiplications that are worth a thread
constexpr index kRowGrain = 16;                // rows of A, which go in tiles
constexpr index kColumnGrain = 64;             // columns of C that a thread makes
constexpr index kPanelsBytes = 512 * 1024;     // of B in panels, which stay in the second cache while the rows pass

// Calls work(begin, end) for pieces of [0, n), each with kThreadWork multiplications at least; every unit of n has `each`.
template <class Work>
void split(Threads& threads, index n, index grain, index each, const Work& work) {
  const index least = kThreadWork / std::max<index>(each, 1) + 1;
  threads.split(n, (std::max(grain, least) + grain - 1) / grain * grain, work);
}

// B's columns [first, first + n) as panels, whose units are columns: B [k, n], or [n, k] where it is transposed.
void pack(const PanelKernels& kernels, const MatrixProduct& p, bool transposed, index first, index n, char* memory) {
  const PanelShape shape{1, n, p.k};
  if (transposed) {
    kernels.pack_rows(memory, shape, p.b + first * p.ldb, p.ldb);
  } else {
    kernels.pack_columns(memory, shape, p.b + first, p.ldb);
  }
}

void by_panels(const Workplace& at, const MatrixProduct& p, bool transposed) {
  const PanelKernels& kernels = at.k.panels[static_cast<int>(Precision::float32)];
  const index together = std::max<index>(1, kPanelsBytes / (p.k * static_cast<index>(sizeof(real)) * kernels.block)) * kernels.block;
  const Scratch::Scope scope(at.scratch);
  char* memory = at.scratch.take<char>(kernels.bytes({1, std::min(together, p.n), p.k}));
  for (index first = 0; first < p.n; first += together) {
    const index n = std::min(together, p.n - first);
    split(at.threads, n, kernels.block, p.k * 8, [&](index begin, index end) {
      pack(kernels, p, transposed, first + begin, end - begin, memory + kernels.bytes({1, begin, p.k}));
    });
    const PackedWeight panels{&kernels, {1, n, p.k}, memory};
    split(at.threads, p.m, kRowGrain, n * p.k, [&](index begin, index end) {
      PanelPass pass;
      PanelProduct& product = panels.add_to(pass, p.a + begin * p.lda, p.lda, end - begin);
      product.target[0] = {p.start + begin * p.start_ld + first, p.start_ld, p.c + begin * p.ldc + first, p.ldc};
      pass.unit_end = n;
      kernels.run(pass);
    });
  }
}

// The same product over some columns of C, B being [n, k] where it is transposed.
MatrixProduct columns(const MatrixProduct& p, bool transposed, index begin, index end) {
  MatrixProduct part = p;
  part.n = end - begin;
  part.b += transposed ? begin * p.ldb : begin;
  part.start += begin;
  part.c += begin;
  return part;
}

MatrixProduct rows(const MatrixProduct& p, index begin, index end) {
  MatrixProduct part = p;
  part.m = end - begin;
  part.a += begin * p.lda;
  part.start += begin * p.start_ld;
  part.c += begin * p.ldc;
  return part;
}

}  // namespace

void product_nt(const Workplace& at, const MatrixProduct& p) {
  const auto nt = at.k.products.nt;
  if (p.m < kFewRows) return split(at.threads, p.n, kColumnGrain, p.m * p.k, [&](index b, index e) { nt(columns(p, true, b, e)); });
  if (p.n < at.k.lanes || p.k == 0) return split(at.threads, p.m, kRowGrain, p.n * p.k, [&](index b, index e) { nt(rows(p, b, e)); });
  by_panels(at, p, true);
}

void product_nn(const Workplace& at, const MatrixProduct& p) {
  const auto nn = at.k.products.nn;
  if (p.m < kFewRows) return split(at.threads, p.n, kColumnGrain, p.m * p.k, [&](index b, index e) { nn(columns(p, false, b, e)); });
  if (p.k < kFewRows) return split(at.threads, p.m, kRowGrain, p.n * p.k, [&](index b, index e) { nn(rows(p, b, e)); });
  by_panels(at, p, false);
}

void product_tn(const Workplace& at, const MatrixProduct& p) {
  if (p.m == 0 || p.n == 0) return;
  const Scratch::Scope scope(at.scratch);
  const index bytes = at.k.products.workspace;
  char* workspaces = at.scratch.take<char>(checked_product("workspaces", at.threads.most(), bytes));
  split(at.threads, p.m, kColumnGrain, p.n * p.k, [&](index begin, index end) {
    MatrixProduct part = p;
    part.m = end - begin;
    part.a += begin;
    part.c += begin * p.ldc;
    at.k.products.tn(part, workspaces + begin * at.threads.count() / p.m * bytes);
  });
}

}  // namespace tidegate
