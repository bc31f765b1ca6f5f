// The number type of parameters and activations, and the type of sizes.
// The library is float. The gradient checks build the same sources in double (TG_DOUBLE).
#pragma once

#include <cstddef>
#include <cstdint>

namespace tidegate {

#ifdef TG_DOUBLE
using real = double;
#else
using real = float;
#endif

using index = std::int64_t;

}  // namespace tidegate
