// A model and a session over the C ABI, as tests like to write them: names instead of numbers, vectors instead of pointers. A
// call that fails throws Failure with the status and the library's text.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tidegate/tidegate.h"

struct Failure : std::runtime_error {
  Failure(tg_status status, const std::string& text) : std::runtime_error(text), status(status) {}
  tg_status status;
};
// Throws Failure unless the status is TG_OK.
void ok(tg_status status);

using Reals = std::vector<tg_real>;
using Ids = std::vector<std::int32_t>;

// Reals in [-1, 1), a function of the seed alone.
Reals random_reals(std::size_t count, std::uint64_t seed);
// Ids in [0, below).
Ids random_ids(std::size_t count, std::int32_t below, std::uint64_t seed);

// What the library says of an axis, and its lengths where those of the axis that it is derived from in the end are given.
tg_axis axis_info(const tg_model* model, int axis);
int root_axis(const tg_model* model, int axis);
Ids derived_lengths(const tg_model* model, int axis, const Ids& lengths);

class Model {
 public:
  explicit Model(const std::string& spec, std::uint64_t seed = 1);
  // The frozen form of another.
  Model(const Model& source, tg_precision precision) { ok(tg_model_freeze(source.get(), precision, &model_)); }
  Model(const Model&) = delete;
  ~Model() { tg_model_destroy(model_); }
  tg_model* get() const { return model_; }

  int find(const std::string& value) const;
  tg_value value(int index) const;
  tg_value value(const std::string& name) const { return value(find(name)); }
  int values() const { return tg_model_values(model_); }
  int axis(const std::string& name) const;
  int parameters() const { return tg_model_parameters(model_); }
  tg_tensor parameter(int index) const;
  int parameter_number(const std::string& name) const;
  Reals get(const std::string& parameter) const;
  void set(const std::string& parameter, const Reals& values);
  Reals all_parameters() const;  // one after the other

 private:
  tg_model* model_ = nullptr;
};

// The data of one call. Owns copies of what it is given.
class Batch {
 public:
  explicit Batch(const Model& model) : model_(model) {}
  Batch& lengths(const std::string& axis, Ids lengths);
  Batch& feed(const std::string& input, Reals data);
  Batch& feed_ids(const std::string& input, Ids ids);
  std::int64_t rows(const tg_value& value) const;
  const tg_batch* get();
  std::map<int, Reals>& reals() { return reals_; }
  const Ids& ids(const std::string& input) const { return ids_.at(model_.find(input)); }

 private:
  const Model& model_;
  std::map<int, Ids> lengths_, ids_;
  std::map<int, Reals> reals_;
  std::vector<tg_axis_lengths> axes_;
  std::vector<tg_feed> feeds_;
  tg_batch batch_{};
};

class Session {
 public:
  explicit Session(Model& model, tg_mode mode = TG_TRAIN, std::uint64_t seed = 1);
  // One that infers and keeps these values alone.
  Session(Model& model, const std::vector<int>& kept);
  Session(const Session&) = delete;
  ~Session() { tg_session_destroy(session_); }
  tg_session* get() const { return session_; }

  tg_metrics forward(Batch& batch);
  // One step of the batch's data, whose sequences have length 1.
  void step(Batch& batch);
  // Seeds by value name.
  void backward(const std::vector<std::pair<std::string, Reals>>& seeds = {});
  Reals output(const std::string& value) const;
  Reals gradient(const std::string& value) const;
  Reals parameter_gradient(const std::string& parameter) const;
  Reals state() const;

 private:
  Model& model_;
  tg_session* session_ = nullptr;
};

class Optimizer {
 public:
  Optimizer(const Model& model, const std::string& text) { ok(tg_optimizer_create(model.get(), text.c_str(), &optimizer_)); }
  Optimizer(const Optimizer&) = delete;
  ~Optimizer() { tg_optimizer_destroy(optimizer_); }
  tg_optimizer* get() const { return optimizer_; }

 private:
  tg_optimizer* optimizer_ = nullptr;
};

// Padded rows <-> packed rows, written from the definition in tidegate.h without the library's own packing.
// padded: [T,N,C], or [N,T,C] if batch_first.
Reals pack(const std::vector<double>& padded, const Ids& lengths, std::int64_t steps, std::int64_t cols, bool batch_first);
// The same layout back, 0 past a sequence's end.
Reals unpack(const Reals& rows, const Ids& lengths, std::int64_t steps, std::int64_t cols, bool batch_first);
// The row of step t of sequence s.
std::int64_t packed_row(const Ids& lengths, std::int64_t t, std::int64_t s);
