#include <algorithm>

#include "ops/scan_over_steps.h"
#include "ops/scan_step.h"

namespace tidegate {

// One thread's part of a backward scan: the ranks [begin, end). A stage's product propagates to the stage before it, at last to the initial
// states; so a pass is the pending product of the later stage, then this stage's kernel.
class BackwardScan {
 public:
  BackwardScan(const Scan& scan, const ScanGradient& gradient, const BackwardWork& work, index begin, index end)
      : scan_(scan), gradient_(gradient), weights_(work.weights_), k_(work.k_), zeros_(work.zeros_), projected_(work.projected_),
        begin_(begin), end_(end) {}

  void run(index first, index last) {
    for (index t = last - 1; t >= first; --t) {
      const StepRows at = step_rows(*scan_.packed, t, begin_, end_);
      if (at.rows == 0) continue;
      CellRows rows = cell_rows(scan_, at);
      for (int s = 0; s < scan_.cell->states; ++s) {
        rows.d_ld[s] = scan_.state_width(s);
        rows.d[s] = gradient_.d[s] + begin_ * rows.d_ld[s];
      }
      rows.dtape = gradient_.dtape + at.row * scan_.gradient_width;
      rows.dtape_ld = scan_.gradient_width;
      for (index r = 0; r < at.rows; ++r) {
        k_.add(rows.d[0] + r * scan_.width, gradient_.dhidden + (at.row + r) * gradient_.dhidden_ld, scan_.width);
      }
      for (int i = scan_.cell->stages - 1; i >= 0; --i) {
        pass(scan_.cell->stage[i], rows, (t + i) % 2 == 1);
        if (scan_.cell->stage[i].product.weight != Weight::none) begin_product(i, rows, at.row);
      }
    }
    if (pending_ >= 0) pass(Stage{}, CellRows{}, false);
  }

 private:
  // The product of a stage stays pending until the pass of the kernel that reads its result.
  void begin_product(int number, const CellRows& rows, index row) {
    const Product& product = scan_.cell->stage[number].product;
    pending_ = number;
    rows_ = rows;
    if (product.target[0] != kHidden) return;
    // A projected h reaches the previous step only through the stages before this one.
    real* kept = projected_ + row * scan_.width;
    for (index r = 0; r < rows.rows; ++r) std::copy_n(rows.d[0] + r * rows.d_ld[0], scan_.width, kept + r * scan_.width);
    clear_rows(rows.d[0], rows.d_ld[0], rows.rows, scan_.width);
    kept_ = kept;
  }

  void pass(const Stage& stage, const CellRows& rows, bool descending) {
    PanelPass pass;
    pass.unit_end = scan_.size;
    pass.descending = descending;
    if (pending_ >= 0) {
      const Product& product = scan_.cell->stage[pending_].product;
      const bool from_hidden = product.source == kHidden;
      if (weights_.of[pending_].empty()) {
        multiply(product);
      } else {
        add_product(pass, product);
        pass.unit_end = from_hidden ? scan_.width : scan_.size;
        if (pass.unit_end != scan_.size || stage.whole_rows) {  // a projected h: another width than the kernel's
          k_.panels->run(pass);
          pass.products = 0;
          pass.unit_end = scan_.size;
        }
      }
      pending_ = -1;
    }
    if (stage.whole_rows) {
      stage.backward(rows, {0, rows.rows, 0, rows.size});
      return;
    }
    pass.kernel = stage.backward;
    pass.cells = &rows;
    if (pass.kernel != nullptr || pass.products > 0) k_.panels->run(pass);
  }

  void add_product(PanelPass& pass, const Product& product) const {
    const bool to_hidden = product.target[0] == kHidden, from_hidden = product.source == kHidden;
    PanelProduct& p = weights_.of[pending_].add_to(pass, nullptr, to_hidden ? scan_.width : rows_.dtape_ld, rows_.rows);
    p.segments = product.groups;
    for (int g = 0; g < product.groups; ++g) p.x[g] = to_hidden ? kept_ : rows_.dtape + product.target[g] * scan_.size;
    if (from_hidden) {
      p.target[0] = {rows_.d[0], rows_.d_ld[0], rows_.d[0], rows_.d_ld[0]};
    } else {
      p.target[0] = {zeros_, 0, rows_.dtape + product.source * scan_.size, rows_.dtape_ld};
    }
  }

