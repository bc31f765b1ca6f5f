#include "graph/optimizer.h"

#include <algorithm>
#include <sstream>

#include "core/attributes.h"
#include "core/error.h"
#include "isa/kernels.h"

namespace tidegate {

namespace {

// "name key=value ...": the name; the pairs go to attributes.
std::string split(const std::string& spec, Attributes* attributes) {
  std::istringstream words(spec);
  std::string name, pair;
  words >> name;
  while (words >> pair) {
    const std::size_t sign = pair.find('=');
    if (sign == std::string::npos || sign == 0) throw Error(Status::invalid_spec, text("'", pair, "': expected key=value"));
    attributes->add(pair.substr(0, sign), pair.substr(sign + 1));
  }
  return name;
}

const OptimizerKind* find(const std::string& name) {
  if (const OptimizerKind* kind = kernels().optimizer(name)) return kind;
  std::string known;
  for (const std::string& one : kernels().optimizer_names()) known += (known.empty() ? "" : ", ") + one;
  throw Error(Status::invalid_spec, text("no optimizer '", name, "'; expected one of: ", known));
}

void read(const OptimizerKind& kind, const Attributes& attributes, double* hyper) {
  for (int i = 0; i < kind.hypers; ++i) {
    const Hyper& h = kind.hyper[i];
    hyper[i] = h.flag ? attributes.flag(h.name, h.standard != 0) : attributes.number(h.name, h.least, h.greatest, h.standard);
  }
  attributes.reject_unknown();
  const char* conflict = kind.conflict == nullptr ? nullptr : kind.conflict(hyper);
  if (conflict != nullptr) throw Error(Status::invalid_spec, conflict);
}

}  // namespace

Optimizer::Optimizer(const std::string& spec, index parameters) {
  try {
    Attributes attributes;
    kind_ = find(split(spec, &attributes));
    read(*kind_, attributes, hyper_);
  } catch (const Error& e) {
    throw Error(e.status, text("optimizer \"", spec, "\": ", e.what()));
  }
  for (int s = 0; s < kind_->slots; ++s) {
    const Slot& slot = kind_->slot[s];
    if (slot.needs != kNoHyper && hyper_[slot.needs] == 0) continue;
    kept_.push_back({s, {}});
    real* slab = kept_.back().slab.need(parameters);
    std::fill(slab, slab + parameters, static_cast<real>(slot.start == kNoHyper ? 0 : hyper_[slot.start]));
  }
}

void Optimizer::update(real* parameters, const real* gradients, index begin, index end, double learning_rate) const {
  OptimizerRun run{};
  run.n = end - begin;
  run.parameter = parameters + begin;
  run.gradient = gradients + begin;
  for (const Kept& kept : kept_) run.slot[kept.number] = kept.slab.data() + begin;
  run.learning_rate = learning_rate;
  std::copy(hyper_, hyper_ + kMaxHypers, run.hyper);
  run.step = steps_;
  kind_->update(run);
}

}  // namespace tidegate
