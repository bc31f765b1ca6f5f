// Losses that compare X [rows, C] with real TARGETS [rows, C] element by element:
//
//   loss = the sum over all elements, [1,1]; with reduction=mean, the default, divided by their number rows * C
//
// A loss derives its sum and its gradients. They go to X, to the targets, and to whatever else it reads. Each row counts as a target.
#pragma once

#include <string>

#include "ops/rows.h"

namespace tidegate {

class ElementwiseLoss : public NodeOp {
 public:
  void infer(Declaration& node) override;
  void check(const Run& run) const override;
  void forward(Run& run) const override;
  void backward(Run& run) const override;

 protected:
  // infer(): reads the op's own attributes. X must have columns() columns for TARGETS of `cols` columns; other inputs have X's.
  virtual void read(Declaration&) {}
  virtual index columns(index cols) const { return cols; }
  // forward(): values that have no loss are refused.
  virtual void check_values(const Run&) const {}
  // The elements that one sum in real may have; the blocks' sums are added in double. A multiple of X's columns where sum() needs rows.
  virtual index block() const { return kBlock; }
  // Over the elements [first, first + n) of X.
  virtual double sum(const Run& run, index first, index n) const = 0;
  // Adds factor * d(sum over all elements) to the inputs that have a gradient.
  virtual void add_gradients(const Run& run, real factor) const = 0;

  static constexpr index kBlock = 4096;
  // As many whole rows as a block holds, at least one.
  static index rows_in_block(index cols) { return cols < kBlock ? kBlock / cols : 1; }
  static index elements(const Run& run) { return run.in(0).rows * run.in(0).type.cols; }
  // Throws, naming row and column, unless least <= x <= most for every element of input i (where nan_too: or x is a NaN).
  void check_range(const Run& run, int i, double least, double most, bool nan_too) const;

 private:
  bool mean_ = true;
  std::vector<std::string> names_;  // of the inputs, for errors
};

// Two complete specs of the loss `op` with these attributes: per step with gradients to both, and per sequence with a sum.
// targets: the op that makes the targets of an input "u", "" for the input itself.
std::vector<std::string> loss_examples(const std::string& op, const std::string& attributes, const std::string& targets = "",
                                       index columns = 1);

}  // namespace tidegate
