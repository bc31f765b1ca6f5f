// The forward scan of one layer in one direction together with its input products: those of some steps, then these steps, then the next
// ones, so that the tape of the steps at hand stays in the cache. A scan of one step makes its input product in the same pass.
#pragma once

#include "ops/affine_product.h"
#include "ops/scan.h"

namespace tidegate {

// Where a layer's rows of the tape come from.
struct LayerInput {
  AffineProduct product;        // empty: the tape is filled already
  const real* start = nullptr;  // [gates and slots * H], what a row begins with: the biases
  Value x;
};

class LayerScan {
 public:
  // The rows that one turn works on: what the tape must hold where nobody will go back to it.
  static index turn_rows(const Packed& packed, index columns);

  // keeps: the tape holds all rows for a backward pass; else only those of a turn.
  LayerScan(const Scan& scan, const LayerInput& input, bool keeps, const Kernels& k, Scratch& scratch, const Threads& threads);
  const Scan& scan() const { return scan_; }
  void run(Threads& threads);

 private:
  Scan with_input(const Scan& scan) const;

  const LayerInput input_;
  const bool keeps_;
  const Kernels& k_;
  const index turn_rows_;
  char* const workspace_;
  Scan scan_;
  const ScanWork work_;
};

}  // namespace tidegate
