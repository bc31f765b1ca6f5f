#include "ops/frozen_affine.h"

#include "ops/transpose.h"

namespace tidegate {

FrozenWeight::FrozenWeight(const Freezing& model, const PanelShape& shape, const real* w) {
  // An int8 product adds k products of 8 by 8 bits into 32.
  constexpr index kMostOfInt8 = index{1} << 17;
  if (model.precision == Precision::int8 && shape.k >= kMostOfInt8) {
    throw Error(Status::invalid_argument, text("a layer with ", shape.k, " inputs cannot be frozen to int8, whose sums hold ", kMostOfInt8 - 1,
                                               "; freeze it to bfloat16 or float32"));
  }
  const PanelKernels& kernels = model.k->panels[static_cast<int>(model.precision)];
  packed_ = PackedWeight::rows(kernels, shape, w, memory_.need(kernels.bytes(shape)));
}

FrozenAffine::FrozenAffine(const Freezing& model, const Type& x, int groups, index size, const real* w) {
  if (x.kind != Kind::one_hot) {
    weight_ = FrozenWeight(model, {groups, size, x.cols}, w);
    product_ = AffineProduct(weight_.packed());
    return;
  }
  const index cols = groups * size;
  Buffer<real> transposed;
  transpose(w, cols, x.cols, transposed.need(checked_product("one-hot weights", x.cols, cols)));
  transposed_ = PackedRows(model, transposed.data(), x.cols, cols);
  product_ = AffineProduct(transposed_, cols);
}

}  // namespace tidegate
