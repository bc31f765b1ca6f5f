// The layers of a recurrent node in a frozen model.
#pragma once

#include <memory>
#include <vector>

#include "ops/frozen_affine.h"
#include "ops/recurrent_weights.h"
#include "ops/scan.h"

namespace tidegate {

// One layer in one direction.
class FrozenLayer {
 public:
  FrozenLayer(Freezing& model, const Cell& cell, index size, index width, const Type& x, const RecurrentWeights& weights);
  FrozenLayer(const FrozenLayer&) = delete;

  const AffineProduct& input() const { return input_.product(); }
  const StageWeights& stages() const { return stages_; }
  const real* start() const { return start_.data(); }  // the summed biases, the initial row of the tape
  index bytes() const;

 private:
  const FrozenAffine input_;
  FrozenWeight stage_[kMaxStages];
  StageWeights stages_;
  Buffer<real> start_;
};

class FrozenRecurrent : public Prepared {
 public:
  std::vector<std::unique_ptr<FrozenLayer>> layers;  // layer * directions + direction
  index bytes() const override {
    index total = 0;
    for (const auto& layer : layers) total += layer->bytes();
    return total;
  }
};

}  // namespace tidegate
