// Flushes denormals to zero inside a call: they cost a hundred cycles each and carry no information here. The guard's end restores
// the caller's mode.
#pragma once

namespace tidegate {

class FlushDenormals {
 public:
#if defined(__x86_64__) && !defined(TG_DOUBLE)
  FlushDenormals() : before_(__builtin_ia32_stmxcsr()) { __builtin_ia32_ldmxcsr(before_ | kFlushToZero | kDenormalsAreZero); }
  ~FlushDenormals() { __builtin_ia32_ldmxcsr(before_); }

 private:
  static constexpr unsigned kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
  const unsigned before_;
#else
  FlushDenormals() {}
  ~FlushDenormals() {}
#endif
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;
};

}  // namespace tidegate
