#include "ops/attention_score.h"

#include <cmath>

#include "ops/affine.h"
#include "ops/initializer.h"
#include "ops/rows.h"

namespace tidegate {

namespace {

Initializer uniform_over(const Declaration& node, index inputs) {
  return Initializer(node.attributes(), 1 / std::sqrt(static_cast<double>(inputs)));
}

}  // namespace

void AttentionScore::infer(Declaration& node, const char* standard, const char* size_key, int keys, const Type& query,
                           const std::string& asked) {
  expect_kind(node, keys, Kind::real);
  query_type_ = query;
  key_type_ = node.input(keys);
  if (key_type_.per != Per::step) {
    node.fail(text("input ", node.describe(keys), ": expected a value per step, the keys to choose from"));
  }
  const Attributes& attributes = node.attributes();
  const std::string score = attributes.choice("score", {"dot", "scaled_dot", "general", "additive"}, standard);
  if (score != "additive" && attributes.has(size_key)) {
    node.fail(text(size_key, " is the width of score=additive; score=", score, " has none"));
  }
  if (score == "additive") {
    size_ = attributes.integer(size_key, 1, index{1} << 24, key_type_.cols);
    query_ = node.parameter("weight_q", size_, query.cols, uniform_over(node, query.cols).weight(size_, query.cols, true));
    key_ = node.parameter("weight_k", size_, key_type_.cols, uniform_over(node, key_type_.cols).weight(size_, key_type_.cols, true));
    v_ = node.parameter("v", size_, 0, uniform_over(node, size_).weight(1, size_));
    return;
  }
  size_ = query.cols;
  if (score == "general") {
    key_ = node.parameter("weight", size_, key_type_.cols, uniform_over(node, key_type_.cols).weight(size_, key_type_.cols, true));
    return;
  }
  if (query.cols != key_type_.cols) {
    node.fail(text("score=", score, " needs queries as wide as the keys, got ", asked, " and ", node.describe(keys),
                   "; score=general and score=additive take any widths"));
  }
  if (score == "scaled_dot") factor_ = static_cast<real>(1 / std::sqrt(static_cast<double>(size_)));
}

FrozenScore AttentionScore::freeze(Freezing& model) const {
  FrozenScore frozen;
  const auto pack = [&](int weight, const Type& x, std::unique_ptr<FrozenAffine>* to) {
    if (weight < 0) return;
    *to = std::make_unique<FrozenAffine>(model, x, 1, size_, model.parameter(weight));
    model.replaced(weight);
  };
  pack(query_, query_type_, &frozen.query);
  pack(key_, key_type_, &frozen.key);
  return frozen;
}

void AttentionScore::project(Run& run, const FrozenAffine* frozen, int weight, const Value& x, real* projected) const {
  if (frozen == nullptr) return affine_forward(run, x, run.parameter(weight), nullptr, size_, projected, size_);
  const AffineProduct& product = frozen->product();
  char* workspace = run.scratch->take<char>(checked_product("workspace", product.workspace(x.rows), run.threads->most()));
  product.forward(x, run.scratch->take_zeroed<real>(size_), projected, size_, workspace, *run.threads);
}

const real* AttentionScore::project_keys(Run& run, const FrozenScore* frozen, const Value& values, ProjectedKeys& keys) const {
  if (!projects_keys()) return nullptr;
  if (frozen != nullptr && keys.version == values.version) return keys.rows.data();
  keys.version = 0;
  real* projected = keys.rows.need(checked_product("keys", values.rows, size_));
  project(run, frozen == nullptr ? nullptr : frozen->key.get(), key_, values, projected);
  keys.version = values.version;
  return projected;
}

void AttentionScore::project_queries(Run& run, const FrozenScore* frozen, const Value& queries, real* projected) const {
  project(run, frozen == nullptr ? nullptr : frozen->query.get(), query_, queries, projected);
}

KeyRows AttentionScore::keys(const Run& run, const Value& values, const real* projected) const {
  KeyRows rows;
  rows.axis = &run.axis(values.type.axis);
  rows.values = values.data;
  rows.width = values.type.cols;
  rows.keys = projects_keys() ? projected : values.data;
  rows.size = size_;
  rows.v = v_ < 0 ? nullptr : run.parameter(v_);
  rows.factor = factor_;
  return rows;
}

KeyGradients AttentionScore::gradients(Run& run, const Value& values) const {
  KeyGradients gradients;
  gradients.values = values.grad;
  gradients.keys = projects_keys() ? run.scratch->take_zeroed<real>(checked_product("keys", values.rows, size_)) : values.grad;
  const index sequences = run.axis(values.type.axis).sequences();
  if (v_ >= 0) gradients.v = run.scratch->take_zeroed<real>(checked_product("sequences", sequences, size_));
  return gradients;
}

void AttentionScore::finish_keys(Run& run, const Value& values, const KeyGradients& gradients) const {
  if (projects_keys()) {
    add_product_backward(run, values, run.parameter(key_), run.gradient(key_), gradients.keys, size_, size_);
  }
  if (v_ >= 0 && run.gradient(v_) != nullptr) {
    run.k->add_columns(run.gradient(v_), gradients.v, run.axis(values.type.axis).sequences(), size_, size_);
  }
}

void AttentionScore::finish_queries(Run& run, const Value& queries, const real* dprojected) const {
  add_product_backward(run, queries, run.parameter(query_), run.gradient(query_), dprojected, size_, size_);
}

void check_keys(const Run& run, const Packed& asking, const std::string& asking_name, const Packed& keys, const std::string& keys_name,
                index port) {
  if (asking.sequences() != keys.sequences()) {
    run.fail(text("input ", keys_name, " has ", keys.sequences(), " sequences, expected ", asking.sequences(), ", one for each of ",
                  asking_name));
  }
  if (port > 0 && keys.steps() > port) {
    run.fail(text("a sequence of input ", keys_name, " has ", keys.steps(), " steps, more than weights=", port, " has columns for"));
  }
}

}  // namespace tidegate
