#include "graph/session.h"

#include <algorithm>
#include <cmath>

#include "graph/step_plan.h"

namespace tidegate {

Session::Session(Model& model, bool train, std::uint64_t seed, const std::vector<int>* kept)
    : model_(model), kernels_(kernels()), train_(train), seed_(seed), threads_(std::make_unique<Threads>(1)) {
  if (train && model.frozen()) throw Error(Status::invalid_state, "a frozen model cannot be trained; train the model that it was made from");
  model.check_allocated();
  axes_.resize(model.axes().size());
  selected_axes_.resize(model.axes().size());
  stepped_.resize(model.axes().size());
  moves_.resize(model.axes().size());
  streamed_.resize(model.axes().size());
  phases_.resize(model.axes().size());
  selected_phases_.resize(model.axes().size());
  values_.resize(model.values().size());
  if (kept == nullptr) saved_.resize(model.nodes().size());
  for (const NodeInfo& node : model.nodes()) locals_.push_back(node.op->make_local());
  states_.resize(model.states().size());
  active_.resize(model.nodes().size());
  in_backward_.resize(model.nodes().size());
  claim_.add(static_cast<index>(sizeof *this + values_.size() * sizeof(Held) + states_.size() * sizeof(Carried) +
                                (axes_.size() + selected_axes_.size()) * sizeof(Packed) +
                                model.nodes().size() * (sizeof(saved_[0]) + sizeof(locals_[0]))));
  for (std::size_t i = 0; i < values_.size(); ++i) values_[i].value.type = model.values()[i].type;
  if (kept != nullptr) keep_only(*kept);
  if (train) {
    gradients_.need(std::max<index>(1, model.slab_count()));
    zero_gradients();
  }
}

void Session::keep_only(const std::vector<int>& kept) {
  if (train_) throw Error(Status::invalid_argument, "a training session keeps every value");
  keeps_all_ = false;
  for (std::size_t v = 0; v < values_.size(); ++v) {
    const Type& type = values_[v].value.type;
    const bool fed = model_.nodes()[model_.values()[v].node].input;
    // Other values may share ids, and a step does not feed again what stands for a sequence.
    values_[v].kept = type.kind != Kind::real || (fed && type.per != Per::step);
  }
  for (const int value : kept) {
    if (value < 0 || value >= static_cast<int>(values_.size())) {
      throw Error(Status::invalid_argument, text("value ", value, " does not exist; the model has ", values_.size()));
    }
    values_[value].kept = true;
  }
  for (std::size_t i = 0; i < model_.nodes().size(); ++i) {
    for (const int input : model_.nodes()[i].inputs) values_[input].last_reader = static_cast<int>(i);
  }
}

void Session::borrow() {
  if (keeps_all_) return;
  bench_ = model_.workbenches().take();
  scratch_ = &bench_->scratch;
  ++calls_;
}

void Session::give_back() noexcept {
  if (bench_ == nullptr) return;
  for (std::size_t s = 0; s < bench_->states.size() && !keeps_state_blocks_; ++s) {
    if (states_[s].next.data() == nullptr) continue;
    bench_->states[s].swap(states_[s].next);
    Buffer<real>().swap(states_[s].next);
  }
  bench_->put_all_back();
  model_.workbenches().put_back(std::move(bench_));
  scratch_ = &own_scratch_;
}

void Session::release_values(int node) {
  if (bench_ == nullptr) return;
  const NodeInfo& info = model_.nodes()[node];
  const auto release = [&](Held& held, bool last) {
    if (!last || held.call != calls_) return;
    bench_->put_back(held.block);
    held.call = 0;
  };
  for (const int input : info.inputs) release(values_[input], values_[input].last_reader == node);
  for (int v = info.first_value; v < info.first_value + info.values; ++v) release(values_[v], values_[v].last_reader < 0);
}

// The memory of a value that is about to be computed.
real* Session::value_block(Held& held, index count) {
  if (held.kept) return shown_block(held.data, count);
  if (held.call != calls_) held.block = bench_->take(count, held.block);
  held.call = calls_;
  return bench_->need(held.block, count);
}

std::vector<Buffer<real>>& Session::saved_blocks(int node) {
  if (bench_ == nullptr) return saved_[node];
  if (bench_->saved.size() < model_.nodes().size()) bench_->saved.resize(model_.nodes().size());
  return bench_->saved[node];
}

// Where this call's end of a carried state is written. A block that is far too large is not taken over: it would stay with this session.
real* Session::next_block(int state, index count) {
  Buffer<real>& next = states_[state].next;
  if (bench_ == nullptr || keeps_state_blocks_) return next.need(count);
  if (bench_->states.size() < states_.size()) bench_->states.resize(states_.size());
  Buffer<real>& lent = bench_->states[state];
  if (!next.holds(count) && lent.holds(count) && !lent.holds(2 * count + 1)) next.swap(lent);
  return next.need(count);
}

index Session::rows_of(const Type& type) const {
  switch (type.per) {
    case Per::step: return axes_[type.axis].rows();
    case Per::sequence: return axes_[type.axis].sequences();
    default: return 1;
  }
}

// A block that callers may hold a view of. One that is outgrown stays until the session ends: an old view then shows old numbers,
// never memory that is no longer ours. Blocks grow by half at least, so what stays is at most twice the block in use.
real* Session::shown_block(Buffer<real>& block, index count) {
  if (!block.holds(count) && block.data() != nullptr) {
    Buffer<real> larger;
    larger.need(block.grown(count));
    outgrown_.push_back(std::move(block));
    block = std::move(larger);
  }
  return block.need(count);
}

// ---- Forward ------------------------------------------------------------------------------------------------------------------------

const ValueInfo& Session::input_info(int value) const {
  if (value < 0 || value >= static_cast<int>(values_.size())) {
    throw Error(Status::invalid_argument, text("value ", value, " does not exist; the model has ", values_.size()));
  }
  const ValueInfo& info = model_.values()[value];
  if (model_.nodes()[info.node].input) return info;
  throw Error(Status::invalid_argument, text("'", info.name, "' (value ", value, ") is not an input of the model"));
}

void Session::check_count(const ValueInfo& info, const Feed& feed, index rows) const {
  const index cols = info.type.cols;
  if (feed.count / cols == rows && feed.count % cols == 0) return;
  throw Error(Status::invalid_argument, text("input '", info.name, "' has ", feed.count, " elements, expected ",
                                             checked_product(info.name.c_str(), rows, cols), " (", rows, " rows x ", cols,
                                             cols == 1 ? " column)" : " columns)"));
}

void Session::set_feed(const Feed& feed) {
  const ValueInfo& info = input_info(feed.value);
  const std::string& name = info.name;
  Held& held = values_[feed.value];
  if (held.changed) throw Error(Status::invalid_argument, text("input '", name, "' is given twice"));
  const Type& type = held.value.type;
  const Packed& packed = axes_[type.axis];
  if (packed.empty()) {
    throw Error(Status::invalid_argument, text("input '", name, "': the lengths of axis '", model_.axes()[type.axis].name, "' were never given"));
  }
  const index rows = rows_of(type), count = feed.count;
  if (feed.data == nullptr) throw Error(Status::invalid_argument, text("input '", name, "': the data is null"));
  check_count(info, feed, rows);
  held.value.rows = rows;
  held.changed = true;
  held.known = rows > 0;  // on a derived axis there may be none yet
  held.waits = !held.known;
  ++held.value.version;
  if (!held.kept) {
    held.value.data = static_cast<const real*>(feed.data);  // the caller's, during the call
  } else if (type.kind == Kind::real) {
    real* data = shown_block(held.data, count);
    std::copy_n(static_cast<const real*>(feed.data), count, data);
    held.value.data = data;
  } else {
    static_assert(sizeof(std::int32_t) <= sizeof(real), "ids are kept in blocks of reals");
    auto* ids = reinterpret_cast<std::int32_t*>(held.data.need(count));
    std::copy_n(static_cast<const std::int32_t*>(feed.data), count, ids);
    held.value.ids = ids;
  }
}

// The nodes downstream of what was given whose inputs are all known. What is downstream but lacks an input becomes unknown.
void Session::choose_nodes() {
  for (std::size_t i = 0; i < model_.nodes().size(); ++i) {
    const NodeInfo& node = model_.nodes()[i];
    active_[i] = 0;
    if (node.input) continue;
    bool changed = false, known = true, gone = false, waits = false, lacks = false;
    for (const int input : node.inputs) {
      const Held& held = values_[input];
      changed |= held.changed;
      known &= held.known;
      gone |= held.gone();
      waits |= held.waits;
      lacks |= (!held.known && !held.waits) || held.gone();
    }
    if (!changed && known) continue;
    known &= !gone;
    active_[i] = known;
    for (int v = node.first_value; v < node.first_value + node.values; ++v) {
      Held& held = values_[v];
      held.value.rows = known ? rows_of(held.value.type) : 0;
      const bool has_rows = held.value.rows > 0;  // not where no window of a stream is complete
      held.known = held.changed = known && has_rows;
      held.waits = known ? !has_rows : waits && !lacks;
    }
  }
}

void Session::check_carried(int state, index sequences) const {
  const index carried = states_[state].sequences;
  if (!from_state_ || carried == 0 || carried == sequences) return;
  const std::string& node = model_.nodes()[model_.states()[state].node].name;
  throw Error(Status::invalid_argument, text("node '", node, "': the carried state is of ", carried, " sequences, this batch has ", sequences,
                                             "; reset the state first"));
}

void Session::check_nodes() {
  for (std::size_t i = 0; i < active_.size(); ++i) {
    const NodeInfo& node = model_.nodes()[i];
    if (!active_[i]) continue;
    for (int s = node.first_state; s < node.first_state + node.states; ++s) {
      check_carried(s, axes_[model_.states()[s].axis].sequences());
    }
    node.op->check(NodeRun(*this, static_cast<int>(i), nullptr));
  }
}

void Session::run_nodes(Metrics& metrics) {
  const Threads::Call call(*threads_);
  for (std::size_t i = 0; i < active_.size(); ++i) {
    const NodeInfo& node = model_.nodes()[i];
    if (!active_[i]) continue;
    NodeRun run(*this, static_cast<int>(i), &metrics);
    node.op->forward(run);
    scratch_->release();
    if (node.loss) metrics.loss += static_cast<double>(values_[node.first_value].value.data[0]);
    release_values(static_cast<int>(i));
  }
}

// Where the nodes that ran ended becomes where the next call starts. A second swap takes that back.
void Session::swap_states() {
  for (std::size_t i = 0; i < active_.size(); ++i) {
    const NodeInfo& node = model_.nodes()[i];
    if (!active_[i]) continue;
    for (int s = node.first_state; s < node.first_state + node.states; ++s) {
      if (!model_.states()[s].phase) states_[s].swap();
    }
  }
  swap_phases();
}

// After a failure nothing that was computed counts, nor lengths of which some may be derived and others not yet.
void Session::forget_all() {
  scratch_->drop();
  if (bench_ != nullptr) bench_->drop();
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    if (model_.axes()[a].derived()) axes_[a].clear();
  }
  repeatable_ = true;
  for (Held& held : values_) {
    repeatable_ = repeatable_ && (held.changed || !held.kept || !(held.known || held.waits));
    held.known = held.changed = held.waits = false;
    held.call = 0;
  }
}

