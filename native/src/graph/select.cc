// Session::select: gathers sequences of an axis, with the values and states of them that are known. All sizes are checked first, then all
// memory is allocated; what follows cannot fail.
#include <algorithm>
#include <cstring>
#include <utility>

#include "graph/step_plan.h"

namespace tidegate {

namespace {

index elements(const Type& type) { return type.kind == Kind::real ? type.cols : 1; }  // of a row as it is stored

}  // namespace

void Session::select(int axis, const std::int32_t* chosen, std::int32_t count) {
  if (train_) throw Error(Status::invalid_state, "a training session cannot select sequences: make a session that infers (TG_INFER)");
  if (axis < 0 || axis >= static_cast<int>(axes_.size())) {
    throw Error(Status::invalid_argument, text("axis ", axis, " does not exist; the model has ", axes_.size()));
  }
  const AxisInfo& info = model_.axes()[axis];
  const std::string& name = info.name;
  if (info.derived()) {
    throw Error(Status::invalid_argument, text("axis '", name, "' has the sequences of axis '", model_.axes()[info.root].name, "'; select these"));
  }
  selecting_ = axis;
  const index had = sequences_to_choose_from(axis);
  if (count < 1) throw Error(Status::invalid_argument, text("axis '", name, "': ", count, " sequences were chosen; at least 1 is needed"));
  if (chosen == nullptr) throw Error(Status::invalid_argument, text("axis '", name, "': the chosen sequences are null"));
  chosen_.assign(chosen, chosen + count);
  for (std::int32_t i = 0; i < count; ++i) {
    if (chosen_[i] >= 0 && chosen_[i] < had) continue;
    throw Error(Status::invalid_argument, text("axis '", name, "': chosen[", i, "] is ", chosen_[i], "; the axis has sequences 0 to ",
                                               had - 1));
  }
  choose_kept(axis);
  check_selection_sizes(count);
  make_room_for_selection(count);

  // Nothing can fail any more.
  for (const NodeInfo& node : model_.nodes()) {
    bool waits = false;
    for (const int input : node.inputs) waits |= values_[input].waits;
    for (int v = node.first_value; v < node.first_value + node.values; ++v) {
      Held& held = values_[v];
      held.known = kept_[v];
      if (!in_selection(held.value.type.axis)) continue;
      if (kept_[v] && held.kept) select_value(held);
      held.waits = kept_[v] && (waits || held.value.rows == 0);  // none of the chosen sequences may have rows of a derived axis
      if (!held.waits) continue;
      held.known = false;
      held.value.rows = 0;
    }
  }
  for (std::size_t s = 0; s < states_.size(); ++s) {
    const StateInfo& info = model_.states()[s];
    Carried& state = states_[s];
    if (!in_selection(info.axis) || state.sequences == 0) continue;
    const real* now = state.now.data();
    for (index i = 0; i < count; ++i) std::copy_n(now + chosen_[i] * info.cols, info.cols, state.next.data() + i * info.cols);
    state.next_sequences = count;
    state.swap();
  }
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    if (!in_selection(static_cast<int>(a)) || axes_[a].empty()) continue;
    std::swap(axes_[a], selected_axes_[a]);
    phases_[a].swap(selected_phases_[a]);
  }
  if (step_plan_ != nullptr) step_plan_->valid = false;  // it knows where the values were
}

// As many as the axis's lengths are; where it has none yet, as many as the state that its nodes carry is of.
index Session::sequences_to_choose_from(int axis) const {
  index had = axes_[axis].sequences();
  for (std::size_t s = 0; s < states_.size(); ++s) {
    const StateInfo& info = model_.states()[s];
    if (!in_selection(info.axis) || states_[s].sequences == 0) continue;
    if (had == 0) had = states_[s].sequences;
    if (had == states_[s].sequences) continue;
    throw Error(Status::invalid_state, text("axis '", model_.axes()[axis].name, "' has ", had, " sequences, but the state that node '",
                                            model_.nodes()[info.node].name, "' carries is of ", states_[s].sequences,
                                            "; reset the state, or make a call with as many sequences first"));
  }
  if (had > 0) return had;
  throw Error(Status::invalid_state, text("axis '", model_.axes()[axis].name, "' has no sequences to choose from: its lengths were ",
                                          "never given, and no state is carried"));
}

