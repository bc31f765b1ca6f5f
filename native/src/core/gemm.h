// C = alpha * op(A) * op(B) + beta * C, row-major: M x N from M x K and K x N. The only caller of OpenBLAS.
#pragma once

#include "core/real.h"
#include "core/threads.h"

namespace tidegate {

enum class Op { none, transpose };

// lda, ldb, ldc: leading dimensions. Throws out_of_memory where a size is beyond OpenBLAS's int.
void gemm(Op op_a, Op op_b, index m, index n, index k, real alpha, const real* a, index lda, const real* b, index ldb, real beta,
          real* c, index ldc);

// The least number of multiplications of a piece of a product that has the bits of the whole, by the kernels that OpenBLAS has chosen.
index least_piece();

// Calls work(begin, end) for pieces that cover the rows [0, m) of such a product, at most one a thread. They are chosen so that a product in
// pieces has the bits of the whole, whatever the number of threads: OpenBLAS's kernels for AVX2 sum the rows of a tile in an order of their
// own, so a piece begins where one of 48 rows does; those for AVX-512 have other kernels for small products, so a piece there has at least
// least_piece() multiplications.
template <class Work>
void split_product(Threads& threads, index m, index n, index k, const Work& work) {
  constexpr index kTileRows = 48;
  const index least = least_piece() / std::max<index>(n * k, 1) / kTileRows + 1;  // in tiles, of a piece
  const index tiles = m / kTileRows, pieces = std::min<index>(threads.count(), tiles / least);
  if (pieces < 2) {
    if (m > 0) work(index{0}, m);
    return;
  }
  // Where a piece begins: at the tile that is nearest to its share of the rows, where a piece may be of any size.
  const auto begin = [&](int piece) {
    if (piece == pieces) return m;
    return (least_piece() > 0 ? tiles * piece / pieces : (m * piece / pieces + kTileRows / 2) / kTileRows) * kTileRows;
  };
  threads.run(static_cast<int>(pieces), [&](int piece) { work(begin(piece), begin(piece + 1)); });
}

}  // namespace tidegate
