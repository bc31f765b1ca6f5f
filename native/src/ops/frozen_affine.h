// W x + b of a frozen model: the weight as panels for real rows, as the rows of W^T for one-hot rows.
#pragma once

#include "ops/affine_product.h"
#include "ops/op.h"

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
  // Panels that the model keeps for several nodes.
  explicit FrozenAffine(const FrozenWeight& shared) : product_(shared.packed()) {}
  FrozenAffine(const FrozenAffine&) = delete;

  const AffineProduct& product() const { return product_; }
  index bytes() const { return weight_.bytes() + transposed_.bytes(); }

 private:
  FrozenWeight weight_;
  PackedRows transposed_;  // [width, groups * size]: W^T, whose rows a one-hot product gathers
  AffineProduct product_;
};

}  // namespace tidegate
