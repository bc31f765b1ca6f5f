// Session::step: one step of each sequence. The graph is planned anew only when other inputs are fed than in the call before.
#include <cstring>

#include "graph/step_plan.h"

namespace tidegate {

Session::~Session() = default;

void Session::step(const Feed* feeds, int count, const Wanted* wanted) {
  if (train_) throw Error(Status::invalid_state, "a training session cannot step: make a session that infers (TG_INFER)");
  from_state_ = true;
  const Loan loan(*this);
  try {
    const bool planned = step_plan_ != nullptr && step_plan_->is_for(feeds, count);
    if (!planned || (!step_plan_->derived.empty() && !derives_as_planned())) plan_step(feeds, count);
    if (wanted != nullptr) {
      const Value& value = output(wanted->value);
      const index elements = value.rows * value.type.cols;
      if (wanted->count != elements && !(wanted->count > elements && value.type.axis >= 0 && model_.axes()[value.type.axis].derived())) {
        throw Error(Status::invalid_argument, text("output has room for ", wanted->count, " elements; '", model_.values()[wanted->value].name,
                                                   "' has ", value.rows, " rows x ", value.type.cols));
      }
    }
    run_step(feeds);
  } catch (...) {
    if (step_plan_ != nullptr) step_plan_->valid = false;
    forget_all();
    throw;
  }
}

// N sequences of length 1. What the axis holds for each sequence, such as an initial state, stays unless N changes.
void Session::set_step_axis(int axis, index sequences) {
  Packed& packed = axes_[axis];
  forget_axis(axis, packed.sequences() == sequences);
  stepped_[axis] = moves_[axis] = true;
  if (packed.sequences() == sequences && packed.steps() == 1) return;
  Counted<std::int32_t>& ones = step_plan_->ones;
  ones.assign(static_cast<std::size_t>(sequences), 1);
  packed.set(ones.data(), static_cast<std::int32_t>(sequences));
  clear_derived_axes(axis);
}

void Session::plan_step(const Feed* feeds, int count) {
  if (step_plan_ == nullptr) step_plan_ = std::make_unique<StepPlan>();
  StepPlan& plan = *step_plan_;
  plan.valid = false;
  plan.feeds.clear();
  plan.runs.clear();
  plan.states.clear();
  plan.derived.clear();
  std::fill(moves_.begin(), moves_.end(), false);
  for (Held& held : values_) held.changed = false;
  for (int i = 0; i < count; ++i) {
    const ValueInfo& input = input_info(feeds[i].value);
    bool first = true;
    for (int j = 0; j < i; ++j) first &= model_.values()[feeds[j].value].type.axis != input.type.axis;
    if (!first) continue;  // set_feed compares its rows
    if (model_.axes()[input.type.axis].derived()) {
      throw Error(Status::invalid_argument, text("input '", input.name, "' is on axis '", model_.axes()[input.type.axis].name, "', whose rows follow from those of '",
                                                 model_.axes()[model_.axes()[input.type.axis].root].name, "'; a step feeds these alone"));
    }
    const index rows = feeds[i].count / input.type.cols;
    if (rows < 1 || rows * input.type.cols != feeds[i].count || rows > INT32_MAX) {
      throw Error(Status::invalid_argument, text("input '", input.name, "' has ", feeds[i].count, " elements; a step needs N rows of ",
                                                 input.type.cols, input.type.cols == 1 ? " column" : " columns", ", one for each sequence"));
    }
    set_step_axis(input.type.axis, rows);
  }
  derive_axes(true);
  for (int i = 0; i < count; ++i) set_feed(feeds[i]);
  choose_nodes();

  for (std::size_t a = 0; a < axes_.size(); ++a) {
    if (model_.axes()[a].derived() && moves_[a]) plan.derived.push_back(static_cast<int>(a));
  }
  for (int i = 0; i < count; ++i) {
    const Held& held = values_[feeds[i].value];
    const bool ids = held.value.type.kind != Kind::real;
    const std::size_t size = ids ? sizeof(std::int32_t) : sizeof(real);
    plan.feeds.push_back({feeds[i].value, feeds[i].count, held.data.data(), static_cast<std::size_t>(feeds[i].count) * size});
  }
  for (std::size_t i = 0; i < active_.size(); ++i) {
    if (!active_[i]) continue;
    const NodeInfo& node = model_.nodes()[i];
    plan.runs.emplace_back(*this, static_cast<int>(i), &plan.metrics);
    for (int s = node.first_state; s < node.first_state + node.states; ++s) {
      if (!model_.states()[s].phase) plan.states.push_back({s, axes_[model_.states()[s].axis].sequences()});
    }
  }
  plan.valid = true;
}

// Whether the derived axes have the lengths for which the step was planned: not where a window is complete that was not then.
bool Session::derives_as_planned() {
  bool same = true;
  for (const int axis : step_plan_->derived) same = derive_axis(axis) && same;
  return same;
}

void Session::run_step(const Feed* feeds) {
  const Threads::Call call(*threads_);
  StepPlan& plan = *step_plan_;
  for (const StepPlan::Fed& fed : plan.feeds) {
    Held& held = values_[fed.value];
    if (held.kept) {
      std::memcpy(fed.to, feeds->data, fed.bytes);
    } else {
      held.value.data = static_cast<const real*>(feeds->data);
    }
    ++held.value.version;
    ++feeds;
  }
  for (const StepPlan::Carries& carries : plan.states) check_carried(carries.state, carries.sequences);
  for (const NodeRun& run : plan.runs) run.node().op->check(run);
  for (NodeRun& run : plan.runs) {
    run.scratch = scratch_;
    run.node().op->forward(run);
    scratch_->release();
    release_values(run.number());
  }
  for (const StepPlan::Carries& carries : plan.states) states_[carries.state].swap();
  if (!plan.derived.empty()) swap_phases();
}

}  // namespace tidegate
