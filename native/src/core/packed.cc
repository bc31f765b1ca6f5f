#include "core/packed.h"

#include <algorithm>

#include "core/error.h"

namespace tidegate {

void Packed::set(const std::int32_t* lengths, std::int32_t n) {
  if (n < 1) throw Error(Status::invalid_argument, text("an axis needs at least 1 sequence, got ", n));
  if (lengths == nullptr) throw Error(Status::invalid_argument, "the lengths of an axis are null");
  given_.assign(lengths, lengths + n);
  pack(1);
}

void Packed::set_derived(const std::int32_t* lengths, std::int32_t n) {
  given_.assign(lengths, lengths + n);
  pack(0);
}

void Packed::select(const Packed& from, const std::int32_t* chosen, std::int32_t n) {
  given_.resize(static_cast<std::size_t>(n));
  for (std::int32_t s = 0; s < n; ++s) given_[s] = static_cast<std::int32_t>(from.length(from.rank(chosen[s])));
  pack(0);
}

void Packed::clear() {
  for (auto* all : {&offset_, &order_, &rank_, &length_}) all->clear();
}

void Packed::pack(std::int32_t least) {
  const Counted<std::int32_t>& lengths = given_;
  const auto n = static_cast<std::int32_t>(lengths.size());
  index longest = 0;
  for (std::int32_t s = 0; s < n; ++s) {
    if (lengths[s] < least) {
      throw Error(Status::invalid_argument, text("sequence ", s, " has length ", lengths[s], ", but lengths start at 1"));
    }
    longest = std::max<index>(longest, lengths[s]);
  }
  // Whatever may fail comes first: without the memory the lengths stay as they were.
  offset_.reserve(static_cast<std::size_t>(longest) + 1);
  for (auto* by_sequence : {&order_, &rank_, &length_}) by_sequence->reserve(static_cast<std::size_t>(n));
  // A counting sort: stable, and free of allocation once the vectors have grown.
  offset_.assign(static_cast<std::size_t>(longest) + 1, 0);
  for (std::int32_t s = 0; s < n; ++s) ++offset_[lengths[s]];
  order_.resize(n);
  rank_.resize(n);
  length_.resize(n);
  index start = 0;  // ranks of length L start after all longer ones
  for (index length = longest; length >= 0; --length) {
    const index here = offset_[length];
    offset_[length] = start;
    start += here;
  }
  for (std::int32_t s = 0; s < n; ++s) {
    const index r = offset_[lengths[s]]++;
    order_[r] = s;
    rank_[s] = r;
    length_[r] = lengths[s];
  }
  index active = n;
  index row = 0;
  for (index t = 0; t < longest; ++t) {
    while (length_[active - 1] <= t) --active;
    offset_[t] = row;
    row += active;
  }
  offset_[longest] = row;
  mirrored_ = false;
}

const Counted<index>& Packed::mirror() const {
  if (mirrored_) return mirror_;
  mirror_.resize(static_cast<std::size_t>(rows()));
  for (index r = 0; r < sequences(); ++r) {
    for (index t = 0; t < length(r); ++t) mirror_[row(r, t)] = row(r, length(r) - 1 - t);
  }
  mirrored_ = true;
  return mirror_;
}

}  // namespace tidegate
