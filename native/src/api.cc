// The C ABI over the core: argument checks, exceptions to status and text. Nothing else sees both sides.
#include "tidegate/tidegate.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/denormals.h"
#include "graph/model.h"
#include "graph/session.h"
#include "isa/kernels.h"

using namespace tidegate;

struct tg_model {
  Model model;
};

struct tg_session {
  Session session;
};

struct tg_optimizer {
  const Model& model;
  Optimizer optimizer;
  std::vector<std::string> names;  // of slot views, slot-major
};

static_assert(static_cast<int>(Status::internal) == TG_INTERNAL && static_cast<int>(Status::unsupported) == TG_UNSUPPORTED &&
              static_cast<int>(Status::out_of_memory) == TG_OUT_OF_MEMORY && static_cast<int>(Status::invalid_state) == TG_INVALID_STATE &&
              static_cast<int>(Status::invalid_spec) == TG_INVALID_SPEC && static_cast<int>(Status::invalid_argument) == TG_INVALID_ARGUMENT);
static_assert(static_cast<int>(Kind::ids) == TG_IDS && static_cast<int>(Kind::one_hot) == TG_ONE_HOT);
static_assert(static_cast<int>(Per::sequence) == TG_PER_SEQUENCE && static_cast<int>(Per::batch) == TG_PER_BATCH);
static_assert(std::is_same_v<tg_real, real>);

namespace {

thread_local std::string last_error;

tg_status failed(Status status, const char* what) noexcept {
  try {
    last_error = what;
  } catch (...) {
    last_error.clear();
  }
  return static_cast<tg_status>(status);
}

template <class Work>
tg_status guarded(const Work& work) noexcept {
  try {
    work();
    return TG_OK;
  } catch (const Error& error) {
    return failed(error.status, error.what());
  } catch (const std::bad_alloc&) {
    return failed(Status::out_of_memory, "out of memory");
  } catch (const std::length_error&) {
    return failed(Status::out_of_memory, "a size is beyond what memory can hold");
  } catch (const std::exception& error) {
    return failed(Status::internal, error.what());
  } catch (...) {
    return failed(Status::internal, "unknown failure");
  }
}

template <class T>
T& need(T* pointer, const char* name) {
  if (pointer == nullptr) throw Error(Status::invalid_argument, text(name, " is null"));
  return *pointer;
}

void check_index(std::int64_t i, std::size_t count, const char* what) {
  if (i < 0 || i >= static_cast<std::int64_t>(count)) {
    throw Error(Status::invalid_argument, text(what, " ", i, " does not exist; there are ", count));
  }
}

tg_tensor parameter_view(const ParameterInfo& info, const char* name, real* slab) {
  return {name, info.cols == 0 ? 1 : 2, {info.rows, info.cols == 0 ? 1 : info.cols}, info.trainable,
          slab == nullptr ? nullptr : slab + info.offset};
}

tg_tensor value_view(const ValueInfo& info, const Value& value, const real* data) {
  return {info.name.c_str(), 2, {value.rows, value.type.cols}, 0, const_cast<real*>(data)};
}

// The batch of a call in the core's terms. The vectors keep their capacity: a steady step allocates nothing.
struct BatchView {
  std::vector<AxisLengths> axes;
  std::vector<Feed> feeds;

  explicit BatchView(const tg_batch* given) {
    const tg_batch& batch = need(given, "batch");
    if (batch.axes_count < 0 || batch.feeds_count < 0) {
      throw Error(Status::invalid_argument, text("the batch counts ", batch.axes_count, " axes and ", batch.feeds_count, " inputs"));
    }
    if (batch.axes_count > 0) need(batch.axes, "batch.axes");
    if (batch.feeds_count > 0) need(batch.feeds, "batch.feeds");
    axes.swap(kept().axes);
    feeds.swap(kept().feeds);
    axes.clear();
    feeds.clear();
    for (int i = 0; i < batch.axes_count; ++i) axes.push_back({batch.axes[i].axis, batch.axes[i].sequences, batch.axes[i].lengths});
    for (int i = 0; i < batch.feeds_count; ++i) feeds.push_back({batch.feeds[i].value, batch.feeds[i].data, batch.feeds[i].count});
  }
  ~BatchView() {
    axes.swap(kept().axes);
    feeds.swap(kept().feeds);
  }

