// The axes of a call: lengths that the caller gives, and those that follow from them. A stream's windows may reach over several calls: how far
// it has come since the last one that was complete, its phase, is a carried state of the axis that the windows lie on.
//
// It begins at Windows::phase, and becomes more by each row, less by stride for each window that was complete.
#include <algorithm>
#include <cmath>

#include "graph/session.h"

namespace tidegate {

namespace {

index least_phase(const Windows& windows) { return std::min<index>(0, windows.phase()); }

}  // namespace

// What lengths claim is compared with what is fed on their axis before all of them are read and memory is taken for them.
void Session::check_fed(const AxisLengths& given, const std::vector<Feed>& feeds) const {
  for (const Feed& feed : feeds) {
    const ValueInfo& info = input_info(feed.value);
    if (info.type.axis != given.axis || given.lengths == nullptr || given.sequences < 1) continue;
    if (info.type.per == Per::sequence || feed.count / info.type.cols < given.sequences) {
      check_count(info, feed, given.sequences);  // per step there are at least as many rows
      continue;
    }
    index rows = 0;
    for (std::int32_t s = 0; s < given.sequences && rows >= 0; ++s) rows = given.lengths[s] < 1 ? -1 : rows + given.lengths[s];
    if (rows >= 0) check_count(info, feed, rows);  // else Packed says which length is none
  }
}

void Session::set_axes(const std::vector<AxisLengths>& axes, const std::vector<Feed>& feeds) {
  std::fill(moves_.begin(), moves_.end(), false);
  for (const AxisLengths& given : axes) {
    if (given.axis < 0 || given.axis >= static_cast<int>(axes_.size())) {
      throw Error(Status::invalid_argument, text("axis ", given.axis, " does not exist; the model has ", axes_.size()));
    }
    const AxisInfo& info = model_.axes()[given.axis];
    if (info.derived()) {
      throw Error(Status::invalid_argument, text("the lengths of axis '", info.name, "' follow from those of '", model_.axes()[info.root].name,
                                                 "'; give these"));
    }
    if (moves_[given.axis]) throw Error(Status::invalid_argument, text("the lengths of axis '", info.name, "' are given twice"));
    check_fed(given, feeds);
    forget_axis(given.axis, false);
    stepped_[given.axis] = false;
    moves_[given.axis] = true;
    try {
      axes_[given.axis].set(given.lengths, given.sequences);
    } catch (const Error& error) {
      throw Error(error.status, text("axis '", info.name, "': ", error.what()));
    }
    clear_derived_axes(given.axis);
  }
}

// Until they are derived again: they never have lengths that do not follow from their root's.
void Session::clear_derived_axes(int root) {
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const AxisInfo& info = model_.axes()[a];
    if (info.derived() && info.root == root) axes_[a].clear();
  }
}

// Every value on the axis, or every value per step, is unknown now, and so is all that was computed from one.
void Session::forget_axis(int axis, bool keep_per_sequence) {
  for (const NodeInfo& node : model_.nodes()) {
    bool stale = false;
    for (const int input : node.inputs) stale |= !values_[input].known;
    for (int v = node.first_value; v < node.first_value + node.values; ++v) {
      const Type& type = values_[v].value.type;
      if (!stale && (type.axis != axis || (keep_per_sequence && type.per == Per::sequence))) continue;
      values_[v].known = values_[v].waits = false;
    }
  }
}

// With the state carried, rows that are fed go on from the rows before them, also where they are as many. Without it they are whole sequences:
// what was derived in a stream is derived anew where the call comes to it.
void Session::move_fed_axes(const std::vector<Feed>& feeds) {
  if (!from_state_) return move_streamed_axes(feeds);
  for (const Feed& feed : feeds) {
    const Type& type = input_info(feed.value).type;
    if (type.per == Per::step && !model_.axes()[type.axis].derived() && !axes_[type.axis].empty()) moves_[type.axis] = true;
  }
}

void Session::move_streamed_axes(const std::vector<Feed>& feeds) {
  if (std::find(streamed_.begin(), streamed_.end(), char{true}) == streamed_.end()) return;
  for (const Feed& feed : feeds) {
    input_info(feed.value);
    values_[feed.value].changed = true;
  }
  for (const NodeInfo& node : model_.nodes()) {
    bool changed = false;
    for (const int input : node.inputs) changed |= values_[input].changed;
    for (int v = node.first_value; v < node.first_value + node.values; ++v) {
      Held& held = values_[v];
      held.changed |= changed;
      if (!held.changed || held.value.type.axis < 0) continue;
      const int root = model_.axes()[held.value.type.axis].root;
      if (streamed_[root] && !axes_[root].empty()) moves_[root] = true;
    }
  }
  for (Held& held : values_) held.changed = false;
}