// Those of values: a gradient has the rows of the forward call that it came after.
void Session::forget_gradients() {
  for (Held& held : values_) {
    held.reached = false;
    held.value.grad = nullptr;
  }
}

void Session::clear() {
  if (step_plan_ != nullptr) step_plan_->valid = false;
  can_go_back_ = false;
  forget_gradients();
  for (Held& held : values_) held.known = held.changed = held.waits = false;
  for (Packed& axis : axes_) axis.clear();
  std::fill(stepped_.begin(), stepped_.end(), false);
  std::fill(streamed_.begin(), streamed_.end(), false);
  for (const auto& local : locals_) {
    if (local != nullptr) local->clear();
  }
  reset_state();
  if (train_) zero_gradients();
}

Metrics Session::forward(const std::vector<AxisLengths>& axes, const std::vector<Feed>& feeds) {
  if (step_plan_ != nullptr) step_plan_->valid = false;
  can_go_back_ = false;
  from_state_ = carry_;
  drawn_ = position_;
  repeatable_ = true;
  forget_gradients();  // of other rows
  for (Held& held : values_) held.changed = false;
  Metrics metrics;
  const Loan loan(*this);
  try {
    set_axes(axes, feeds);
    move_fed_axes(feeds);
    derive_axes(false);
    for (const Feed& feed : feeds) set_feed(feed);
    choose_nodes();
    check_nodes();
    run_nodes(metrics);
  } catch (...) {
    forget_all();
    throw;
  }
  swap_states();
  if (train_) {
    ++position_;
    can_go_back_ = true;
  }
  return metrics;
}

