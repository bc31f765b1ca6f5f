#include "ops/scan_over_steps.h"

#include <algorithm>

#include "ops/scan_step.h"

namespace tidegate {

namespace {

constexpr index kLane = index{1} << 14;   // elements that are worth a thread of their own
constexpr index kStage = index{1} << 16;  // those that a thread takes at a time, some 20 to 50 us
constexpr index kLine = kAlignment / static_cast<index>(sizeof(real));  // threads write no cache line together, where rows begin with one

// Calls work(part, from, to) for parts of ranks, where there are enough sequences for all threads, else of units, and for some steps at a
// time, counted from `first`: those of a part one after another.
template <class Work>
void in_parts(const Scan& scan, index first, index last, Threads& threads, const Work& work) {
  const index sequences = scan.packed->count(first), rows = scan.packed->offset(last) - scan.packed->offset(first);
  const bool by_ranks = sequences >= kRankGrain * threads.count();
  const index all = by_ranks ? sequences : scan.size, least = by_ranks ? kRankGrain : kLine;
  const index grain = std::max<index>(1, kLane * all / (rows * scan.size * least)) * least;
  const index grains = (all + grain - 1) / grain, piece = (grains + threads.count() - 1) / threads.count() * grain;
  const index parts = (all + piece - 1) / piece, steps = std::max<index>(1, kStage * parts * (last - first) / (rows * scan.size));
  threads.in_lanes(static_cast<int>(parts), (last - first + steps - 1) / steps, [&](int lane, index stage) {
    const index begin = piece * lane, end = std::min(all, begin + piece);
    work(by_ranks ? ScanPart{begin, end, 0, scan.size} : ScanPart{0, sequences, begin, end}, stage * steps,
         std::min(last - first, (stage + 1) * steps));
  });
}

// Where the steps from `first` on end, at most `last`, that have the same sequences.
index equal_steps_end(const Packed& packed, index first, index last) {
  index end = first + 1;
  while (end < last && packed.count(end) == packed.count(first)) ++end;
  return end;
}

// Where they begin that end with `last`, at least `first`.
index equal_steps_begin(const Packed& packed, index first, index last) {
  index begin = last - 1;
  while (begin > first && packed.count(begin - 1) == packed.count(last - 1)) --begin;
  return begin;
}

// The operands of the steps [first, last), which have the same sequences.
CellRows rows_of_steps(const Scan& scan, const StepRows& at, index last) {
  CellRows rows = cell_rows(scan, at);
  rows.steps = last - at.step;
  rows.step_rows = scan.packed->count(at.step);
  return rows;
}

}  // namespace

void forward_over_steps(const Scan& scan, const ScanPart& part, index first, index last) {
  for (index t = first, end; t < last; t = end) {
    end = equal_steps_end(*scan.packed, t, last);
    const StepRows at = step_rows(*scan.packed, t, part.begin, part.end);
    if (at.rows == 0) return;
    scan.cell->stage[0].forward(rows_of_steps(scan, at, end), {0, at.rows, part.unit, part.unit_end});
  }
}

void forward_over_steps(const Scan& scan, index first, index last, Threads& threads) {
  in_parts(scan, first, last, threads, [&](const ScanPart& part, index from, index to) {
    forward_over_steps(scan, part, first + from, first + to);
  });
}

void backward_over_steps(const Scan& scan, const ScanGradient& gradient, index first, index last, Threads& threads) {
  in_parts(scan, first, last, threads, [&](const ScanPart& part, index from, index to) {
    for (index end = last - from, t; end > last - to; end = t) {
      t = equal_steps_begin(*scan.packed, last - to, end);
      const StepRows at = step_rows(*scan.packed, t, part.begin, part.end);
      if (at.rows == 0) continue;
      CellRows rows = rows_of_steps(scan, at, end);
      rows.d_ld[0] = scan.width;
      rows.d[0] = gradient.d[0] + part.begin * scan.width;
      rows.dtape = gradient.dtape + at.row * scan.gradient_width;
      rows.dtape_ld = scan.gradient_width;
      rows.above = gradient.dhidden + at.row * gradient.dhidden_ld;
      rows.above_ld = gradient.dhidden_ld;
      scan.cell->stage[0].backward(rows, {0, at.rows, part.unit, part.unit_end});
    }
  });
}

}  // namespace tidegate
