// Rows of a packed axis with each sequence reversed. Reversing twice gives the rows back.
#pragma once

#include <algorithm>

#include "ops/op.h"

namespace tidegate {

// to[r] = from[mirror(r)], or to[r] += from[mirror(r)]
template <bool kAdd>
void mirror_rows(const Run& run, const Packed& packed, const real* from, index from_ld, real* to, index to_ld, index cols) {
  for (index r = 0; r < packed.rows(); ++r) {
    const real* row = from + packed.mirror()[r] * from_ld;
    if (kAdd) {
      run.k->add(to + r * to_ld, row, cols);
    } else {
      std::copy_n(row, cols, to + r * to_ld);
    }
  }
}

// x with each sequence reversed. The copy is saved: the weight gradient needs it again.
inline Value mirrored(Run& run, const Packed& packed, const Value& x, int slot, bool forward) {
  Value reversed = x;
  reversed.grad = nullptr;
  if (x.type.kind == Kind::one_hot) {
    static_assert(sizeof(std::int32_t) <= sizeof(real), "ids are kept in a saved block of reals");
    real* block = forward ? run.save(slot, x.rows) : run.saved(slot);
    auto* ids = reinterpret_cast<std::int32_t*>(block);
    if (forward) {
      for (index r = 0; r < x.rows; ++r) ids[r] = x.ids[packed.mirror()[r]];
    }
    reversed.ids = ids;
    return reversed;
  }
  real* data = forward ? run.save(slot, checked_product("mirrored input", x.rows, x.type.cols)) : run.saved(slot);
  if (forward) mirror_rows<false>(run, packed, x.data, x.type.cols, data, x.type.cols, x.type.cols);
  reversed.data = data;
  return reversed;
}

}  // namespace tidegate
