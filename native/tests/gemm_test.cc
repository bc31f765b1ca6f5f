// The door to OpenBLAS, whose sizes are ints.
#include "core/gemm.h"

#include "check.h"
#include "core/error.h"

TEST("a product beyond OpenBLAS's int is refused, not cut") {
  using namespace tidegate;
  constexpr index kTooMany = (index{1} << 32) + 1;  // cut to an int it would be 1
  real one = 1;
  for (int which = 0; which < 6; ++which) {
    index sizes[6] = {1, 1, 1, 1, 1, 1};
    sizes[which] = kTooMany;
    bool refused = false;
    try {
      gemm(Op::none, Op::none, sizes[0], sizes[1], sizes[2], 1, &one, sizes[3], &one, sizes[4], 0, &one, sizes[5]);
    } catch (const Error& error) {
      refused = error.status == Status::out_of_memory;
    }
    check::About about("size " + std::to_string(which));
    CHECK(refused);
  }
}