void Session::derive_axes(bool keep_per_sequence) {
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const AxisInfo& info = model_.axes()[a];
    if (!info.derived() || axes_[info.source].empty()) continue;
    if (!moves_[info.source] && !axes_[a].empty()) continue;
    moves_[a] = true;
    stepped_[a] = stepped_[info.root];
    const index had = axes_[a].sequences();
    derive_axis(static_cast<int>(a));
    forget_axis(static_cast<int>(a), keep_per_sequence && axes_[a].sequences() == had);
  }
}

bool Session::derive_axis(int axis) {
  const AxisInfo& info = model_.axes()[axis];
  const Packed& source = axes_[info.source];
  const index n = source.sequences();
  streamed_[info.root] = from_state_;
  Packed& packed = axes_[axis];
  derived_.resize(static_cast<std::size_t>(n));
  real* next = nullptr;
  if (info.phase >= 0) {
    check_derived_carries(info, n);
    phases_[axis].resize(static_cast<std::size_t>(n));
    Carried& state = states_[info.phase];
    next = state.next.need(n);
    state.next_sequences = n;
  }
  bool same = packed.sequences() == n;
  for (index s = 0; s < n; ++s) {
    const index rows = source.length(source.rank(s));
    index count = rows * info.times;
    if (next != nullptr) {
      const index phase = phases_[axis][s] = phase_of(info, s);
      count = info.windows.complete(phase, rows + info.windows.after);
      next[s] = static_cast<real>(std::max(least_phase(info.windows), phase + rows - count * info.windows.stride));
      if (count == 0 && !from_state_) fail_too_short(info, s, rows);
    }
    if (count > INT32_MAX) {
      throw Error(Status::invalid_argument, text("axis '", info.name, "': sequence ", s, " would have ", count, " rows"));
    }
    same = same && packed.length(packed.rank(s)) == count;
    derived_[s] = static_cast<std::int32_t>(count);
  }
  if (!same) packed.set_derived(derived_.data(), static_cast<std::int32_t>(n));
  return same;
}

// In a stream the rows that a window would need behind the sequence are unknown, and so is whether it ends.
void Session::check_derived_carries(const AxisInfo& info, index sequences) const {
  check_carried(info.phase, sequences);
  if (!from_state_ || info.windows.after == 0) return;
  const NodeInfo& node = model_.nodes()[info.node];
  throw Error(Status::invalid_argument, text("node '", node.name, "' (", node.kind->name, ") pads the end of a sequence with ", info.windows.after,
                                             info.windows.after == 1 ? " row" : " rows", ", so it can only take whole sequences, without a carried state; ",
                                             "pad its beginning alone to stream it"));
}

index Session::phase_of(const AxisInfo& info, index sequence) const {
  const index least = least_phase(info.windows);
  const Carried& state = states_[info.phase];
  if (!from_state_ || state.sequences == 0) return info.windows.phase();
  const real phase = state.now.data()[sequence];
  // A state that was given may hold anything; a NaN fails every comparison.
  if (phase >= static_cast<real>(least) && phase < static_cast<real>(info.windows.stride) && phase == std::floor(phase)) {
    return static_cast<index>(phase);
  }
  throw Error(Status::invalid_argument, text("the carried state says that sequence ", sequence, " of '", model_.states()[info.phase].name, "' is at ",
                                             phase, "; expected a whole number from ", least, " to ", info.windows.stride - 1, "; reset the state"));
}

void Session::fail_too_short(const AxisInfo& info, index sequence, index rows) const {
  const NodeInfo& node = model_.nodes()[info.node];
  const index least = info.windows.span - info.windows.before - info.windows.after;
  throw Error(Status::invalid_argument, text("sequence ", sequence, " of axis '", model_.axes()[info.source].name, "' has ", rows,
                                             rows == 1 ? " row" : " rows", "; node '", node.name, "' (", node.kind->name, ") needs at least ", least));
}

void Session::swap_phases() {
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    const int phase = model_.axes()[a].phase;
    if (phase >= 0 && moves_[a]) states_[phase].swap();
  }
}

}  // namespace tidegate