// ---- Backward -----------------------------------------------------------------------------------------------------------------------

void Session::backward(const std::vector<Seed>& seeds) {
  if (!train_) throw Error(Status::invalid_state, "backward needs a training session (TG_TRAIN)");
  if (!can_go_back_) throw Error(Status::invalid_state, "backward needs a forward call before it");
  forget_gradients();
  for (const Seed& seed : seeds) {
    require_forward(seed.value);
    Held& held = values_[seed.value];
    const std::string& name = model_.values()[seed.value].name;
    const index count = held.value.rows * held.value.type.cols;
    if (seed.data == nullptr) throw Error(Status::invalid_argument, text("the gradient of '", name, "' is null"));
    if (seed.count != count || !held.changed) {
      throw Error(Status::invalid_argument, text("the gradient of '", name, "' has ", seed.count, " elements, expected ", count,
                                                 held.changed ? "" : "; and the last forward call did not evaluate it"));
    }
    held.reached = true;
  }
  // Which values a gradient reaches, from the losses and the seeds towards the inputs.
  for (std::size_t i = active_.size(); i-- > 0;) {
    const NodeInfo& node = model_.nodes()[i];
    in_backward_[i] = 0;
    if (!active_[i]) continue;
    if (node.loss) values_[node.first_value].reached = true;
    bool reached = false;
    for (int v = node.first_value; v < node.first_value + node.values; ++v) reached |= values_[v].reached;
    if (!reached || !node.needs_gradient) continue;
    in_backward_[i] = 1;
    for (const int input : node.inputs) {
      values_[input].reached |= values_[input].changed && model_.nodes()[model_.values()[input].node].needs_gradient;
    }
  }
  try {
    run_backward(seeds);
    accumulated_ = true;
  } catch (...) {
    scratch_->drop();
    forget_gradients();
    repeatable_ = !accumulated_;
    zero_gradients();  // or what was added before the failure would count in the next update
    throw;
  }
}

