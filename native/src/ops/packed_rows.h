// A table of a frozen model whose rows are looked up by number: the weight of an embedding, W^T of a product with one-hot rows.
#pragma once

#include "core/buffer.h"
#include "ops/op.h"

namespace tidegate {

class PackedRows {
 public:
  PackedRows() = default;
  // x [rows, cols]
  PackedRows(const Freezing& model, const real* x, index rows, index cols)
      : kernels_(&model.k->rows[static_cast<int>(model.precision)]), cols_(cols), stride_(kernels_->bytes(cols)) {
    char* row = memory_.need(checked_product("packed rows", rows, stride_));
    for (index r = 0; r < rows; ++r) kernels_->pack(row + r * stride_, x + r * cols, cols);
  }

  bool empty() const { return kernels_ == nullptr; }
  void read(index row, real* y) const { kernels_->read(y, memory_.data() + row * stride_, cols_); }  // y [cols] = the row
  void add(index row, real* y) const { kernels_->add(y, memory_.data() + row * stride_, cols_); }
  index bytes() const { return memory_.bytes(); }

 private:
  const RowKernels* kernels_ = nullptr;
  index cols_ = 0, stride_ = 0;
  Buffer<char> memory_;
};

}  // namespace tidegate
