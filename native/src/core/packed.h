// Packed rows: the sequences of one axis without padding (tidegate.h, "Packed rows").
// Sorted by decreasing length, the sequences that are active at step t are the first count(t) ranks. A derived axis may have sequences
// without any row: the last ranks, of length 0.
#pragma once

#include <cstdint>
#include "core/memory.h"
#include "core/real.h"

namespace tidegate {

class Packed {
 public:
  // lengths [n], in the caller's order, each read once: what another thread writes there meanwhile cannot lead outside of memory.
  // Allocates only beyond the largest axis seen. Throws invalid_argument or out_of_memory, and is as it was then.
  void set(const std::int32_t* lengths, std::int32_t n);
  // The same of lengths that may be 0; steps() and rows() are 0 where all are.
  void set_derived(const std::int32_t* lengths, std::int32_t n);
  // The sequences chosen [n] of another axis, whose numbers there are valid. Fails as set() does.
  void select(const Packed& from, const std::int32_t* chosen, std::int32_t n);
  void clear();  // no sequences; the memory stays

  bool empty() const { return sequences() == 0; }
  index sequences() const { return static_cast<index>(order_.size()); }  // N
  index steps() const { return offset_.empty() ? 0 : static_cast<index>(offset_.size()) - 1; }  // T
  index rows() const { return offset_.empty() ? 0 : offset_.back(); }    // R

  index offset(index step) const { return offset_[step]; }
  index count(index step) const { return offset_[step + 1] - offset_[step]; }
  index order(index rank) const { return order_[rank]; }    // rank -> sequence in the caller's order
  index rank(index sequence) const { return rank_[sequence]; }
  index length(index rank) const { return length_[rank]; }  // by rank, decreasing
  index row(index rank, index step) const { return offset_[step] + rank; }
  index last_row(index rank) const { return row(rank, length(rank) - 1); }  // of a rank with rows
  bool has_empty() const { return !length_.empty() && length_.back() == 0; }

  // mirror()[row] is the row that holds the same sequence's step counted from its other end. Made when it is first asked for.
  const Counted<index>& mirror() const;

  index bytes() const {
    return static_cast<index>((offset_.capacity() + order_.capacity() + rank_.capacity() + length_.capacity() + mirror_.capacity()) *
                                  sizeof(index) + given_.capacity() * sizeof(std::int32_t));
  }

 private:
  void pack(std::int32_t least);  // by the lengths in given_, each at least that

  Counted<std::int32_t> given_;  // the lengths that set() or select() was last given
  Counted<index> offset_, order_, rank_, length_;
  mutable Counted<index> mirror_;
  mutable bool mirrored_ = false;
};

}  // namespace tidegate