void Session::run_backward(const std::vector<Seed>& seeds) {
  const Threads::Call call(*threads_);
  for (Held& held : values_) {
    if (!held.reached) continue;
    const index count = held.value.rows * held.value.type.cols;
    held.value.grad = shown_block(held.grad, count);
    std::fill_n(held.value.grad, count, real{0});
  }
  for (const NodeInfo& node : model_.nodes()) {
    if (node.loss && values_[node.first_value].reached && values_[node.first_value].changed) values_[node.first_value].value.grad[0] = 1;
  }
  for (const Seed& seed : seeds) kernels_.add(values_[seed.value].value.grad, seed.data, seed.count);
  for (std::size_t i = in_backward_.size(); i-- > 0;) {
    if (!in_backward_[i]) continue;
    NodeRun run(*this, static_cast<int>(i), nullptr);
    model_.nodes()[i].op->backward(run);
    scratch_->release();
  }
}

void Session::zero_gradients() {
  accumulated_ = false;
  std::fill_n(gradients(), model_.slab_count(), real{0});
}

double Session::update(Optimizer& optimizer, const StepSettings& step) {
  if (!train_) throw Error(Status::invalid_state, "an update needs a training session (TG_TRAIN)");
  const double norm = gradient_norm(gradients_.data(), model_.trainable(), step.norm);
  if (std::isfinite(norm)) {
    if (step.clip_norm > 0) clip_norm(gradients_.data(), model_.trainable(), norm, step.clip_norm);
    if (step.clip_value > 0) clip_value(gradients_.data(), model_.trainable(), step.clip_value);
    optimizer.begin_step();
    for (const Range& range : model_.trainable()) {
      optimizer.update(model_.slab(), gradients_.data(), range.begin, range.end, step.learning_rate);
    }
  }
  zero_gradients();
  return norm;
}

