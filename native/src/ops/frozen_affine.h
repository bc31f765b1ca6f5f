// W x + b of a frozen model: the weight in the form that its input asks for, panels for real rows, turned columns for one-hot ones.
// A row's bits depend on that row alone: not on the other rows, nor on the threads.
#pragma once

#include "ops/op.h"
#include "ops/packed_weight.h"

namespace tidegate {

// Panels that own their memory.
class FrozenWeight {
 public:
  FrozenWeight() = default;
  FrozenWeight(const Freezing& model, const PanelShape& shape, const real* w);  // W [groups * size, k]
  const PackedWeight& packed() const { return packed_; }
  index bytes() const { return memory_.bytes(); }

 private:
  Buffer<char> memory_;
  PackedWeight packed_;
};

class FrozenAffine {
 public:
  // W [groups * size, columns of x]
  FrozenAffine(const Freezing& model, const Type& x, int groups, index size, const real* w);

  // y[row, 0..groups * size) = start + W x. workspace: threads.count() times workspace(rows) bytes.
  void forward(const Kernels& k, const Value& x, const real* start, real* y, index ldy, char* workspace, Threads& threads) const;
  index workspace(index rows) const;

  // Null for one-hot rows.
  const PackedWeight* packed() const { return weight_.packed().empty() ? nullptr : &weight_.packed(); }
  index bytes() const { return weight_.bytes() + turned_.bytes(); }

 private:
  const index cols_, width_;
  FrozenWeight weight_;
  Buffer<real> turned_;  // [width, cols]: the columns that one-hot rows choose from
};

}  // namespace tidegate
