#include "ops/affine_product.h"

#include <algorithm>

namespace tidegate {

namespace {

constexpr index kRowGrain = 32;  // rows that are worth a thread of their own
constexpr index kWork = index{1} << 19;      // multiplications of a product that are worth a second thread, about 15 us

// The products of a range of rows and units.
struct Part {
  index row, row_end, unit, unit_end;
};

// y [rows, groups of `stride` columns], its columns beginning with those of unit 0.
void multiply(const PackedWeight& weight, const Value& x, const Part& part, const real* start, real* y, index ldy, index stride,
              char* workspace) {
  const PanelShape& shape = weight.shape;
  PanelPass pass;
  pass.unit = part.unit;
  pass.unit_end = part.unit_end;
  PanelProduct& p = weight.add_to(pass, x.data + part.row * shape.k, shape.k, part.row_end - part.row, workspace);
  for (int g = 0; g < shape.groups; ++g) p.target[g] = {start + g * shape.size, 0, y + part.row * ldy + g * stride, ldy};
  weight.kernels->run(pass);
}

}  // namespace

index AffineProduct::workspace(index rows) const {
  return packed() == nullptr ? 0 : packed()->workspace(rows);
}

void AffineProduct::forward_units(const Value& x, const real* start, real* y, index unit, index unit_end, char* workspace) const {
  const index units = unit_end - unit;
  multiply(weight_, x, {0, x.rows, unit, unit_end}, start, y - unit, weight_.shape.groups * units, units, workspace);
}

void AffineProduct::forward(const Value& x, const real* start, real* y, index ldy, char* workspace, Threads& threads) const {
  if (packed() == nullptr) {
    for (index r = 0; r < x.rows; ++r) {
      std::copy_n(start, cols_, y + r * ldy);
      transposed_->add(x.ids[r], y + r * ldy);
    }
    return;
  }
  const PackedWeight& weight = *packed();
  const PanelShape& shape = weight.shape;
  const index bytes = this->workspace(x.rows);
  if (threads.count() == 1 || x.rows * shape.size * shape.groups * shape.k < kWork) {
    if (x.rows > 0) multiply(weight, x, {0, x.rows, 0, shape.size}, start, y, ldy, shape.size, workspace);
  } else if (x.rows < kRowGrain * threads.count()) {
    const index blocks = (shape.size + weight.kernels->block - 1) / weight.kernels->block;
    threads.split(blocks, 1, [&](index begin, index end) {
      const Part part{0, x.rows, begin * weight.kernels->block, std::min(shape.size, end * weight.kernels->block)};
      multiply(weight, x, part, start, y, ldy, shape.size, workspace + begin * threads.count() / blocks * bytes);
    });
  } else {
    threads.split(x.rows, kRowGrain, [&](index begin, index end) {
      const Part part{begin, end, 0, shape.size};
      multiply(weight, x, part, start, y, ldy, shape.size, workspace + begin * threads.count() / x.rows * bytes);
    });
  }
}

}  // namespace tidegate
