// Transposing matrices: the channels and positions of a row, the weights of a one-hot input.
#pragma once

#include "core/real.h"

namespace tidegate {

// With the short side known, the compiler makes whole vectors of it.
template <index kRows>
void interleave(const real* __restrict from, index cols, real* __restrict to) {
  for (index c = 0; c < cols; ++c) {
    for (index r = 0; r < kRows; ++r) to[c * kRows + r] = from[r * cols + c];
  }
}
template <index kCols>
void separate(const real* __restrict from, index rows, real* __restrict to) {
  for (index r = 0; r < rows; ++r) {
    for (index c = 0; c < kCols; ++c) to[c * rows + r] = from[r * kCols + c];
  }
}

// write(to, from) element by element, the matrix in pieces whose cache lines stay while the columns pass over them.
template <class Write>
void each_transposed(const real* from, index rows, index cols, real* to, const Write& write) {
  constexpr index kBlock = 16;
  for (index first = 0; first < rows; first += kBlock) {
    const index end = first + kBlock < rows ? first + kBlock : rows;
    for (index c = 0; c < cols; ++c) {
      for (index r = first; r < end; ++r) write(to[c * rows + r], from[r * cols + c]);
    }
  }
}

// from [rows, cols], to [cols, rows], which do not overlap.
inline void transpose(const real* from, index rows, index cols, real* to) {
  switch (rows) {
    case 2: return interleave<2>(from, cols, to);
    case 4: return interleave<4>(from, cols, to);
    case 8: return interleave<8>(from, cols, to);
  }
  switch (cols) {
    case 2: return separate<2>(from, rows, to);
    case 4: return separate<4>(from, rows, to);
    case 8: return separate<8>(from, rows, to);
  }
  each_transposed(from, rows, cols, to, [](real& y, real x) { y = x; });
}

// to += the transposed.
inline void add_transposed(const real* from, index rows, index cols, real* to) {
  each_transposed(from, rows, cols, to, [](real& y, real x) { y += x; });
}

}  // namespace tidegate
