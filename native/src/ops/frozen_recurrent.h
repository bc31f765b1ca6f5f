// The layers of a recurrent node in a frozen model.
#pragma once

#include <memory>
#include <optional>
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

  const FrozenAffine& input() const { return input_; }
  const StageWeights& stages() const { return stages_; }
  const real* start() const { return start_.data(); }  // what a row of the tape begins with: the biases
  index bytes() const;

 private:
  const FrozenAffine input_;
  FrozenWeight stage_[kMaxStages];
  StageWeights stages_;
  Buffer<real> start_;
};

// A forward scan of a frozen layer. It goes back to nothing, so the tape holds only as many steps as stay close in the cache: their input
// products, then their steps, then the next ones in the same place. A scan of one step makes its input product in the same pass.
class FrozenScan {
 public:
  // Rows of the tape for these sequences.
  static index tape_rows(const Packed& packed, index columns);

  FrozenScan(const FrozenLayer& layer, const Scan& scan, const Value& x, const Kernels& k, Scratch& scratch, const Threads& threads);
  void run(Threads& threads);

 private:
  const FrozenLayer& layer_;
  Scan scan_;
  const Value x_;
  const Kernels& k_;
  const index tape_rows_;
  const bool joined_;  // the input product is part of the step
  char* workspace_;
  std::optional<ScanWork> work_;
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
