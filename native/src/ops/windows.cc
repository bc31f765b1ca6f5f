#include "ops/windows.h"

#include <algorithm>

#include "ops/rows.h"

namespace tidegate {

namespace {

constexpr index kMostTaps = index{1} << 20;
constexpr index kMostSpan = index{1} << 24;  // of a stream, whose carried state counts rows in reals: whole numbers up to here

}  // namespace

WindowShape WindowShape::read(const Declaration& node, const char* size_key, bool convolution) {
  const Attributes& a = node.attributes();
  WindowShape shape;
  shape.size = a.integer(size_key, 1, kMostTaps);
  shape.stride = a.integer("stride", 1, kMostTaps, convolution ? 1 : shape.size);
  if (convolution) {
    shape.dilation = a.integer("dilation", 1, kMostTaps, 1);
    shape.edge = a.choice("pad_mode", {"zero", "reflect"}, "zero") == "reflect" ? Edge::reflect : Edge::zero;
  }
  const std::vector<double> pad = a.numbers("pad");
  if (pad.size() > 2) node.fail(text("pad has ", pad.size(), " numbers; expected one for both sides, or two: before,after"));
  for (const double p : pad) {
    if (is_whole(p, 0, shape.span() - 1)) continue;
    node.fail(text("pad=", a.word("pad"), ": expected whole numbers from 0 to ", shape.span() - 1, ", less than a window is long (", shape.span(), ")"));
  }
  if (!pad.empty()) {
    shape.before = static_cast<index>(pad.front());
    shape.after = static_cast<index>(pad.back());
  }
  return shape;
}

void StepWindows::infer(Declaration& node, const WindowShape& shape) {
  shape_ = shape;
  input_ = node.input(0);
  if (input_.kind != Kind::real || input_.per != Per::step) {
    node.fail(text("input ", node.describe(0), ": expected real numbers per step, whose steps the windows go over"));
  }
  if (shape.span() > kMostSpan) node.fail(text("a window is ", shape.span(), " rows long; expected at most ", kMostSpan));
  name_ = node.describe(0);
  axis_ = node.window_axis(input_.axis, shape.windows());
  // The rows, and how many of them there are.
  if (kept_rows() > 0) state_ = node.state("history", input_.axis, checked_sum("history", checked_product("history", kept_rows(), input_.cols), 1));
}

void StepWindows::check(const Run& run) const {
  if (run.carries) {
    if (shape_.after > 0) {
      run.fail(text("it reads ", shape_.after, shape_.after == 1 ? " row" : " rows", " ahead (pad=", shape_.before, ",", shape_.after,
                    "), so it can only take whole sequences, without a carried state; pad=", shape_.span() - 1, ",0 streams"));
    }
    if (shape_.before > 0 && shape_.edge == WindowShape::Edge::reflect) {
      run.fail("it reflects the beginning of a sequence, so it can only take whole sequences, without a carried state; pad_mode=zero streams");
    }
    return;
  }
  if (shape_.edge == WindowShape::Edge::zero) return;
  const Packed& from = run.axis(input_.axis);
  const index shortest = from.length(from.sequences() - 1), needed = std::max(shape_.before, shape_.after) + 1;
  if (shortest < needed) {
    run.fail(text("input ", name_, ": sequence ", from.order(from.sequences() - 1), " has ", shortest, " rows; to be reflected over ", needed - 1,
                  ", it needs at least ", needed));
  }
}

void StepWindows::begin(Run& run) const {
  if (state_ < 0 || !run.train || !run.carries) return;
  const index count = checked_product("history", run.axis(input_.axis).sequences(), history_cols());
  copy_or_clear(run.state(state_), count, run.save(kHistory, count));
}

index StepWindows::seen(const Run& run, index rank) const {
  const real* state = history(run);
  if (state == nullptr) return 0;
  const real count = state[run.axis(input_.axis).order(rank) * history_cols() + history_cols() - 1];
  return count >= 0 && count < static_cast<real>(kept_rows()) ? static_cast<index>(count) : kept_rows();
}

void StepWindows::keep(Run& run) const {
  if (state_ < 0) return;
  const Packed& from = run.axis(input_.axis);
  const real* x = run.in(0).data;
  const index cols = input_.cols;
  real* next = run.next_state(state_);
  for (index rank = 0; rank < from.sequences(); ++rank) {
    const index sequence = from.order(rank), length = from.length(rank);
    real* to = next + sequence * history_cols();
    for (index i = 0; i < kept_rows(); ++i) {
      const index position = length - kept_rows() + i;
      const real* row = position >= 0 ? x + from.row(rank, position) * cols : run.carries ? history_row(run, sequence, position) : nullptr;
      copy_or_clear(row, cols, to + i * cols);
    }
    to[history_cols() - 1] = static_cast<real>(std::min(kept_rows(), seen(run, rank) + length));
  }
}

void RowWindows::infer(const Declaration& node, const WindowShape& read) {
  const Type x = node.input(0);
  if (x.kind != Kind::real) node.fail(text("input ", node.describe(0), ": expected real numbers"));
  shape = read;
  channels = node.attributes().integer("channels", 1, x.cols);
  if (x.cols % channels != 0) node.fail(text("channels=", channels, " does not divide the columns of input ", node.describe(0)));
  positions = x.cols / channels;
  windows = shape.windows().count(positions);
  if (windows == 0) {
    node.fail(text("input ", node.describe(0), ": ", positions, positions == 1 ? " position" : " positions", " of ", channels,
                   channels == 1 ? " channel" : " channels", " and ", shape.before + shape.after, " of padding; a window is ", shape.span(), " long"));
  }
  checked_product("columns", channels, windows);
  const index reflected = std::max(shape.before, shape.after);
  if (shape.edge == WindowShape::Edge::reflect && reflected >= positions) {
    node.fail(text("pad_mode=reflect: ", reflected, " positions of padding need ", reflected + 1, " positions; input ", node.describe(0), " has ", positions));
  }
}

}  // namespace tidegate
