#include "ops/scan.h"

#include <algorithm>

#include "core/gemm.h"
#include "ops/step_product.h"

namespace tidegate {

namespace {

constexpr index kRankGrain = 4;  // sequences that are worth a thread of their own

// The ranks [begin, end) that are active at a step, as rows of the packed arrays and as rows of the states before it.
struct StepRows {
  index step, begin, rows, row, prev_row;  // row: the first packed row; prev_row: that of the step before
};

StepRows step_rows(const Packed& packed, index step, index begin, index end) {
  const index active = std::min(end, packed.count(step));
  return {step, begin, std::max<index>(0, active - begin), packed.offset(step) + begin,
          step == 0 ? 0 : packed.offset(step - 1) + begin};
}

const real* state_before(const Scan& scan, int s, const StepRows& at, index* ld) {
  if (at.step == 0) {
    *ld = scan.state_width(s);
    return scan.initial[s] + at.begin * *ld;
  }
  *ld = scan.state_ld(s);
  return scan.state(s) + at.prev_row * *ld;
}

CellRows cell_rows(const Scan& scan, const StepRows& at) {
  CellRows rows{};
  rows.rows = at.rows;
  rows.size = scan.size;
  rows.tape = scan.tape + at.row * scan.tape_width();
  rows.tape_ld = scan.tape_width();
  for (int s = 0; s < scan.cell->states; ++s) {
    rows.prev[s] = state_before(scan, s, at, &rows.prev_ld[s]);
    rows.next_ld[s] = scan.state_ld(s);
    rows.next[s] = scan.state(s) + at.row * rows.next_ld[s];
  }
  return rows;
}

// Where a product's weight stands: its rows [first * H, (first + count) * H) of weight_hh, or weight_hr.
struct WeightBlock {
  const real* data;
  index offset, rows, cols;  // offset: elements before data in its tensor
};

WeightBlock weight_block(const Scan& scan, const Product& product) {
  if (product.weight == Weight::hr) return {scan.weight_hr, 0, scan.width, scan.size};
  const index offset = product.first * scan.size * scan.width;
  return {scan.weight_hh + offset, offset, product.count * scan.size, scan.width};
}

// The weights of all products of the cell, as the time loop needs them.
struct StepProducts {
  StepProduct of[kMaxStages][kMaxProducts];

