// One node's call inside a session: what an op sees of it (ops/op.h, Run).
#pragma once

#include "graph/session.h"

namespace tidegate {

class Session::NodeRun final : public Run {
 public:
  NodeRun(Session& session, int number, Metrics* metrics)
      : session_(session), number_(number), node_(session.model_.nodes()[number]), metrics_(metrics) {
    train = session.train_;
    carries = session.from_state_;
    k = &session.kernels_;
    scratch = session.scratch_;
    threads = session.threads_.get();
    prepared = node_.prepared.get();
    local = session.locals_[number].get();
  }

  const NodeInfo& node() const { return node_; }
  int number() const { return number_; }

  const Value& in(int i) const override { return session_.values_[node_.inputs[i]].value; }
  const Packed& axis(int axis) const override { return session_.axes_[axis]; }
  index first_window_end(int axis, index sequence) const override {
    return session_.model_.axes()[axis].windows.stride - 1 - session_.phases_[axis][sequence];
  }
  const real* parameter(int i) const override { return session_.model_.parameter(node_.parameters[i]); }
  real* gradient(int i) const override {
    return node_.trainable && info(i).trainable ? session_.gradients_.data() + info(i).offset : nullptr;
  }

  real* out(int port) override {
    Held& held = session_.values_[node_.first_value + port];
    real* data = session_.value_block(held, checked_product(node_.name.c_str(), held.value.rows, held.value.type.cols));
    held.value.data = data;
    ++held.value.version;
    return data;
  }
  bool wanted(int port) const override {
    const Held& held = session_.values_[node_.first_value + port];
    return held.kept || held.last_reader >= 0;
  }
  void out_ids(int port, const std::int32_t* ids) override { session_.values_[node_.first_value + port].value.ids = ids; }
  const Value& result(int port) const override { return session_.values_[node_.first_value + port].value; }
  real* result_rows(int port) override { return session_.values_[node_.first_value + port].data.data(); }

  real* save(int slot, index count) override {
    auto& blocks = session_.saved_blocks(number_);
    if (slot >= static_cast<int>(blocks.size())) blocks.resize(slot + 1);
    return blocks[slot].need(count);
  }
  real* saved(int slot) const override {
    const auto& blocks = session_.saved_blocks(number_);
    return slot < static_cast<int>(blocks.size()) ? blocks[slot].data() : nullptr;
  }

  const real* state(int i) const override {
    const Carried& state = session_.states_[node_.first_state + i];
    return session_.from_state_ && state.sequences > 0 ? state.now.data() : nullptr;
  }
  real* next_state(int i) override {
    const StateInfo& info = session_.model_.states()[node_.first_state + i];
    Carried& state = session_.states_[node_.first_state + i];
    state.next_sequences = session_.axes_[info.axis].sequences();
    return session_.next_block(node_.first_state + i, checked_product("state", state.next_sequences, info.cols));
  }

  Random random() const override {
    return Random(session_.seed_ + session_.drawn_ * 0x9e3779b97f4a7c15u, Random::stream(node_.name));
  }
  void count_targets(index n) override { metrics_->targets += n; }
  [[noreturn]] void fail(const std::string& what) const override {
    throw Error(Status::invalid_argument, text("node '", node_.name, "' (", node_.kind->name, "): ", what));
  }

 private:
  const ParameterInfo& info(int i) const { return session_.model_.parameters()[node_.parameters[i]]; }

  Session& session_;
  const int number_;
  const NodeInfo& node_;
  Metrics* metrics_;
};

}  // namespace tidegate
