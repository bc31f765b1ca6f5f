// An optimizer's state: its hyperparameters, its slots and its step count. The slots are slabs with the offsets of the parameters.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/buffer.h"
#include "core/real.h"
#include "optim/optimizer.h"

namespace tidegate {

class Optimizer {
 public:
  // text: a name and its hyperparameters, "adamw weight_decay=0.1 beta1=0.8". parameters: the length of the parameter slab.
  // Throws invalid_spec naming what is not understood.
  Optimizer(const std::string& text, index parameters);

  const char* name() const { return kind_->name; }
  int slots() const { return static_cast<int>(kept_.size()); }
  const char* slot_name(int slot) const { return kind_->slot[kept_[static_cast<std::size_t>(slot)].number].name; }
  real* slot(int slot) const { return kept_[static_cast<std::size_t>(slot)].slab.data(); }  // [parameters]

  std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }

  // One step is begin_step(), then update() for ranges of parameters that do not overlap. parameters and gradients are the slabs.
  void begin_step() { ++steps_; }
  void update(real* parameters, const real* gradients, index begin, index end, double learning_rate) const;

 private:
  struct Kept {
    int number;  // of the kind's slots
    Buffer<real> slab;
  };
  const OptimizerKind* kind_;
  double hyper_[kMaxHypers] = {};
  std::vector<Kept> kept_;
  std::int64_t steps_ = 0;
};

}  // namespace tidegate