  void multiply(const Product& product) const {
    const WeightBlock weight = weight_block(scan_, product);
    const bool to_hidden = product.target[0] == kHidden, from_hidden = product.source == kHidden;
    real* y = from_hidden ? rows_.d[0] : rows_.dtape + product.source * scan_.size;
    bool adds = from_hidden;
    each_run(product, [&](int first, int count, int target) {
      const index n = to_hidden ? scan_.width : count * scan_.size;
      const index y_ld = from_hidden ? rows_.d_ld[0] : rows_.dtape_ld;
      k_.products.nn({rows_.rows, weight.cols, n, to_hidden ? kept_ : rows_.dtape + target * scan_.size,
                      to_hidden ? scan_.width : rows_.dtape_ld, weight.data + first * scan_.size * weight.cols, weight.cols,
                      adds ? y : zeros_, adds ? y_ld : 0, y, y_ld});
      adds = true;
    });
  }

  const Scan& scan_;
  const ScanGradient& gradient_;
  const StageWeights& weights_;
  const Kernels& k_;
  const real* const zeros_;
  real* const projected_;  // [rows, width]: the gradient of a projected h, or null
  const index begin_, end_;
  int pending_ = -1;       // the stage whose product is pending, over rows_
  CellRows rows_{};
  const real* kept_ = nullptr;
};

const real* hidden_before(const Scan& scan, Scratch& scratch) {
  const Packed& packed = *scan.packed;
  real* gathered = scratch.take<real>(checked_product("states", packed.rows(), scan.width));
  for (index t = 0; t < packed.steps(); ++t) {
    const StepRows at = step_rows(packed, t, 0, packed.sequences());
    index ld;
    const real* from = state_before(scan, 0, at, &ld);
    for (index r = 0; r < at.rows; ++r) std::copy_n(from + r * ld, scan.width, gathered + (at.row + r) * scan.width);
  }
  return gathered;
}

void add_weight_gradients(const Scan& scan, const ScanGradient& gradient, const BackwardWork& work, Scratch& scratch,
                          Threads& threads) {
  const real* before = nullptr;
  for (int i = 0; i < scan.cell->stages; ++i) {
    const Product& product = scan.cell->stage[i].product;
    real* into = product.weight == Weight::hr ? gradient.dweight_hr : gradient.dweight_hh;
    if (product.weight == Weight::none || into == nullptr) continue;
    const WeightBlock weight = weight_block(scan, product);
    const real* source = scan.tape + product.source * scan.size;
    index source_ld = scan.tape_width();
    if (product.source == kHidden) {
      if (before == nullptr) before = hidden_before(scan, scratch);
      source = before;
      source_ld = scan.width;
    }
    const bool to_hidden = product.target[0] == kHidden;
    each_run(product, [&](int first, int count, int target_column) {
      const real* target = to_hidden ? work.projected_ : gradient.dtape + target_column * scan.size;
      const index target_ld = to_hidden ? scan.width : scan.gradient_width;
      real* block = into + weight.offset + first * scan.size * weight.cols;
      product_tn({work.k_, scratch, threads}, {to_hidden ? scan.width : count * scan.size, weight.cols, scan.packed->rows(), target, target_ld,
                                               source, source_ld, block, weight.cols, block, weight.cols});
    });
  }
}

BackwardWork::BackwardWork(const Scan& scan, const Kernels& k, Scratch& scratch) : k_(k) {
  for (int i = 0; i < scan.cell->stages; ++i) {
    const Product& product = scan.cell->stage[i].product;
    if (product.weight == Weight::none || !worth_packing(*scan.packed)) continue;
    const WeightBlock block = weight_block(scan, product);
    const PanelShape shape{1, block.cols, block.rows};
    weights_.of[i] = PackedWeight::columns(*k.panels, shape, block.data, scratch.take<char>(k.panels->bytes(shape)));
  }
  zeros_ = scratch.take_zeroed<real>(scan.size);
  projected_ = scan.cell->projected ? scratch.take<real>(checked_product("projections", scan.packed->rows(), scan.width)) : nullptr;
}

void scan_backward(const Scan& scan, const ScanGradient& gradient, const BackwardWork& work, index first, index last,
                   Threads& threads) {
  if (scan.cell->over_steps()) return backward_over_steps(scan, gradient, first, last, threads);
  const index all = multiplications(scan, scan.packed->rows());
  in_ranks(threads, scan.packed->count(first), all, 1, [&](index begin, index end, index, int) {
    BackwardScan(scan, gradient, work, begin, end).run(first, last);
  });
}

}  // namespace tidegate
