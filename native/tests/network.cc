#include "network.h"

#include <algorithm>
#include <cstring>

void ok(tg_status status) {
  if (status != TG_OK) throw Failure(status, tg_last_error());
}

namespace {

// A 64-bit linear congruential generator (Knuth, MMIX): the tests' own, so that no test leans on the library's random numbers.
std::uint64_t next(std::uint64_t* state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return *state >> 33;
}

Reals copy(const tg_tensor& tensor) {
  if (tensor.data == nullptr && tensor.dims[0] > 0) throw std::runtime_error(std::string("no data in ") + tensor.name);
  return Reals(tensor.data, tensor.data + tensor.dims[0] * tensor.dims[1]);
}

}  // namespace

Reals random_reals(std::size_t count, std::uint64_t seed) {
  std::uint64_t state = seed * 2 + 1;
  for (int i = 0; i < 4; ++i) next(&state);
  Reals values(count);
  for (auto& x : values) x = static_cast<tg_real>(static_cast<double>(next(&state) >> 7) * 0x1p-23 - 1.0);
  return values;
}

Ids random_ids(std::size_t count, std::int32_t below, std::uint64_t seed) {
  std::uint64_t state = seed * 2 + 1;
  for (int i = 0; i < 4; ++i) next(&state);
  Ids values(count);
  for (auto& x : values) x = static_cast<std::int32_t>((next(&state) >> 3) % static_cast<std::uint64_t>(below));
  return values;
}

Model::Model(const std::string& spec, std::uint64_t seed) { ok(tg_model_create(spec.data(), spec.size(), seed, &model_)); }

int Model::find(const std::string& value) const {
  std::int32_t index = -1;
  ok(tg_model_find(model_, value.c_str(), &index));
  return index;
}

tg_value Model::value(int index) const {
  tg_value value;
  ok(tg_model_value(model_, index, &value));
  return value;
}

int Model::axis(const std::string& name) const {
  for (int a = 0; a < tg_model_axes(model_); ++a) {
    if (name == tg_model_axis(model_, a)) return a;
  }
  throw std::runtime_error("no axis " + name);
}

tg_tensor Model::parameter(int index) const {
  tg_tensor tensor;
  ok(tg_model_parameter(model_, index, &tensor));
  return tensor;
}

int Model::parameter_number(const std::string& name) const {
  for (int p = 0; p < parameters(); ++p) {
    if (name == parameter(p).name) return p;
  }
  throw std::runtime_error("no parameter " + name);
}

Reals Model::get(const std::string& name) const { return copy(parameter(parameter_number(name))); }

void Model::set(const std::string& name, const Reals& values) {
  const tg_tensor tensor = parameter(parameter_number(name));
  if (static_cast<std::int64_t>(values.size()) != tensor.dims[0] * tensor.dims[1]) {
    throw std::runtime_error("parameter " + name + " has " + std::to_string(tensor.dims[0] * tensor.dims[1]) + " numbers, got " +
                             std::to_string(values.size()));
  }
  std::memcpy(tensor.data, values.data(), values.size() * sizeof(tg_real));
}