 private:
  struct Kept {
    std::vector<AxisLengths> axes;
    std::vector<Feed> feeds;
  };
  static Kept& kept() {
    thread_local Kept vectors;
    return vectors;
  }
};

void put_metrics(tg_metrics* to, const Metrics& from) {
  if (to != nullptr) *to = {from.loss, from.targets, from.gradient_norm};
}

StepSettings step_settings(const tg_step* given) {
  const tg_step& step = need(given, "step");
  if (!(step.learning_rate >= 0) || std::isinf(step.learning_rate) || !(step.clip_norm >= 0) || !(step.clip_value >= 0)) {
    throw Error(Status::invalid_argument, text("learning_rate=", step.learning_rate, " clip_norm=", step.clip_norm, " clip_value=",
                                               step.clip_value, "; none may be negative or NaN, nor the learning rate infinite"));
  }
  return {step.learning_rate, step.clip_norm, step.clip_value};
}

void check_same_model(const tg_session& session, const tg_optimizer& optimizer) {
  if (&session.session.model() != &optimizer.model) {
    throw Error(Status::invalid_argument, "the optimizer was made for another model than the session's");
  }
}

}  // namespace

extern "C" {

// ---- The library --------------------------------------------------------------------------------------------------------------------

const char* tg_version(void) { return TG_VERSION; }

const char* tg_last_error(void) { return last_error.c_str(); }

tg_status tg_isa(const char** name) {
  return guarded([&] { need(name, "name") = kernels().name; });
}

tg_status tg_pack_rows(const int32_t* lengths, int32_t sequences, int32_t* rank, int64_t* offset) {
  return guarded([&] {
    Packed packed;
    packed.set(lengths, sequences);
    for (std::int64_t s = 0; rank != nullptr && s < sequences; ++s) rank[s] = static_cast<int32_t>(packed.rank(s));
    for (std::int64_t t = 0; offset != nullptr && t <= packed.steps(); ++t) offset[t] = packed.offset(t);
  });
}

// ---- The model ----------------------------------------------------------------------------------------------------------------------

tg_status tg_model_create(const char* spec, size_t length, uint64_t seed, tg_model** model) {
  return guarded([&] {
    need(spec, "spec");
    need(model, "model");
    *model = nullptr;
    kernels();  // a forced instruction set that is not there fails here, whatever the graph holds
    *model = new tg_model{Model(std::string(spec, length), seed)};
  });
}

void tg_model_destroy(tg_model* model) { delete model; }

const char* tg_model_spec(const tg_model* model) { return model == nullptr ? "" : model->model.spec().c_str(); }

int32_t tg_model_parameters(const tg_model* model) {
  return model == nullptr ? 0 : static_cast<int32_t>(model->model.parameters().size());
}

tg_status tg_model_parameter(const tg_model* model, int32_t index, tg_tensor* parameter) {
  return guarded([&] {
    const Model& m = need(model, "model").model;
    check_index(index, m.parameters().size(), "parameter");
    const ParameterInfo& info = m.parameters()[index];
    need(parameter, "parameter") = parameter_view(info, info.name.c_str(), m.slab());
  });
}

int32_t tg_model_values(const tg_model* model) { return model == nullptr ? 0 : static_cast<int32_t>(model->model.values().size()); }

tg_status tg_model_value(const tg_model* model, int32_t index, tg_value* value) {
  return guarded([&] {
    const Model& m = need(model, "model").model;
    check_index(index, m.values().size(), "value");
    const ValueInfo& info = m.values()[index];
    const NodeInfo& node = m.nodes()[info.node];
    need(value, "value") = {info.name.c_str(), static_cast<tg_kind>(info.type.kind), static_cast<tg_per>(info.type.per),
                            info.type.axis, info.type.cols, node.input, node.loss && index == node.first_value};
  });
}

tg_status tg_model_find(const tg_model* model, const char* name, int32_t* index) {
  return guarded([&] {
    const Model& m = need(model, "model").model;
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

int32_t tg_model_axes(const tg_model* model) { return model == nullptr ? 0 : static_cast<int32_t>(model->model.axes().size()); }

const char* tg_model_axis(const tg_model* model, int32_t axis) {
  if (model == nullptr || axis < 0 || axis >= tg_model_axes(model)) return "";
  return model->model.axes()[axis].c_str();
}

// ---- The session --------------------------------------------------------------------------------------------------------------------

tg_status tg_session_create(tg_model* model, tg_mode mode, uint64_t seed, tg_session** session) {
  return guarded([&] {
    need(session, "session");
    *session = nullptr;
    if (mode != TG_INFER && mode != TG_TRAIN) throw Error(Status::invalid_argument, text("mode ", static_cast<int>(mode), " is neither TG_INFER nor TG_TRAIN"));
    *session = new tg_session{{need(model, "model").model, mode == TG_TRAIN, seed}};
  });
}

void tg_session_destroy(tg_session* session) { delete session; }

tg_status tg_session_threads(tg_session* session, int32_t threads) {
  return guarded([&] { need(session, "session").session.set_threads(threads); });
}

tg_status tg_session_forward(tg_session* session, const tg_batch* batch, tg_metrics* metrics) {
  return guarded([&] {
    const FlushDenormals guard;
    Session& s = need(session, "session").session;
    const BatchView view(batch);
    put_metrics(metrics, s.forward(view.axes, view.feeds));
  });
}

tg_status tg_session_backward(tg_session* session, const tg_seed* seeds, int32_t seeds_count) {
  return guarded([&] {
    const FlushDenormals guard;
    Session& s = need(session, "session").session;
    if (seeds_count < 0) throw Error(Status::invalid_argument, text("seeds_count ", seeds_count, " is negative"));
    if (seeds_count > 0) need(seeds, "seeds");
    thread_local std::vector<Seed> given;  // keeps its capacity
    given.clear();
    for (int i = 0; i < seeds_count; ++i) given.push_back({seeds[i].value, seeds[i].data, seeds[i].count});
    s.backward(given);
  });
}

tg_status tg_session_update(tg_session* session, tg_optimizer* optimizer, const tg_step* step, tg_metrics* metrics) {
  return guarded([&] {
    const FlushDenormals guard;
    tg_session& s = need(session, "session");
    tg_optimizer& o = need(optimizer, "optimizer");
    check_same_model(s, o);
    const double norm = s.session.update(o.optimizer, step_settings(step));
    if (metrics != nullptr) metrics->gradient_norm = norm;
  });
}

tg_status tg_session_train(tg_session* session, const tg_batch* batch, tg_optimizer* optimizer, const tg_step* step,
                           tg_metrics* metrics) {
  return guarded([&] {
    const FlushDenormals guard;
    tg_session& s = need(session, "session");
    tg_optimizer& o = need(optimizer, "optimizer");
    check_same_model(s, o);
    const BatchView view(batch);
    put_metrics(metrics, s.session.train(view.axes, view.feeds, o.optimizer, step_settings(step)));
  });
}

tg_status tg_session_zero_gradients(tg_session* session) {
  return guarded([&] { need(session, "session").session.zero_gradients(); });
}

tg_status tg_session_output(const tg_session* session, int32_t value, tg_tensor* output) {
  return guarded([&] {
    const Session& s = need(session, "session").session;
    const Value& v = s.output(value);
    need(output, "output") = value_view(s.model().values()[value], v, v.data);
  });
}

tg_status tg_session_output_gradient(const tg_session* session, int32_t value, tg_tensor* gradient) {
  return guarded([&] {
    const Session& s = need(session, "session").session;
    const Value& v = s.output_gradient(value);
    need(gradient, "gradient") = value_view(s.model().values()[value], v, v.grad);
  });
}

tg_status tg_session_parameter_gradient(const tg_session* session, int32_t index, tg_tensor* gradient) {
  return guarded([&] {
    const Session& s = need(session, "session").session;
    check_index(index, s.model().parameters().size(), "parameter");
    const ParameterInfo& info = s.model().parameters()[index];
    tg_tensor view = parameter_view(info, info.name.c_str(), nullptr);
    view.data = s.gradient(index);
    need(gradient, "gradient") = view;
  });
}

tg_status tg_session_carry(tg_session* session, int32_t carry) {
  return guarded([&] { need(session, "session").session.set_carry(carry != 0); });
}

tg_status tg_session_reset(tg_session* session) {
  return guarded([&] { need(session, "session").session.reset_state(); });
}

tg_status tg_session_state_count(const tg_session* session, int64_t* count) {
  return guarded([&] { need(count, "count") = need(session, "session").session.state_count(); });
}

tg_status tg_session_get_state(const tg_session* session, tg_real* state, int64_t count) {
  return guarded([&] { need(session, "session").session.get_state(&need(state, "state"), count); });
}

tg_status tg_session_set_state(tg_session* session, const tg_real* state, int64_t count, int32_t sequences) {
  return guarded([&] { need(session, "session").session.set_state(&need(state, "state"), count, sequences); });
}

uint64_t tg_session_random(const tg_session* session) { return session == nullptr ? 0 : session->session.random_position(); }

tg_status tg_session_set_random(tg_session* session, uint64_t position) {
  return guarded([&] { need(session, "session").session.set_random_position(position); });
}

int64_t tg_session_bytes(const tg_session* session) { return session == nullptr ? 0 : session->session.bytes(); }

// ---- The optimizer ------------------------------------------------------------------------------------------------------------------

tg_status tg_optimizer_create(const tg_model* model, const char* text, tg_optimizer** optimizer) {
  return guarded([&] {
    need(optimizer, "optimizer");
    *optimizer = nullptr;
    const Model& m = need(model, "model").model;
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
                                             const_cast<real*>(o.optimizer.slot(slot)));
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
