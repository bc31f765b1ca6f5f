// The fuzz target: bytes are a spec; whatever model comes out runs a forward and a backward pass, training steps and inference with
// small batches that the same bytes decide, and so do its frozen forms, in passes and step by step. Nothing may crash, no call may end
// in TG_INTERNAL, and every failure has a text.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "tidegate/tidegate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

constexpr std::size_t kMostBytes = 2000;
constexpr std::int64_t kMostWork = 300000;  // parameters of a model that is run

// Numbers that come from the bytes: the same input always does the same.
class Choices {
 public:
  Choices(const std::uint8_t* bytes, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) state_ = (state_ ^ bytes[i]) * 0x100000001b3u;
  }
  std::int32_t below(std::int32_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::int32_t>((state_ >> 33) % static_cast<std::uint64_t>(n));
  }
  tg_real real() {
    if (below(200) == 0) return std::numeric_limits<tg_real>::quiet_NaN();
    if (below(200) == 0) return static_cast<tg_real>(below(2) == 0 ? 1e30 : -1e30);
    return static_cast<tg_real>(below(2001) - 1000) / 500;
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

bool succeeded(tg_status status) {
  if (status == TG_OK) return true;
  if (status == TG_INTERNAL || tg_last_error()[0] == '\0') {
    std::fprintf(stderr, "status %d: '%s'\n", static_cast<int>(status), tg_last_error());
    std::abort();
  }
  return false;
}

// Sizes of 17 ... 10^9 would only make the fuzzer slow; larger ones must be refused and so may stay. Decimals may stay too.
bool quick(const std::uint8_t* bytes, std::size_t size) {
  for (std::size_t i = 0; i < size;) {
    if (bytes[i] < '0' || bytes[i] > '9') {
      ++i;
      continue;
    }
    const std::size_t begin = i;
    double value = 0;
    for (; i < size && bytes[i] >= '0' && bytes[i] <= '9'; ++i) value = value * 10 + (bytes[i] - '0');
    const bool decimals = begin > 0 && (bytes[begin - 1] == '.' || bytes[begin - 1] == '-');
    if (!decimals && value > 16 && value < 1e10) return false;
    if (i < size && (bytes[i] == 'e' || bytes[i] == 'E')) return false;
  }
  return true;
}

struct Data {
  std::vector<std::vector<std::int32_t>> lengths, ids;
  std::vector<std::vector<tg_real>> reals;
  std::vector<tg_axis_lengths> axes;
  std::vector<tg_feed> feeds;
  tg_batch batch() const {
    return {axes.data(), static_cast<std::int32_t>(axes.size()), feeds.data(), static_cast<std::int32_t>(feeds.size())};
  }
};

tg_axis axis_info(const tg_model* model, std::int32_t axis) {
  tg_axis info;
  if (!succeeded(tg_model_axis_info(model, axis, &info))) std::abort();
  return info;
}

// What the lengths of an axis become on one that is derived from it.
std::vector<std::int32_t> derived_lengths(const tg_model* model, std::int32_t axis, const std::vector<std::vector<std::int32_t>>& lengths) {
  const tg_axis info = axis_info(model, axis);
  std::vector<std::int32_t> derived = lengths[info.source];
  for (std::int32_t& length : derived) length = static_cast<std::int32_t>(std::max<std::int64_t>(0, length * info.times + info.add) / info.stride);
  return derived;
}

// Mostly what the model asks for, now and then something left out or wrong.
Data make_data(const tg_model* model, Choices& choices) {
  Data data;
  const std::int32_t sequences = 1 + choices.below(4);
  for (std::int32_t a = 0; a < tg_model_axes(model); ++a) {
    if (axis_info(model, a).source >= 0) {
      data.lengths.push_back(derived_lengths(model, a, data.lengths));
      continue;
    }
    std::vector<std::int32_t> lengths;
    for (std::int32_t s = 0; s < (choices.below(50) == 0 ? sequences + 1 : sequences); ++s) lengths.push_back(1 + choices.below(4));
    if (choices.below(50) == 0) lengths[0] = choices.below(3) - 1;
    data.lengths.push_back(lengths);
  }
  for (std::int32_t a = 0; a < tg_model_axes(model); ++a) {
    if (axis_info(model, a).source >= 0 && choices.below(60) > 0) continue;
    data.axes.push_back({a, static_cast<std::int32_t>(data.lengths[a].size()), data.lengths[a].data()});
  }
  const std::int32_t values = tg_model_values(model);
  data.ids.resize(values);
  data.reals.resize(values);
  for (std::int32_t v = 0; v < values; ++v) {
    tg_value value;
    if (!succeeded(tg_model_value(model, v, &value)) || !value.input || choices.below(40) == 0) continue;
    std::int64_t rows = 0;
    for (const std::int32_t length : data.lengths[value.axis]) rows += value.per == TG_PER_STEP ? length : 1;
    std::int64_t count = rows * value.cols;
    if (choices.below(60) == 0) count += choices.below(3) - 1;
    if (count < 0) continue;
    if (value.kind == TG_REAL) {
      for (std::int64_t i = 0; i < count; ++i) data.reals[v].push_back(choices.real());
      data.feeds.push_back({v, data.reals[v].data(), count});
    } else {
      for (std::int64_t i = 0; i < count; ++i) data.ids[v].push_back(choices.below(80) == 0 ? choices.below(40) - 20 : choices.below(2));
      data.feeds.push_back({v, data.ids[v].data(), count});
    }
  }
  return data;
}

// Reads everything that a view points at.
double touch(const tg_tensor& tensor) {
  double sum = 0;
  for (std::int64_t i = 0; tensor.data != nullptr && i < tensor.dims[0] * tensor.dims[1]; ++i) sum += tensor.data[i];
  return sum;
}

void read_all(const tg_model* model, const tg_session* session) {
  volatile double sum = 0;
  tg_tensor tensor;
  for (std::int32_t v = 0; v < tg_model_values(model); ++v) {
    if (succeeded(tg_session_output(session, v, &tensor))) sum = sum + touch(tensor);
    if (succeeded(tg_session_output_gradient(session, v, &tensor))) sum = sum + touch(tensor);
  }
  for (std::int32_t p = 0; p < tg_model_parameters(model); ++p) {
    if (succeeded(tg_session_parameter_gradient(session, p, &tensor))) sum = sum + touch(tensor);
  }
}

void backward(const tg_model* model, tg_session* session, Choices& choices) {
  std::vector<std::vector<tg_real>> data;
  std::vector<tg_seed> seeds;
  for (std::int32_t v = 0; v < tg_model_values(model); ++v) {
    tg_tensor tensor;
    if (choices.below(2) == 0 || !succeeded(tg_session_output(session, v, &tensor))) continue;
    std::vector<tg_real> seed;
    for (std::int64_t i = 0; i < tensor.dims[0] * tensor.dims[1]; ++i) seed.push_back(choices.real());
    data.push_back(std::move(seed));
    seeds.push_back({v, data.back().data(), static_cast<std::int64_t>(data.back().size()) + (choices.below(50) == 0)});
  }
  succeeded(tg_session_backward(session, seeds.data(), static_cast<std::int32_t>(seeds.size())));
}

void run(tg_model* model, tg_mode mode, Choices& choices) {
  static const char* const optimizers[] = {"sgd", "sgd momentum=0.9 nesterov=true", "adam", "adamw weight_decay=0.1", "rmsprop", "adagrad",
                                           "adadelta"};
  tg_session* session = nullptr;
  tg_optimizer* optimizer = nullptr;
  if (!succeeded(tg_session_create(model, mode, 3, &session)) || !succeeded(tg_optimizer_create(model, optimizers[choices.below(6)], &optimizer))) {
    std::abort();
  }
  succeeded(tg_session_carry(session, choices.below(2)));
  for (int round = 0; round < 3; ++round) {
    const Data data = make_data(model, choices);
    const tg_batch batch = data.batch();
    tg_metrics metrics;
    if (succeeded(tg_session_forward(session, &batch, &metrics))) backward(model, session, choices);
    read_all(model, session);
    const tg_step step = {0.01, choices.below(2) * 1.0, choices.below(2) * 0.5, static_cast<tg_norm>(choices.below(3))};
    succeeded(tg_session_train(session, &batch, optimizer, &step, &metrics));
    read_all(model, session);
    std::int64_t count = 0;
    if (succeeded(tg_session_state_count(session, &count)) && count > 0) {
      std::vector<tg_real> state(static_cast<std::size_t>(count));
      succeeded(tg_session_get_state(session, state.data(), count));
      succeeded(tg_session_set_state(session, state.data(), count, data.axes.empty() ? 1 : data.axes[0].sequences));
    }
  }
  tg_optimizer_destroy(optimizer);
  tg_session_destroy(session);
}

// One step of a few streams, with now and then an input left out or a row too many.
void step(tg_session* session, const tg_model* model, Choices& choices) {
  const std::int32_t streams = 1 + choices.below(3);
  std::vector<std::vector<tg_real>> reals;
  std::vector<std::vector<std::int32_t>> ids;
  std::vector<tg_feed> feeds;
  for (std::int32_t v = 0; v < tg_model_values(model); ++v) {
    tg_value value;
    if (!succeeded(tg_model_value(model, v, &value)) || !value.input || choices.below(10) == 0) continue;
    const std::int64_t count = streams * value.cols + (choices.below(60) == 0);
    const void* data = nullptr;
    if (value.kind == TG_REAL) {
      reals.emplace_back();
      for (std::int64_t i = 0; i < count; ++i) reals.back().push_back(choices.real());
      data = reals.back().data();
    } else {
      ids.emplace_back();
      for (std::int64_t i = 0; i < count; ++i) ids.back().push_back(choices.below(80) == 0 ? choices.below(40) - 20 : choices.below(2));
      data = ids.back().data();
    }
    feeds.push_back({v, data, count});
  }
  for (int again = 0; again < 2; ++again) succeeded(tg_session_step(session, feeds.data(), static_cast<std::int32_t>(feeds.size()), 0, nullptr, 0));
}

// The state as bytes, put back whole or with a byte changed.
void restore(tg_session* session, Choices& choices) {
  std::int64_t size = 0;
  if (!succeeded(tg_session_state_bytes(session, &size))) std::abort();
  std::vector<char> bytes(static_cast<std::size_t>(size));
  if (!succeeded(tg_session_save_state(session, bytes.data(), size))) std::abort();
  if (choices.below(2) == 0) bytes[static_cast<std::size_t>(choices.below(static_cast<std::int32_t>(std::min<std::int64_t>(size, 100))))] ^= 0x41;
  succeeded(tg_session_load_state(session, bytes.data(), size - (choices.below(10) == 0)));
}

// Other sequences for some axis, now and then one that it does not have.
void select(tg_session* session, const tg_model* model, Choices& choices) {
  std::vector<std::int32_t> chosen;
  for (std::int32_t left = 1 + choices.below(5); left > 0; --left) {
    chosen.push_back(choices.below(20) == 0 ? choices.below(9) - 4 : choices.below(2));
  }
  const std::int32_t axis = choices.below(tg_model_axes(model) + (choices.below(30) == 0) + (tg_model_axes(model) == 0));
  succeeded(tg_session_select(session, axis, chosen.data(), static_cast<std::int32_t>(chosen.size())));
}

void serve(const tg_model* model, tg_precision precision, Choices& choices) {
  tg_model* frozen = nullptr;
  if (!succeeded(tg_model_freeze(model, precision, &frozen))) return;
  tg_session* session = nullptr;
  if (!succeeded(tg_session_create(frozen, TG_INFER, 3, &session))) std::abort();
  succeeded(tg_session_carry(session, choices.below(2)));
  for (int round = 0; round < 3; ++round) {
    const Data data = make_data(frozen, choices);
    const tg_batch batch = data.batch();
    succeeded(tg_session_forward(session, &batch, nullptr));
    read_all(frozen, session);
    for (int i = 0; i < 2; ++i) select(session, frozen, choices);
    read_all(frozen, session);
    const tg_batch feeds_alone = {nullptr, 0, batch.feeds, batch.feeds_count};
    succeeded(tg_session_forward(session, &feeds_alone, nullptr));
    read_all(frozen, session);
    succeeded(choices.below(2) == 0 ? tg_session_reset(session) : tg_session_clear(session));
    for (int i = 0; i < 3; ++i) {
      step(session, frozen, choices);
      select(session, frozen, choices);
    }
    read_all(frozen, session);
    restore(session, choices);
  }
  tg_session_destroy(session);
  tg_model_destroy(frozen);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size > kMostBytes || !quick(bytes, size)) return 0;
  tg_model* model = nullptr;
  // A copy of the exact size: reading past its end is noticed.
  const std::vector<char> spec(bytes, bytes + size);
  static const char none = 0;
  if (!succeeded(tg_model_create(size == 0 ? &none : spec.data(), size, 1, &model))) return 0;
  std::int64_t work = 0;
  for (std::int32_t p = 0; p < tg_model_parameters(model); ++p) {
    tg_tensor tensor;
    if (succeeded(tg_model_parameter(model, p, &tensor))) work += tensor.dims[0] * tensor.dims[1];
  }
  if (work <= kMostWork) {
    const std::string canonical = tg_model_spec(model);
    tg_model* again = nullptr;
    if (!succeeded(tg_model_create(canonical.data(), canonical.size(), 1, &again)) || canonical != tg_model_spec(again)) {
      std::fprintf(stderr, "the canonical spec does not build the same model:\n%s\n", canonical.c_str());
      std::abort();
    }
    tg_model_destroy(again);
    Choices choices(bytes, size);
    run(model, TG_TRAIN, choices);
    run(model, TG_INFER, choices);
    for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) serve(model, precision, choices);
  }
  tg_model_destroy(model);
  return 0;
}
