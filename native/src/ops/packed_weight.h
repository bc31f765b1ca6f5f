// A weight packed into panels (isa/kernels.h): once a call in scratch, or for good in a frozen model (ops/frozen_affine.h).
#pragma once

#include "core/buffer.h"
#include "isa/kernels.h"

namespace tidegate {

struct PackedWeight {
  const PanelKernels* kernels = nullptr;
  PanelShape shape{1, 0, 0};
  const void* panels = nullptr;

  bool empty() const { return panels == nullptr; }

  // W [groups * size, k]: products x W^T.
  static PackedWeight rows(const PanelKernels& kernels, const PanelShape& shape, const real* w, void* memory) {
    kernels.pack_rows(memory, shape, w, shape.k);
    return {&kernels, shape, memory};
  }
  // B [k, size]: products x B.
  static PackedWeight columns(const PanelKernels& kernels, const PanelShape& shape, const real* b, void* memory) {
    kernels.pack_columns(memory, shape, b, shape.size);
    return {&kernels, shape, memory};
  }

  // The next product of a pass. y [rows, size] of each group begins at its start; the caller sets the targets, and further segments of x.
  PanelProduct& add_to(PanelPass& pass, const real* x, index x_ld, index rows, void* workspace = nullptr) const {
    PanelProduct& p = pass.product[pass.products++];
    p.shape = shape;
    p.panels = panels;
    p.segments = 1;
    p.x[0] = x;
    p.x_ld = x_ld;
    p.rows = rows;
    p.workspace = workspace;
    return p;
  }
  // Bytes of the workspace that one thread needs, in whole cache lines.
  index workspace(index rows) const {
    constexpr index kLine = kAlignment;
    return (kernels->workspace(shape, rows) + kLine - 1) / kLine * kLine;
  }
};

}  // namespace tidegate
