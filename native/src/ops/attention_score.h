// What a node with attention declares and prepares: the score's kind, its parameters, and the projections of keys and queries.
//   dot         q . k                          scaled_dot  q . k / sqrt(H)          (Luong, Pham and Manning, EMNLP 2015;
//   general     q . (weight k), weight [Q, H]                                       Vaswani et al. 2017 for the factor)
//   additive    v . tanh(weight_q q + weight_k k), weight_q [A, Q], weight_k [A, H], v [A]    (Bahdanau, Cho and Bengio, ICLR 2015)
#pragma once

#include <memory>

#include "ops/attend.h"
#include "ops/frozen_affine.h"
#include "ops/op.h"

namespace tidegate {

// The projections of a frozen model; null where the score has none.
struct FrozenScore {
  std::unique_ptr<FrozenAffine> query, key;
  index bytes() const { return (query == nullptr ? 0 : query->bytes()) + (key == nullptr ? 0 : key->bytes()); }
};

// The projected keys of the last forward call, and of which version of KEYS they are: what a node with attention keeps in a session.
struct ProjectedKeys : public SessionLocal {
  Buffer<real> rows;          // [rows of KEYS, size]
  std::uint64_t version = 0;  // 0: of none

  void clear() override { version = 0; }
  index bytes() const override { return static_cast<index>(sizeof *this) + rows.bytes(); }
};

class AttentionScore {
 public:
  // Reads score= (standard: the default) and size_key=, the columns A of an additive score (by default as many as the keys have),
  // and declares the parameters. keys: the number of the input; query: the queries' type, called `asked` in errors.
  void infer(Declaration& node, const char* standard, const char* size_key, int keys, const Type& query, const std::string& asked);
  FrozenScore freeze(Freezing& model) const;

  index size() const { return size_; }  // columns that queries and keys have in common
  bool projects_keys() const { return key_ >= 0; }
  bool projects_queries() const { return query_ >= 0; }
  // The parameter of the queries' projection [size, Q], -1 if there is none.
  int query_weight() const { return query_; }

  // values: KEYS. projected [rows, size]: as project_keys left them; not read without a projection.
  KeyRows keys(const Run& run, const Value& values, const real* projected) const;
  // Keeps them for backward; null without a projection. Those of a frozen model are made again only for other keys, so that a decoder that
  // steps over one encoded source makes them once.
  const real* project_keys(Run& run, const FrozenScore* frozen, const Value& values, ProjectedKeys& keys) const;
  void project_queries(Run& run, const FrozenScore* frozen, const Value& queries, real* projected) const;

  // The gradients that attend_backward adds to: of KEYS, or of the projections, which finish_keys() propagates to values and parameters.
  KeyGradients gradients(Run& run, const Value& values) const;
  void finish_keys(Run& run, const Value& values, const KeyGradients& gradients) const;
  void finish_queries(Run& run, const Value& queries, const real* dprojected) const;

 private:
  void project(Run& run, const FrozenAffine* frozen, int weight, const Value& x, real* projected) const;

  Type query_type_{}, key_type_{};
  index size_ = 0;
  real factor_ = 1;
  int query_ = -1, key_ = -1, v_ = -1;  // parameters
};

// check(): there is a sequence of keys for each that asks, and with a port of that many columns (0: none) none is longer. Names:
// what describe() said of the inputs.
void check_keys(const Run& run, const Packed& asking, const std::string& asking_name, const Packed& keys, const std::string& keys_name,
                index port);

}  // namespace tidegate