Metrics Session::train(const std::vector<AxisLengths>& axes, const std::vector<Feed>& feeds, Optimizer& optimizer,
                       const StepSettings& step) {
  if (!train_) throw Error(Status::invalid_state, "training needs a training session (TG_TRAIN)");
  Metrics metrics = forward(axes, feeds);
  if (!std::isfinite(metrics.loss)) {
    swap_states();  // a stream must not go on from numbers that are none
    return metrics;
  }
  try {
    backward({});
  } catch (...) {
    swap_states();
    position_ = drawn_;
    throw;
  }
  metrics.gradient_norm = update(optimizer, step);
  return metrics;
}

// ---- Views --------------------------------------------------------------------------------------------------------------------------

void Session::require_forward(int value) const {
  if (value < 0 || value >= static_cast<int>(values_.size())) {
    throw Error(Status::invalid_argument, text("value ", value, " does not exist; the model has ", values_.size()));
  }
  const ValueInfo& info = model_.values()[value];
  if (info.type.kind != Kind::real) throw Error(Status::invalid_argument, text("'", info.name, "' holds ids, not numbers"));
  if (!values_[value].kept) {
    throw Error(Status::invalid_state, text("'", info.name, "' is not kept by this session; name it where the session is made"));
  }
  if (!values_[value].known && !values_[value].waits) {
    throw Error(Status::invalid_state, text("'", info.name, "' has not been evaluated: the inputs that it needs were not given"));
  }
}

const Value& Session::output(int value) const {
  require_forward(value);
  return values_[value].value;
}

real* Session::output_rows(int value) const {
  require_forward(value);
  return values_[value].data.data();
}

const Value& Session::output_gradient(int value) const {
  require_forward(value);
  if (!values_[value].reached || values_[value].value.grad == nullptr) {
    throw Error(Status::invalid_state, text("'", model_.values()[value].name, "' has no gradient: backward has not reached it",
                                            " (an input needs gradient=true)"));
  }
  return values_[value].value;
}

real* Session::gradient(int parameter) const {
  real* all = gradients();
  const ParameterInfo& info = model_.parameters()[parameter];
  return info.trainable ? all + info.offset : nullptr;
}

real* Session::gradients() const {
  if (!train_) throw Error(Status::invalid_state, "gradients need a training session (TG_TRAIN)");
  return gradients_.data();
}

void Session::set_threads(int count) {
  if (count < 1 || count > 1024) throw Error(Status::invalid_argument, text("threads=", count, "; expected 1 ... 1024"));
  if (count == threads_->count()) return;
  threads_ = std::make_unique<Threads>(count);
  if (step_plan_ != nullptr) step_plan_->valid = false;  // it refers to the threads
}

index Session::bytes() const {
  index total = static_cast<index>(sizeof *this) + own_scratch_.bytes() + gradients_.bytes();
  for (const Buffer<real>& block : outgrown_) total += block.bytes();
  for (const Packed& axis : axes_) total += axis.bytes();
  for (const Packed& axis : selected_axes_) total += axis.bytes();
  for (const auto* all : {&phases_, &selected_phases_}) {
    for (const Counted<index>& phases : *all) total += static_cast<index>(phases.capacity() * sizeof(index));
  }
  total += static_cast<index>(derived_.capacity() * sizeof(std::int32_t));
  total += static_cast<index>(chosen_.capacity() * sizeof(std::int32_t));
  for (const Held& held : values_) {
    total += static_cast<index>(sizeof held) + held.data.bytes() + held.grad.bytes() + held.selected.bytes();
  }
  for (const auto& node : saved_) {
    for (const auto& block : node) total += block.bytes();
  }
  for (const auto& local : locals_) total += local == nullptr ? 0 : local->bytes();
  for (const Carried& state : states_) total += static_cast<index>(sizeof state) + state.now.bytes() + state.next.bytes();
  if (step_plan_ != nullptr) total += step_plan_->bytes();
  return total;
}

}  // namespace tidegate
