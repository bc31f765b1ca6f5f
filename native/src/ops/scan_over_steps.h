// The scan of a cell whose kernel runs over the steps by itself (Stage::over_steps): h[t] = a[t] h[t-1] + b[t] by elements, with a and b
// of x alone. Sequences and units are independent, so threads share both and nobody waits at a step. The order of operations of an element
// is that of its steps: its bits depend neither on the threads nor on how many steps come in a call.
#pragma once

#include "ops/scan.h"

namespace tidegate {

// A part of a scan: ranks and units.
struct ScanPart {
  index begin, end, unit, unit_end;
};

// The steps [first, last) of one part.
void forward_over_steps(const Scan& scan, const ScanPart& part, index first, index last);
// The same of all, shared among the threads.
void forward_over_steps(const Scan& scan, index first, index last, Threads& threads);
void backward_over_steps(const Scan& scan, const ScanGradient& gradient, index first, index last, Threads& threads);

}  // namespace tidegate