// Known values stay known, but for those of the whole batch, the rows of a step, which the next step discards anyhow, row numbers of rows
// that move, and all that was computed from one of these.
void Session::choose_kept(int axis) {
  const auto on_axis = [&](int value) { return in_selection(values_[value].value.type.axis); };
  kept_.assign(values_.size(), true);
  for (const NodeInfo& node : model_.nodes()) {
    const int numbers = node.op->row_numbers();
    if (numbers >= 0 && on_axis(node.inputs[0])) kept_[node.inputs[numbers]] = false;
  }
  for (const NodeInfo& node : model_.nodes()) {
    bool keeps = true, reads_axis = false;
    for (const int input : node.inputs) {
      keeps = keeps && kept_[input];
      reads_axis = reads_axis || on_axis(input);
    }
    for (int v = node.first_value; v < node.first_value + node.values; ++v) {
      const Per per = values_[v].value.type.per;
      const bool goes = (per == Per::batch && reads_axis) || (per == Per::step && on_axis(v) && stepped_[axis]);
      kept_[v] = kept_[v] && keeps && values_[v].known && !goes;
    }
  }
}

void Session::check_selection_sizes(std::int32_t count) const {
  index bytes = 0;
  const auto rows_of_chosen = [&](const Packed& from) {
    index rows = 0;
    for (std::int32_t i = 0; i < count && !from.empty(); ++i) rows += from.length(from.rank(chosen_[i]));
    return rows;
  };
  const auto add = [&](const std::string& name, index n, index cols) {
    const char* what = name.c_str();
    bytes = checked_sum(what, bytes, checked_product(what, checked_product(what, n, cols), sizeof(real)));
  };
  for (std::size_t v = 0; v < values_.size(); ++v) {
    const Type& type = values_[v].value.type;
    if (!kept_[v] || !values_[v].kept || !in_selection(type.axis)) continue;
    add(model_.values()[v].name, type.per == Per::step ? rows_of_chosen(axes_[type.axis]) : count, elements(type));
  }
  for (std::size_t s = 0; s < states_.size(); ++s) {
    const StateInfo& info = model_.states()[s];
    if (in_selection(info.axis) && states_[s].sequences > 0) add(info.name, count, info.cols);
  }
  check_memory(bytes);
}

void Session::make_room_for_selection(std::int32_t count) {
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    if (!in_selection(static_cast<int>(a)) || axes_[a].empty()) continue;
    selected_axes_[a].select(axes_[a], chosen_.data(), count);
    selected_phases_[a].clear();
    for (std::int32_t i = 0; i < count && !phases_[a].empty(); ++i) selected_phases_[a].push_back(phases_[a][chosen_[i]]);
  }
  for (std::size_t v = 0; v < values_.size(); ++v) {
    Held& held = values_[v];
    const Type& type = held.value.type;
    if (!kept_[v] || !held.kept || !in_selection(type.axis)) continue;
    const index rows = type.per == Per::step ? selected_axes_[type.axis].rows() : count;
    shown_block(held.selected, rows * elements(type));
  }
  for (std::size_t s = 0; s < states_.size(); ++s) {
    const StateInfo& info = model_.states()[s];
    if (in_selection(info.axis) && states_[s].sequences > 0) states_[s].next.need(count * info.cols);
  }
}

// visit(row, the row that it comes from) of a value on the axis.
template <class Visit>
void Session::each_selected_row(const Type& type, const Visit& visit) const {
  const Packed &from = axes_[type.axis], &to = selected_axes_[type.axis];
  for (index s = 0; s < to.sequences(); ++s) {
    if (type.per == Per::sequence) {
      visit(s, chosen_[s]);
      continue;
    }
    const index rank = to.rank(s), old = from.rank(chosen_[s]);
    for (index t = 0; t < to.length(rank); ++t) visit(to.row(rank, t), from.row(old, t));
  }
}

void Session::select_value(Held& held) {
  Value& value = held.value;
  const bool real_rows = value.type.kind == Kind::real;
  const std::size_t bytes = real_rows ? static_cast<std::size_t>(value.type.cols) * sizeof(real) : sizeof(std::int32_t);
  const auto* from = real_rows ? reinterpret_cast<const char*>(value.data) : reinterpret_cast<const char*>(value.ids);
  auto* to = reinterpret_cast<char*>(held.selected.data());
  each_selected_row(value.type, [&](index row, index old) {
    std::memcpy(to + static_cast<std::size_t>(row) * bytes, from + static_cast<std::size_t>(old) * bytes, bytes);
  });
  held.data.swap(held.selected);
  if (real_rows) {
    value.data = held.data.data();
  } else {
    value.ids = reinterpret_cast<const std::int32_t*>(held.data.data());
  }
  const Packed& packed = selected_axes_[value.type.axis];
  value.rows = value.type.per == Per::step ? packed.rows() : packed.sequences();
  ++value.version;  // invalidates what nodes keep of the old rows (ProjectedKeys)
}

}  // namespace tidegate
