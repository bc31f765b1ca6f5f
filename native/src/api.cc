// The C ABI over the core: the library, models and optimizers; sessions are in api_session.cc. Argument checks, exceptions to status and
// text. Nothing else sees both sides.
#include "api.h"

#include <algorithm>
#include <cstring>

#include "isa/kernels.h"

using namespace tidegate;

static_assert(static_cast<int>(Status::internal) == TG_INTERNAL && static_cast<int>(Status::unsupported) == TG_UNSUPPORTED &&
              static_cast<int>(Status::out_of_memory) == TG_OUT_OF_MEMORY && static_cast<int>(Status::invalid_state) == TG_INVALID_STATE &&
              static_cast<int>(Status::invalid_spec) == TG_INVALID_SPEC && static_cast<int>(Status::invalid_argument) == TG_INVALID_ARGUMENT);
static_assert(static_cast<int>(Kind::ids) == TG_IDS && static_cast<int>(Kind::one_hot) == TG_ONE_HOT);
static_assert(static_cast<int>(Precision::bfloat16) == TG_BFLOAT16 && static_cast<int>(Precision::int8) == TG_INT8);
static_assert(static_cast<int>(Per::sequence) == TG_PER_SEQUENCE && static_cast<int>(Per::batch) == TG_PER_BATCH);
static_assert(std::is_same_v<tg_real, real>);

namespace {

// Plain bytes: what a thread had to destroy at its end would keep this library from being unloaded before.
constexpr std::size_t kErrorBytes = 4096;
thread_local char last_error[kErrorBytes];

}  // namespace

tg_status tidegate::failed(Status status, const char* what) noexcept {
  std::size_t length = std::strlen(what);
  if (length >= kErrorBytes) {
    length = kErrorBytes - 1;
    while (length > 0 && (what[length] & 0xC0) == 0x80) --length;  // whole characters of UTF-8
  }
  std::memcpy(last_error, what, length);
  last_error[length] = 0;
  return static_cast<tg_status>(status);
}

