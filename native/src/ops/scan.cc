#include "ops/scan.h"

#include <algorithm>

#include "ops/scan_over_steps.h"
#include "ops/scan_step.h"

namespace tidegate {

namespace {

constexpr index kUnitGrain = 128;  // units of a step that are worth a thread of their own, where there are few sequences

// Steps of so many ranks that take about 50 us: what a thread does at a time.
index steps_at_once(const Scan& scan, index ranks) {
  constexpr index kWork = index{1} << 21;  // multiplications
  return kWork / std::max<index>(1, multiplications(scan, ranks)) + 1;
}

}  // namespace

StepRows step_rows(const Packed& packed, index step, index begin, index end) {
  const index active = std::min(end, packed.count(step));
  return {step, begin, std::max<index>(0, active - begin), packed.offset(step) + begin};
}

const real* state_before(const Scan& scan, int s, const StepRows& at, index* ld) {
  if (at.step == 0) {
    *ld = scan.state_width(s);
    return scan.initial[s] + at.begin * *ld;
  }
  *ld = scan.state_ld(s);
  return scan.state(s) + scan.state_row(s, at.step - 1, at.begin) * *ld;
}

CellRows cell_rows(const Scan& scan, const StepRows& at) {
  CellRows rows;
  rows.rows = at.rows;
  rows.size = scan.size;
  rows.tape = scan.tape + (at.row - scan.tape_row) * scan.tape_width();
  rows.tape_ld = scan.tape_width();
  rows.cell = scan.cell;
  rows.vector = scan.vector;
  rows.steps = 1;
  rows.step_rows = 0;
  for (int s = 0; s < scan.cell->states; ++s) {
    rows.prev[s] = state_before(scan, s, at, &rows.prev_ld[s]);
    rows.next_ld[s] = scan.state_ld(s);
    rows.next[s] = scan.state(s) + scan.state_row(s, at.step, at.begin) * rows.next_ld[s];
  }
  return rows;
}

WeightBlock weight_block(const Scan& scan, const Product& product) {
  if (product.weight == Weight::hr) return {scan.weight_hr, 0, scan.width, scan.size};
  const index offset = product.first * scan.size * scan.width;
  return {scan.weight_hh + offset, offset, product.groups * scan.size, scan.width};
}

void clear_rows(real* rows, index ld, index count, index width) {
  for (index r = 0; r < count; ++r) std::fill_n(rows + r * ld, width, real{0});
}

bool worth_packing(const Packed& packed) { return packed.rows() >= kFewRows; }

PanelShape stage_shape(const Product& product, index size, index width) {
  if (product.weight == Weight::hr) return {1, width, size};
  return {product.groups, size, width};
}

ScanWork::ScanWork(const Scan& scan, const Kernels& k, Scratch& scratch, const Threads& threads)
    : weights_(scan.weights), kernels_(k.panels), products_(&k.products), zeros_(scratch.take_zeroed<real>(std::max(scan.size, scan.width))) {
  if (weights_ == nullptr) {
    for (int i = 0; i < scan.cell->stages; ++i) {
      const Product& product = scan.cell->stage[i].product;
      if (product.weight == Weight::none || !worth_packing(*scan.packed)) continue;
      const PanelShape shape = stage_shape(product, scan.size, scan.width);
      packed_.of[i] = PackedWeight::rows(*k.panels, shape, weight_block(scan, product).data, scratch.take<char>(k.panels->bytes(shape)));
    }
    weights_ = &packed_;
  }
  const index rows = scan.packed->sequences();
  index stage = 0;
  if (scan.input.weight != nullptr) kernels_ = scan.input.weight->kernels;
  for (int i = 0; i < scan.cell->stages; ++i) {
    const PackedWeight& weight = weights_->of[i];
    if (weight.empty()) {
      in_panels_ &= scan.cell->stage[i].product.weight == Weight::none;
      continue;
    }
    kernels_ = weight.kernels;
    stage = std::max(stage, weight.workspace(rows));
  }
  input_workspace_ = stage;
  workspace_bytes_ = stage + (scan.input.weight == nullptr ? 0 : scan.input.weight->workspace(rows));
  workspace_ = scratch.take<char>(checked_product("scan workspace", workspace_bytes_, threads.most()));
}

// One thread's part of a forward scan: the ranks [begin, end), the units that fall to part `part` of `parts`.
class ForwardScan {
 public:
  ForwardScan(const Scan& scan, const ScanWork& work, index begin, index end, int part, int parts, int thread)
      : scan_(scan), work_(work), begin_(begin), end_(end), part_(part), parts_(parts),
        workspace_(work.workspace_ + thread * work.workspace_bytes_) {}

  void run(index first, index last) const {
    for (index t = first; t < last; ++t) {
      const StepRows at = step_rows(*scan_.packed, t, begin_, end_);
      if (at.rows == 0) return;  // nor has any of these sequences a later step
      const CellRows rows = cell_rows(scan_, at);
      for (int i = 0; i < scan_.cell->stages; ++i) stage(i, at, rows, scan_.descending != (t % 2 == 1));
    }
  }

  // A stage of a step. All parts of the stage before must be done.
  void stage(index t, int number) const {
    const StepRows at = step_rows(*scan_.packed, t, begin_, end_);
    if (at.rows > 0) stage(number, at, cell_rows(scan_, at), scan_.descending != (t % 2 == 1));
  }

