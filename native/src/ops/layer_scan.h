// The forward scan of one layer in one direction together with its input products, a chunk of steps at a time, so that the chunk's tape
// stays in the cache. A scan of one step makes its input product in the same pass.
#pragma once

#include "ops/affine_product.h"
#include "ops/scan.h"

namespace tidegate {

// The input products of a layer.
struct LayerInput {
  AffineProduct product;        // empty: the tape is filled already
  const real* start = nullptr;  // [gates and slots * H], the biases
  Value x;
};

class LayerScan {
 public:
  // Rows of a chunk: the size of the tape where there is no backward pass.
  static index chunk_rows(const Packed& packed, index columns);

  // keeps: the tape holds all rows for a backward pass; else only a chunk's.
  LayerScan(const Scan& scan, const LayerInput& input, bool keeps, const Kernels& k, Scratch& scratch, const Threads& threads);
  const Scan& scan() const { return scan_; }
  void run(Threads& threads);

 private:
  Scan with_input(const Scan& scan) const;
  Value input_rows(index row, index rows) const;
  bool in_units(const Threads& threads) const;
  void run_units(index chunk, index unit, index unit_end, char* workspace) const;

  const LayerInput input_;
  const bool keeps_;
  const Kernels& k_;
  const index chunk_rows_;
  index chunks_ = 0;
  index* chunk_ = nullptr;  // [chunks + 1]: the step at which each begins
  char* const workspace_;
  Scan scan_;
  const ScanWork work_;
};

}  // namespace tidegate
