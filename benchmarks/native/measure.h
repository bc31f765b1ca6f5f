// What the native benchmarks share: a clock, a median, numbers to work on, and an end at the first error.
#pragma once

#include <tidegate/tidegate.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

inline double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline void require(tg_status status) {
  if (status == TG_OK) return;
  std::fprintf(stderr, "%s\n", tg_last_error());
  std::exit(1);
}

inline double median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

inline int gates_of(const std::string& cell) { return cell.compare(0, 4, "lstm") == 0 ? 4 : cell.compare(0, 3, "gru") == 0 ? 3 : 1; }

// Numbers in -1 ... 1, the same at every run.
inline std::vector<float> noise(std::size_t n) {
  std::vector<float> x(n);
  std::uint32_t state = 12345;
  for (float& v : x) {
    state = state * 1664525u + 1013904223u;
    v = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
  }
  return x;
}