Reals Model::all_parameters() const {
  Reals all;
  for (int p = 0; p < parameters(); ++p) {
    const Reals one = copy(parameter(p));
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

Batch& Batch::lengths(const std::string& axis, Ids lengths) {
  const int given = model_.axis(axis);
  lengths_[given] = std::move(lengths);
  for (int a = 0; a < tg_model_axes(model_.get()); ++a) {
    if (root_axis(model_.get(), a) == given && a != given) lengths_[a] = derived_lengths(model_.get(), a, lengths_[given]);
  }
  return *this;
}

tg_axis axis_info(const tg_model* model, int axis) {
  tg_axis info;
  ok(tg_model_axis_info(model, axis, &info));
  return info;
}

int root_axis(const tg_model* model, int axis) {
  while (axis_info(model, axis).source >= 0) axis = axis_info(model, axis).source;
  return axis;
}

Ids derived_lengths(const tg_model* model, int axis, const Ids& lengths) {
  const tg_axis info = axis_info(model, axis);
  if (info.source < 0) return lengths;
  Ids derived = derived_lengths(model, info.source, lengths);
  for (std::int32_t& length : derived) length = static_cast<std::int32_t>(std::max<std::int64_t>(0, length * info.times + info.add) / info.stride);
  return derived;
}

Batch& Batch::feed(const std::string& input, Reals data) {
  data.reserve(1);  // no rows have data too
  reals_[model_.find(input)] = std::move(data);
  return *this;
}

Batch& Batch::feed_ids(const std::string& input, Ids ids) {
  ids.reserve(1);
  ids_[model_.find(input)] = std::move(ids);
  return *this;
}

std::int64_t Batch::rows(const tg_value& value) const {
  if (value.per == TG_PER_BATCH) return 1;
  const Ids& lengths = lengths_.at(value.axis);
  if (value.per == TG_PER_SEQUENCE) return static_cast<std::int64_t>(lengths.size());
  std::int64_t rows = 0;
  for (const auto length : lengths) rows += length;
  return rows;
}

const tg_batch* Batch::get() {
  axes_.clear();
  feeds_.clear();
  for (const auto& [axis, lengths] : lengths_) {
    if (axis_info(model_.get(), axis).source < 0) axes_.push_back({axis, static_cast<std::int32_t>(lengths.size()), lengths.data()});
  }
  for (const auto& [value, data] : reals_) feeds_.push_back({value, data.data(), static_cast<std::int64_t>(data.size())});
  for (const auto& [value, ids] : ids_) feeds_.push_back({value, ids.data(), static_cast<std::int64_t>(ids.size())});
  batch_ = {axes_.data(), static_cast<std::int32_t>(axes_.size()), feeds_.data(), static_cast<std::int32_t>(feeds_.size())};
  return &batch_;
}

Session::Session(Model& model, tg_mode mode, std::uint64_t seed) : model_(model) {
  ok(tg_session_create(model.get(), mode, seed, &session_));
}

Session::Session(Model& model, const std::vector<int>& kept) : model_(model) {
  ok(tg_session_create_keeping(model.get(), kept.data(), static_cast<std::int32_t>(kept.size()), &session_));
}

tg_metrics Session::forward(Batch& batch) {
  tg_metrics metrics{};
  ok(tg_session_forward(session_, batch.get(), &metrics));
  return metrics;
}

void Session::step(Batch& batch) {
  const tg_batch* given = batch.get();
  ok(tg_session_step(session_, given->feeds, given->feeds_count, 0, nullptr, 0));
}

void Session::backward(const std::vector<std::pair<std::string, Reals>>& seeds) {
  std::vector<tg_seed> list;
  for (const auto& [name, data] : seeds) list.push_back({model_.find(name), data.data(), static_cast<std::int64_t>(data.size())});
  ok(tg_session_backward(session_, list.data(), static_cast<std::int32_t>(list.size())));
}

Reals Session::output(const std::string& value) const {
  tg_tensor tensor;
  ok(tg_session_output(session_, model_.find(value), &tensor));
  return copy(tensor);
}

Reals Session::gradient(const std::string& value) const {
  tg_tensor tensor;
  ok(tg_session_output_gradient(session_, model_.find(value), &tensor));
  return copy(tensor);
}

Reals Session::parameter_gradient(const std::string& parameter) const {
  tg_tensor tensor;
  ok(tg_session_parameter_gradient(session_, model_.parameter_number(parameter), &tensor));
  return copy(tensor);
}

Reals Session::state() const {
  std::int64_t count = 0;
  ok(tg_session_state_count(session_, &count));
  Reals state(static_cast<std::size_t>(count));
  ok(tg_session_get_state(session_, state.data(), count));
  return state;
}

std::int64_t packed_row(const Ids& lengths, std::int64_t t, std::int64_t s) {
  const auto n = static_cast<std::int64_t>(lengths.size());
  const std::int32_t* const all = lengths.data();
  const std::int32_t own = all[s];
  std::int64_t row = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    row += all[i] < t ? all[i] : t;  // rows of steps before t
    if (all[i] > own || (all[i] == own && i < s)) ++row;  // a sequence that comes first
  }
  return row;
}

namespace {

// Calls move(padded position, packed position) for every real step.
template <class Move>
void each_row(const Ids& lengths, std::int64_t steps, std::int64_t cols, bool batch_first, const Move& move) {
  const auto n = static_cast<std::int64_t>(lengths.size());
  for (std::int64_t s = 0; s < n; ++s) {
    for (std::int64_t t = 0; t < lengths[static_cast<std::size_t>(s)]; ++t) {
      move(static_cast<std::size_t>((batch_first ? s * steps + t : t * n + s) * cols),
           static_cast<std::size_t>(packed_row(lengths, t, s) * cols));
    }
  }
}

}  // namespace

Reals pack(const std::vector<double>& padded, const Ids& lengths, std::int64_t steps, std::int64_t cols, bool batch_first) {
  std::size_t total = 0;
  for (const auto length : lengths) total += static_cast<std::size_t>(length);
  Reals rows(total * static_cast<std::size_t>(cols));
  each_row(lengths, steps, cols, batch_first, [&](std::size_t from, std::size_t to) {
    for (std::int64_t c = 0; c < cols; ++c) rows.at(to + c) = static_cast<tg_real>(padded.at(from + c));
  });
  return rows;
}

Reals unpack(const Reals& rows, const Ids& lengths, std::int64_t steps, std::int64_t cols, bool batch_first) {
  Reals padded(lengths.size() * static_cast<std::size_t>(steps * cols), 0);
  each_row(lengths, steps, cols, batch_first, [&](std::size_t to, std::size_t from) {
    for (std::int64_t c = 0; c < cols; ++c) padded.at(to + c) = rows.at(from + c);
  });
  return padded;
}
