// Freezing a model, and its fingerprint.
#include <algorithm>
#include <cstring>

#include "graph/model.h"
#include "ops/frozen_affine.h"

namespace tidegate {

namespace {

// FNV-1a over 64-bit words in four lanes, so that a large model is read at the speed of its memory. The bytes after the last whole
// word count as a word filled up with zeros; the length is part of the hash.
class Hash {
 public:
  void add(const void* data, std::size_t bytes) {
    const char* at = static_cast<const char*>(data);
    mix(0, bytes);
    for (; bytes >= 4 * kWord; at += 4 * kWord, bytes -= 4 * kWord) {
      for (int lane = 0; lane < 4; ++lane) mix(lane, word(at + lane * kWord, kWord));
    }
    for (; bytes > 0; at += std::min(bytes, kWord), bytes -= std::min(bytes, kWord)) mix(0, word(at, std::min(bytes, kWord)));
  }
  std::uint64_t value() const {
    std::uint64_t all = kBasis;
    for (const std::uint64_t lane : lane_) all = scramble((all ^ lane) * kPrime);
    return all;
  }

 private:
  static constexpr std::size_t kWord = 8;
  static constexpr std::uint64_t kBasis = 0xcbf29ce484222325u, kPrime = 0x100000001b3u;
  static std::uint64_t word(const char* at, std::size_t bytes) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, at, bytes);
    return bits;
  }
  // A multiplication carries bits upwards only.
  static std::uint64_t scramble(std::uint64_t x) { return x ^ (x >> 32); }
  void mix(int lane, std::uint64_t x) { lane_[lane] = scramble((lane_[lane] ^ x) * kPrime); }

  std::uint64_t lane_[4] = {kBasis, kBasis + 1, kBasis + 2, kBasis + 3};
};

}  // namespace

class Model::NodeFreezing final : public Freezing {
 public:
  NodeFreezing(const Model& source, const NodeInfo& node, Precision wanted, std::vector<int>* users, Model* frozen)
      : source_(source), node_(node), users_(*users), frozen_(*frozen) {
    precision = wanted;
    k = &kernels();
  }
  const real* parameter(int i) const override { return source_.parameter(node_.parameters[i]); }
  void replaced(int i) override { --users_[node_.parameters[i]]; }
  bool shared(int i) const override {
    const int number = node_.parameters[i];
    return std::any_of(source_.nodes_.begin(), source_.nodes_.end(), [&](const NodeInfo& node) {
      return node.name != node_.name && std::count(node.parameters.begin(), node.parameters.end(), number) > 0;
    });
  }
  const FrozenWeight& shared_panels(int i) override {
    const int number = node_.parameters[i];
    auto& panels = frozen_.shared_[number];
    if (panels == nullptr) {
      const ParameterInfo& info = source_.parameters_[number];
      panels = std::make_shared<const FrozenWeight>(*this, PanelShape{1, info.rows, info.cols}, parameter(i));
    }
    return *panels;
  }

 private:
  const Model& source_;
  const NodeInfo& node_;
  std::vector<int>& users_;  // by parameter: how many nodes need it as it is
  Model& frozen_;
};

std::unique_ptr<Model> Model::freeze(Precision precision) const {
  if (frozen_) throw Error(Status::invalid_state, "the model is frozen already; freeze the model that it was made from");
  check_allocated();
  std::unique_ptr<Model> frozen(new Model);
  frozen->build(spec_, parameters_.size());
  frozen->frozen_ = true;
  frozen->precision_ = precision;
  frozen->source_fingerprint_ = fingerprint();
  frozen->trainable_.clear();
  std::vector<int> users(parameters_.size(), 0);
  for (const NodeInfo& node : nodes_) {
    for (const int p : node.parameters) ++users[p];
  }
  for (NodeInfo& node : frozen->nodes_) {
    NodeFreezing freezing(*this, node, precision, &users, frozen.get());
    try {
      node.prepared = node.op->freeze(freezing);
    } catch (const Error& error) {
      throw Error(error.status, text("node '", node.name, "' (", node.kind->name, "): ", error.what()));
    }
  }
  index count = 0;
  for (std::size_t i = 0; i < users.size(); ++i) {
    ParameterInfo& info = frozen->parameters_[i];
    info.trainable = false;
    info.offset = users[i] > 0 ? count : kNotKept;
    if (users[i] > 0) count += (info.count + kSlabAlign - 1) / kSlabAlign * kSlabAlign;
  }
  frozen->slab_count_ = count;
  frozen->slab_.need(std::max<index>(count, 1));
  std::fill_n(frozen->slab_.data(), count, real{0});
  for (std::size_t i = 0; i < users.size(); ++i) {
    const ParameterInfo& info = frozen->parameters_[i];
    if (users[i] > 0) std::copy_n(parameter(static_cast<int>(i)), info.count, frozen->slab_.data() + info.offset);
  }
  return frozen;
}

std::uint64_t Model::graph_fingerprint() const {
  Hash hash;
  hash.add(spec_.data(), spec_.size());
  return hash.value();
}

std::uint64_t Model::fingerprint() const {
  if (frozen_) return source_fingerprint_;
  Hash hash;
  hash.add(spec_.data(), spec_.size());
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    hash.add(parameter(static_cast<int>(i)), static_cast<std::size_t>(parameters_[i].count) * sizeof(real));
  }
  return hash.value();
}

index Model::bytes() const {
  index total = slab_.bytes();
  for (const NodeInfo& node : nodes_) total += node.prepared == nullptr ? 0 : node.prepared->bytes();
  for (const auto& panels : shared_) total += panels.second->bytes();
  return total;
}

}  // namespace tidegate