extern "C" {

// ---- The library --------------------------------------------------------------------------------------------------------------------

const char* tg_version(void) { return TG_VERSION; }

const char* tg_last_error(void) { return last_error; }

tg_status tg_isa(const char** name) {
  return guarded([&] { need(name, "name") = kernels().name; });
}

tg_status tg_pack_rows(const int32_t* lengths, int32_t sequences, int32_t* rank, int64_t* offset, int64_t count) {
  return guarded([&] {
    std::int64_t longest = 0;
    for (std::int32_t s = 0; lengths != nullptr && s < sequences; ++s) longest = std::max<std::int64_t>(longest, lengths[s]);
    if (offset != nullptr && count <= longest) {  // before memory is taken for as many
      throw Error(Status::invalid_argument, text("offset has room for ", count, " elements; lengths up to ", longest, " need ", longest + 1));
    }
    Packed packed;
    packed.set(lengths, sequences);
    if (offset != nullptr && count <= packed.steps()) throw Error(Status::invalid_argument, "the lengths changed during the call");
    for (std::int64_t s = 0; rank != nullptr && s < sequences; ++s) rank[s] = static_cast<int32_t>(packed.rank(s));
    for (std::int64_t t = 0; offset != nullptr && t <= packed.steps(); ++t) offset[t] = packed.offset(t);
  });
}

int64_t tg_memory_used(void) { return memory_used(); }

int64_t tg_memory_limit(void) { return memory_limit(); }

int64_t tg_memory_available(void) { return available_memory(); }

tg_status tg_set_memory_limit(int64_t bytes) {
  return guarded([&] {
    if (bytes < 1) throw Error(Status::invalid_argument, text("a memory limit of ", bytes, " bytes; expected 1 or more"));
    set_memory_limit(bytes);
  });
}

// ---- The model ----------------------------------------------------------------------------------------------------------------------

tg_status tg_model_create(const char* spec, size_t length, uint64_t seed, tg_model** model) {
  return guarded([&] {
    need(spec, "spec");
    need(model, "model");
    *model = nullptr;
    kernels();  // a forced instruction set that is not there fails here, whatever the graph holds
    *model = new tg_model{std::make_unique<Model>(std::string(spec, length), seed)};
  });
}

tg_status tg_model_declare(const char* spec, size_t length, int64_t most_parameters, tg_model** model) {
  return guarded([&] {
    need(spec, "spec");
    need(model, "model");
    *model = nullptr;
    if (most_parameters < 0) throw Error(Status::invalid_argument, text("most_parameters ", most_parameters, " is negative"));
    kernels();
    *model = new tg_model{Model::declare(std::string(spec, length), static_cast<std::size_t>(most_parameters))};
  });
}

tg_status tg_model_allocate(tg_model* model) {
  return guarded([&] { need(model, "model").model->allocate(); });
}

void tg_model_destroy(tg_model* model) { delete model; }

tg_status tg_model_freeze(const tg_model* model, tg_precision precision, tg_model** frozen) {
  return guarded([&] {
    need(frozen, "frozen");
    *frozen = nullptr;
    if (precision != TG_FLOAT32 && precision != TG_BFLOAT16 && precision != TG_INT8) {
      throw Error(Status::invalid_argument, text("precision ", static_cast<int>(precision), " is none of TG_FLOAT32, TG_BFLOAT16, TG_INT8"));
    }
    *frozen = new tg_model{need(model, "model").model->freeze(static_cast<Precision>(precision))};
  });
}

int32_t tg_model_frozen(const tg_model* model) { return model != nullptr && model->model->frozen(); }

int64_t tg_model_bytes(const tg_model* model) { return model == nullptr ? 0 : model->model->bytes(); }

uint64_t tg_model_fingerprint(const tg_model* model) {
  return model == nullptr || !(model->model->frozen() || model->model->allocated()) ? 0 : model->model->fingerprint();
}

const char* tg_model_spec(const tg_model* model) { return model == nullptr ? "" : model->model->spec().c_str(); }

int32_t tg_model_parameters(const tg_model* model) {
  return model == nullptr ? 0 : static_cast<int32_t>(model->model->parameters().size());
}

tg_status tg_model_parameter(const tg_model* model, int32_t index, tg_tensor* parameter) {
  return guarded([&] {
    const Model& m = *need(model, "model").model;
    check_index(index, m.parameters().size(), "parameter");
    if (m.frozen()) {
      throw Error(Status::invalid_state, text("a frozen model does not show its parameters ('", m.parameters()[index].name,
                                              "'): ask the model that it was made from"));
    }
    const ParameterInfo& info = m.parameters()[index];
    need(parameter, "parameter") = parameter_view(info, info.name.c_str(), m.slab());
  });
}

int32_t tg_model_values(const tg_model* model) { return model == nullptr ? 0 : static_cast<int32_t>(model->model->values().size()); }

tg_status tg_model_value(const tg_model* model, int32_t index, tg_value* value) {
  return guarded([&] {
    const Model& m = *need(model, "model").model;
    check_index(index, m.values().size(), "value");
    const ValueInfo& info = m.values()[index];
    const NodeInfo& node = m.nodes()[info.node];
    need(value, "value") = {info.name.c_str(), static_cast<tg_kind>(info.type.kind), static_cast<tg_per>(info.type.per),
                            info.type.axis, info.type.cols, node.input, node.loss && index == node.first_value};
  });
}

tg_status tg_model_find(const tg_model* model, const char* name, int32_t* index) {
  return guarded([&] {
    const Model& m = *need(model, "model").model;
    const std::string wanted = &need(name, "name");
    need(index, "index");
    for (std::size_t i = 0; i < m.values().size(); ++i) {
      if (m.values()[i].name != wanted) continue;
      *index = static_cast<int32_t>(i);
      return;
    }
    throw Error(Status::invalid_argument, text("the model has no value '", wanted, "'"));
  });
}

int32_t tg_model_axes(const tg_model* model) { return model == nullptr ? 0 : static_cast<int32_t>(model->model->axes().size()); }

const char* tg_model_axis(const tg_model* model, int32_t axis) {
  if (model == nullptr || axis < 0 || axis >= tg_model_axes(model)) return "";
  return model->model->axes()[axis].name.c_str();
}

tg_status tg_model_axis_info(const tg_model* model, int32_t index, tg_axis* axis) {
  return guarded([&] {
    const Model& m = *need(model, "model").model;
    check_index(index, m.axes().size(), "axis");
    const AxisInfo& info = m.axes()[index];
    const Windows& w = info.windows;
    need(axis, "axis") = {info.name.c_str(), info.source, info.times, w.phase() + w.after, w.stride};
  });
}

// ---- The optimizer ------------------------------------------------------------------------------------------------------------------

tg_status tg_optimizer_create(const tg_model* model, const char* text, tg_optimizer** optimizer) {
  return guarded([&] {
    need(optimizer, "optimizer");
    *optimizer = nullptr;
    const Model& m = *need(model, "model").model;
    if (m.frozen()) throw Error(Status::invalid_state, "a frozen model has nothing to optimize: its parameters do not change");
    m.check_allocated();
    auto made = std::unique_ptr<tg_optimizer>(new tg_optimizer{m, Optimizer(&need(text, "text"), m.slab_count()), {}});
    for (int s = 0; s < made->optimizer.slots(); ++s) {
      for (const ParameterInfo& info : m.parameters()) made->names.push_back(std::string(made->optimizer.slot_name(s)) + "." + info.name);
    }
    *optimizer = made.release();
  });
}

void tg_optimizer_destroy(tg_optimizer* optimizer) { delete optimizer; }

int32_t tg_optimizer_slots(const tg_optimizer* optimizer) { return optimizer == nullptr ? 0 : optimizer->optimizer.slots(); }

tg_status tg_optimizer_slot(const tg_optimizer* optimizer, int32_t slot, int32_t parameter, tg_tensor* tensor) {
  return guarded([&] {
    const tg_optimizer& o = need(optimizer, "optimizer");
    const auto& parameters = o.model.parameters();
    check_index(slot, static_cast<std::size_t>(o.optimizer.slots()), "slot");
    check_index(parameter, parameters.size(), "parameter");
    need(tensor, "tensor") = parameter_view(parameters[parameter], o.names[slot * parameters.size() + parameter].c_str(),
                                             o.optimizer.slot(slot));
  });
}

int64_t tg_optimizer_step(const tg_optimizer* optimizer) { return optimizer == nullptr ? 0 : optimizer->optimizer.steps(); }

tg_status tg_optimizer_set_step(tg_optimizer* optimizer, int64_t step) {
  return guarded([&] {
    if (step < 0 || step == INT64_MAX) {
      throw Error(Status::invalid_argument, text("step ", step, "; expected 0 to ", INT64_MAX - 1, ", so that one more can be counted"));
    }
    need(optimizer, "optimizer").optimizer.set_steps(step);
  });
}

}  // extern "C"
