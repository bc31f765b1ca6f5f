// Failures inside the core are exceptions of this one type; api.cc turns them into a status and the calling thread's text.
#pragma once

#include <stdexcept>
#include <string>

#include "core/real.h"

namespace tidegate {

// The values are those of tg_status in tidegate.h; api.cc asserts it.
enum class Status { ok, invalid_argument, invalid_spec, invalid_state, out_of_memory, unsupported, internal };

class Error : public std::runtime_error {
 public:
  Error(Status status, const std::string& text) : std::runtime_error(text), status(status) {}
  const Status status;
};

// Text of mixed pieces: text("got ", 3, " rows").
inline void append(std::string& s, const std::string& piece) { s += piece; }
inline void append(std::string& s, const char* piece) { s += piece; }
template <class Number>
void append(std::string& s, Number piece) {
  s += std::to_string(piece);
}
template <class... Pieces>
std::string text(const Pieces&... pieces) {
  std::string s;
  (append(s, pieces), ...);
  return s;
}

// No array has more elements: far beyond any memory, and far enough below 2^63 that bytes and offsets do not overflow.
constexpr index kMostElements = index{1} << 46;

// a * b, or an out_of_memory error if the product of these sizes is beyond kMostElements. what names the thing being sized.
inline index checked_product(const char* what, index a, index b) {
  index product;
  if (a < 0 || b < 0 || __builtin_mul_overflow(a, b, &product) || product > kMostElements) {
    throw Error(Status::out_of_memory, text(what, ": ", a, " x ", b, " is too large"));
  }
  return product;
}

// a + b of sizes that are each at most kMostElements, under the same limit.
inline index checked_sum(const char* what, index a, index b) {
  if (a + b > kMostElements) throw Error(Status::out_of_memory, text(what, ": ", a, " + ", b, " is too large"));
  return a + b;
}

}  // namespace tidegate