 private:
  void stage(int number, const StepRows& at, const CellRows& rows, bool descending) const {
    const Stage& stage = scan_.cell->stage[number];
    if (stage.whole_rows) {
      stage.forward(rows, {rows.rows * part_ / parts_, rows.rows * (part_ + 1) / parts_, 0, rows.size});
      return;
    }
    const PackedWeight& weight = work_.weights_->of[number];
    PanelPass pass;
    pass.kernel = stage.forward;
    pass.cells = &rows;
    pass.descending = descending;
    if (number == 0 && scan_.input.weight != nullptr) add_input(pass, at, rows);
    if (stage.product.weight != Weight::none) {
      if (weight.empty()) {
        multiply(stage.product, rows);
      } else {
        add_product(pass, stage.product, weight, rows);
      }
    }
    const bool to_hidden = stage.product.weight != Weight::none && stage.product.target[0] == kHidden;
    const index size = to_hidden ? scan_.width : scan_.size;
    pass.unit_end = size;
    if (parts_ > 1) {
      const index block = work_.kernels_->block, blocks = (size + block - 1) / block;
      pass.unit = blocks * part_ / parts_ * block;
      pass.unit_end = std::min(size, blocks * (part_ + 1) / parts_ * block);
    }
    if (pass.unit < pass.unit_end) work_.kernels_->run(pass);
  }

  void add_input(PanelPass& pass, const StepRows& at, const CellRows& rows) const {
    const StepInput& input = scan_.input;
    PanelProduct& p = input.weight->add_to(pass, input.x + at.row * input.x_ld, input.x_ld, at.rows, workspace_ + work_.input_workspace_);
    for (int g = 0; g < scan_.cell->gates; ++g) p.target[g] = {input.bias + g * scan_.size, 0, rows.tape + g * scan_.size, rows.tape_ld};
  }

  void add_product(PanelPass& pass, const Product& product, const PackedWeight& weight, const CellRows& rows) const {
    const bool from_hidden = product.source == kHidden;
    PanelProduct& p = weight.add_to(pass, from_hidden ? rows.prev[0] : rows.tape + product.source * scan_.size,
                                    from_hidden ? rows.prev_ld[0] : rows.tape_ld, rows.rows, workspace_);
    for (int g = 0; g < product.groups; ++g) {
      if (product.target[g] == kHidden) {
        p.target[g] = {work_.zeros_, 0, rows.next[0], rows.next_ld[0]};
      } else {
        real* column = rows.tape + product.target[g] * scan_.size;
        p.target[g] = {column, rows.tape_ld, column, rows.tape_ld};
      }
    }
  }

  // Where there are too few rows to pay for packing.
  void multiply(const Product& product, const CellRows& rows) const {
    const WeightBlock weight = weight_block(scan_, product);
    const bool from_hidden = product.source == kHidden, to_hidden = product.target[0] == kHidden;
    const real* x = from_hidden ? rows.prev[0] : rows.tape + product.source * scan_.size;
    const index x_ld = from_hidden ? rows.prev_ld[0] : rows.tape_ld;
    each_run(product, [&](int first, int count, int target) {
      const index n = to_hidden ? scan_.width : count * scan_.size;
      real* y = to_hidden ? rows.next[0] : rows.tape + target * scan_.size;
      const index y_ld = to_hidden ? rows.next_ld[0] : rows.tape_ld;
      work_.products_->nt({rows.rows, n, weight.cols, x, x_ld, weight.data + first * scan_.size * weight.cols, weight.cols,
                           to_hidden ? work_.zeros_ : y, to_hidden ? 0 : y_ld, y, y_ld});
    });
  }

  const Scan& scan_;
  const ScanWork& work_;
  const index begin_, end_;
  const int part_, parts_;
  char* const workspace_;
};

void scan_forward(const Scan& scan, const ScanWork& work, index first, index last, Threads& threads) {
  if (scan.cell->over_steps() && scan.input.weight == nullptr) return forward_over_steps(scan, first, last, threads);
  const index sequences = scan.packed->sequences();
  const int parts = static_cast<int>(std::min<index>(threads.count(), scan.size / kUnitGrain));
  if (sequences < 2 * kRankGrain && parts > 1 && work.in_panels()) {
    // Each thread has the same units at every step, so its weights stay in its own cache.
    const int stages = scan.cell->stages;
    threads.in_stages(parts, (last - first) * stages, [&](int part, index stage) {
      ForwardScan(scan, work, 0, sequences, part, parts, part).stage(first + stage / stages, static_cast<int>(stage % stages));
    });
    return;
  }
  if (threads.count() == 1) return ForwardScan(scan, work, 0, sequences, 0, 1, 0).run(first, last);
  // Sequences are independent: each thread runs all steps of its own ranks, without waiting for others.
  const index steps = steps_at_once(scan, (sequences + threads.count() - 1) / threads.count());
  const index all = multiplications(scan, scan.packed->rows());
  in_ranks(threads, sequences, all, (last - first + steps - 1) / steps, [&](index begin, index end, index piece, int thread) {
    const index from = first + piece * steps;
    ForwardScan(scan, work, begin, end, 0, 1, thread).run(from, std::min(last, from + steps));
  });
}

}  // namespace tidegate