  StepProducts(const Scan& scan, bool backward, const Kernels& k, Scratch& scratch) {
    const StepProduct::Work work{scan.packed->sequences(), scan.packed->steps()};
    for (int i = 0; i < scan.cell->stages; ++i) {
      for (int j = 0; j < scan.cell->stage[i].products; ++j) {
        const WeightBlock weight = weight_block(scan, scan.cell->stage[i].product[j]);
        of[i][j] = backward ? StepProduct::with(weight.data, weight.rows, weight.cols, work, k, scratch)
                            : StepProduct::with_transposed(weight.data, weight.rows, weight.cols, work, k, scratch);
      }
    }
  }
};

void clear_rows(real* rows, index ld, index count, index width) {
  for (index r = 0; r < count; ++r) std::fill_n(rows + r * ld, width, real{0});
}

void product_forward(const Scan& scan, const Product& product, const StepProduct& weight, const CellRows& rows) {
  const bool from_hidden = product.source == kHidden, to_hidden = product.target == kHidden;
  const real* source = from_hidden ? rows.prev[0] : rows.tape + product.source * scan.size;
  const index source_ld = from_hidden ? rows.prev_ld[0] : rows.tape_ld;
  real* target = to_hidden ? rows.next[0] : rows.tape + product.target * scan.size;
  const index target_ld = to_hidden ? rows.next_ld[0] : rows.tape_ld;
  if (to_hidden) clear_rows(target, target_ld, rows.rows, scan.width);
  weight.add(target, target_ld, source, source_ld, rows.rows);
}

// The gradient that a product passes to its source. projected [n, width] keeps what reached a projected h.
void product_backward(const Scan& scan, const Product& product, const StepProduct& weight, const CellRows& rows, real* projected) {
  const bool from_hidden = product.source == kHidden;
  const real* target = rows.dtape + product.target * scan.size;
  index target_ld = rows.dtape_ld;
  if (product.target == kHidden) {  // h has no other way to the step before than through the stages still to come
    for (index r = 0; r < rows.rows; ++r) std::copy_n(rows.d[0] + r * rows.d_ld[0], scan.width, projected + r * scan.width);
    clear_rows(rows.d[0], rows.d_ld[0], rows.rows, scan.width);
    target = projected;
    target_ld = scan.width;
  }
  real* source = from_hidden ? rows.d[0] : rows.dtape + product.source * scan.size;
  const index source_ld = from_hidden ? rows.d_ld[0] : rows.dtape_ld;
  if (!from_hidden) clear_rows(source, source_ld, rows.rows, scan.size);
  weight.add(source, source_ld, target, target_ld, rows.rows);
}

// The weight gradients leave the time loop: one product over all rows for each block of a weight.
void weight_gradients(const Scan& scan, const ScanGradient& gradient, const real* projected, Scratch& scratch, Threads& threads) {
  const Packed& packed = *scan.packed;
  const index tape_width = scan.tape_width();
  const real* before = nullptr;  // [rows, width]: row by row the h that the step started from
  for (int i = 0; i < scan.cell->stages; ++i) {
    const Stage& stage = scan.cell->stage[i];
    for (int j = 0; j < stage.products; ++j) {
      const Product& product = stage.product[j];
      real* into = product.weight == Weight::hr ? gradient.dweight_hr : gradient.dweight_hh;
      if (into == nullptr) continue;
      const WeightBlock weight = weight_block(scan, product);
      const real* source = scan.tape + product.source * scan.size;
      index source_ld = tape_width;
      if (product.source == kHidden) {
        if (before == nullptr) {
          real* gathered = scratch.take<real>(checked_product("states", packed.rows(), scan.width));
          for (index t = 0; t < packed.steps(); ++t) {
            const StepRows at = step_rows(packed, t, 0, packed.sequences());
            index ld;
            const real* from = state_before(scan, 0, at, &ld);
            for (index r = 0; r < at.rows; ++r) std::copy_n(from + r * ld, scan.width, gathered + (at.row + r) * scan.width);
          }
          before = gathered;
        }
        source = before;
        source_ld = scan.width;
      }
      const bool to_hidden = product.target == kHidden;
      const real* target = to_hidden ? projected : gradient.dtape + product.target * scan.size;
      const index target_ld = to_hidden ? scan.width : tape_width;
      threads.split(weight.rows, 32, [&](index begin, index end) {
        gemm(Op::transpose, Op::none, end - begin, weight.cols, packed.rows(), 1, target + begin, target_ld, source, source_ld, 1,
             into + weight.offset + begin * weight.cols, weight.cols);
      });
    }
  }
}

}  // namespace

void scan_forward(const Scan& scan, const Kernels& k, Scratch& scratch, Threads& threads) {
  const Packed& packed = *scan.packed;
  const StepProducts products(scan, false, k, scratch);
  // Sequences do not touch each other, so each thread walks all steps of its own ranks and no step waits for another thread.
  threads.split(packed.sequences(), kRankGrain, [&](index begin, index end) {
    for (index t = 0; t < packed.steps(); ++t) {
      const StepRows at = step_rows(packed, t, begin, end);
      if (at.rows == 0) break;
      const CellRows rows = cell_rows(scan, at);
      for (int i = 0; i < scan.cell->stages; ++i) {
        const Stage& stage = scan.cell->stage[i];
        for (int j = 0; j < stage.products; ++j) product_forward(scan, stage.product[j], products.of[i][j], rows);
        if (stage.forward != nullptr) stage.forward(rows);
      }
    }
  });
}

void scan_last(const Scan& scan, int s, real* last) {
  const index width = scan.state_width(s);
  for (index rank = 0; rank < scan.packed->sequences(); ++rank) {
    std::copy_n(scan.state(s) + scan.packed->last_row(rank) * scan.state_ld(s), width, last + rank * width);
  }
}

void scan_backward(const Scan& scan, const ScanGradient& gradient, const Kernels& k, Scratch& scratch, Threads& threads) {
  const Packed& packed = *scan.packed;
  const index tape_width = scan.tape_width();
  const StepProducts products(scan, true, k, scratch);
  real* projected = scan.cell->projected ? scratch.take<real>(checked_product("projections", packed.rows(), scan.width)) : nullptr;
  threads.split(packed.sequences(), kRankGrain, [&](index begin, index end) {
    for (index t = packed.steps() - 1; t >= 0; --t) {
      const StepRows at = step_rows(packed, t, begin, end);
      if (at.rows == 0) continue;
      CellRows rows = cell_rows(scan, at);
      for (int s = 0; s < scan.cell->states; ++s) {
        rows.d_ld[s] = scan.state_width(s);
        rows.d[s] = gradient.d[s] + begin * rows.d_ld[s];
      }
      rows.dtape = gradient.dtape + at.row * tape_width;
      rows.dtape_ld = tape_width;
      for (index r = 0; r < at.rows; ++r) {
        k.add(rows.d[0] + r * scan.width, gradient.dhidden + (at.row + r) * gradient.dhidden_ld, scan.width);
      }
      for (int i = scan.cell->stages - 1; i >= 0; --i) {
        const Stage& stage = scan.cell->stage[i];
        if (stage.backward != nullptr) stage.backward(rows);
        for (int j = stage.products - 1; j >= 0; --j) {
          product_backward(scan, stage.product[j], products.of[i][j], rows, projected == nullptr ? nullptr : projected + at.row * scan.width);
        }
      }
    }
  });
  weight_gradients(scan, gradient, projected, scratch, threads);
}

}  // namespace tidegate
