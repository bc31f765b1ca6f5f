// start + W x over rows, with W in panels or, for one-hot rows, as the rows of W^T. A row's bits depend on that row alone: not on
// the other rows, nor on the threads.
#pragma once

#include "ops/op.h"
#include "ops/packed_rows.h"
#include "ops/packed_weight.h"

namespace tidegate {

class AffineProduct {
 public:
  AffineProduct() = default;
  explicit AffineProduct(const PackedWeight& weight) : weight_(weight), cols_(weight.shape.groups * weight.shape.size) {}
  AffineProduct(const PackedRows& transposed, index cols) : transposed_(&transposed), cols_(cols) {}  // transposed [width of x, cols]

  bool empty() const { return cols_ == 0; }
  const PackedWeight* packed() const { return weight_.empty() ? nullptr : &weight_; }  // null for one-hot rows
  index workspace(index rows) const;                                                   // bytes for one thread

  // y[row, 0..cols) = start + W x. workspace: threads.most() times workspace(rows) bytes.
  void forward(const Value& x, const real* start, real* y, index ldy, char* workspace, Threads& threads) const;
  // The same of the units [unit, unit_end) of every group alone, y [rows, groups * units], on one thread; in panels. unit is a multiple of
  // part_units().
  void forward_units(const Value& x, const real* start, real* y, index unit, index unit_end, char* workspace) const;
  index part_units() const { return weight_.kernels->units(weight_.shape); }

 private:
  PackedWeight weight_;
  const PackedRows* transposed_ = nullptr;
  index cols_ = 0;
};

}  // namespace tidegate
