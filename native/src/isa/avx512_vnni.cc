// AVX-512 with dot products of bytes (VNNI).
#define TG_ISA avx512_vnni
#define TG_ISA_TEXT "avx512_vnni"

#include <immintrin.h>

#include "isa/kernels.h"

namespace tidegate {
namespace TG_ISA {
namespace {

#include "isa/vec_avx512-inl.h"
#include "isa/vnni_avx512-inl.h"

}  // namespace
}  // namespace TG_ISA
}  // namespace tidegate

#include "isa/stamp-inl.h"
