// The reference: plain C++ in the processor's base instruction set, left to the compiler to vectorise.
#define TG_ISA generic
#define TG_ISA_TEXT "generic"

#include "isa/kernels.h"

namespace tidegate {
namespace TG_ISA {
namespace {
#include "simd/vec_scalar-inl.h"
#include "simd/dot_scalar-inl.h"
}  // namespace
}  // namespace TG_ISA
}  // namespace tidegate

#include "isa/stamp-inl.h"
