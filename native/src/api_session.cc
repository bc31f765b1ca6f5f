// The C ABI over the core: sessions.
#include <algorithm>
#include <cmath>

#include "api.h"
#include "core/denormals.h"

using namespace tidegate;

namespace {

tg_tensor value_view(const ValueInfo& info, const Value& value, real* data) {
  return {info.name.c_str(), 2, {value.rows, value.type.cols}, 0, data};
}

// The batch of a call in the core's terms, in vectors of the session's.
void read_batch(tg_session& session, const tg_batch* given) {
  const tg_batch batch = need(given, "batch");  // a copy: what is checked is what is used
  if (batch.axes_count < 0 || batch.feeds_count < 0) {
    throw Error(Status::invalid_argument, text("the batch counts ", batch.axes_count, " axes and ", batch.feeds_count, " inputs"));
  }
  if (batch.axes_count > 0) need(batch.axes, "batch.axes");
  if (batch.feeds_count > 0) need(batch.feeds, "batch.feeds");
  session.axes.clear();
  session.feeds.clear();
  for (int i = 0; i < batch.axes_count; ++i) session.axes.push_back({batch.axes[i].axis, batch.axes[i].sequences, batch.axes[i].lengths});
  for (int i = 0; i < batch.feeds_count; ++i) session.feeds.push_back({batch.feeds[i].value, batch.feeds[i].data, batch.feeds[i].count});
}

void put_metrics(tg_metrics* to, const Metrics& from) {
  if (to != nullptr) *to = {from.loss, from.targets, from.gradient_norm};
}

static_assert(static_cast<int>(Norm::l2) == TG_NORM_L2 && static_cast<int>(Norm::l1) == TG_NORM_L1 &&
              static_cast<int>(Norm::max) == TG_NORM_MAX);

StepSettings step_settings(const tg_step* given) {
  const tg_step step = need(given, "step");
  if (!(step.learning_rate >= 0) || std::isinf(step.learning_rate) || !(step.clip_norm >= 0) || !(step.clip_value >= 0)) {
    throw Error(Status::invalid_argument, text("learning_rate=", step.learning_rate, " clip_norm=", step.clip_norm, " clip_value=",
                                               step.clip_value, "; none may be negative or NaN, nor the learning rate infinite"));
  }
  const int norm = static_cast<int>(step.norm);
  if (norm < TG_NORM_L2 || norm > TG_NORM_MAX) {
    throw Error(Status::invalid_argument, text("norm ", norm, " is none of TG_NORM_L2, TG_NORM_L1, TG_NORM_MAX"));
  }
  return {step.learning_rate, step.clip_norm, step.clip_value, static_cast<Norm>(norm)};
}

void check_same_model(const tg_session& session, const tg_optimizer& optimizer) {
  if (&session.session.model() != &optimizer.model) {
    throw Error(Status::invalid_argument, "the optimizer was made for another model than the session's");
  }
}

}  // namespace

extern "C" {

tg_status tg_session_create(tg_model* model, tg_mode mode, uint64_t seed, tg_session** session) {
  return guarded([&] {
    need(session, "session");
    *session = nullptr;
    if (mode != TG_INFER && mode != TG_TRAIN) throw Error(Status::invalid_argument, text("mode ", static_cast<int>(mode), " is neither TG_INFER nor TG_TRAIN"));
    *session = new tg_session{{*need(model, "model").model, mode == TG_TRAIN, seed}};
  });
}

tg_status tg_session_create_keeping(tg_model* model, const int32_t* values, int32_t count, tg_session** session) {
  return guarded([&] {
    need(session, "session");
    *session = nullptr;
    if (count < 1) throw Error(Status::invalid_argument, text("a session that keeps ", count, " values; it needs at least 1"));
    need(values, "values");
    const std::vector<int> kept(values, values + count);
    *session = new tg_session{{*need(model, "model").model, false, 0, &kept}};
  });
}

void tg_session_destroy(tg_session* session) { delete session; }

tg_status tg_session_threads(tg_session* session, int32_t threads) {
  return guarded([&] { need(session, "session").session.set_threads(threads); });
}

tg_status tg_session_forward(tg_session* session, const tg_batch* batch, tg_metrics* metrics) {
  return guarded([&] {
    const FlushDenormals guard;
    tg_session& s = need(session, "session");
    read_batch(s, batch);
    put_metrics(metrics, s.session.forward(s.axes, s.feeds));
  });
}

tg_status tg_session_step(tg_session* session, const tg_feed* feeds, int32_t feeds_count, int32_t value, tg_real* output, int64_t count) {
  return guarded([&] {
    const FlushDenormals guard;
    Session& s = need(session, "session").session;
    if (feeds_count < 1) throw Error(Status::invalid_argument, text("a step of ", feeds_count, " inputs; it needs at least 1"));
    need(feeds, "feeds");
    std::vector<Feed>& given = session->feeds;
    given.clear();
    for (int i = 0; i < feeds_count; ++i) given.push_back({feeds[i].value, feeds[i].data, feeds[i].count});
    const Wanted wanted{value, count};
    s.step(given.data(), feeds_count, output == nullptr ? nullptr : &wanted);
    if (output == nullptr) return;
    const Value& v = s.output(value);
    std::copy_n(v.data, v.rows * v.type.cols, output);
  });
}

tg_status tg_session_select(tg_session* session, int32_t axis, const int32_t* chosen, int32_t count) {
  return guarded([&] { need(session, "session").session.select(axis, chosen, count); });
}

tg_status tg_session_clear(tg_session* session) {
  return guarded([&] { need(session, "session").session.clear(); });
}

tg_status tg_session_backward(tg_session* session, const tg_seed* seeds, int32_t seeds_count) {
  return guarded([&] {
    const FlushDenormals guard;
    Session& s = need(session, "session").session;
    if (seeds_count < 0) throw Error(Status::invalid_argument, text("seeds_count ", seeds_count, " is negative"));
    if (seeds_count > 0) need(seeds, "seeds");
    std::vector<Seed>& given = session->seeds;
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
    read_batch(s, batch);
    put_metrics(metrics, s.session.train(s.axes, s.feeds, o.optimizer, step_settings(step)));
  });
}

tg_status tg_session_zero_gradients(tg_session* session) {
  return guarded([&] { need(session, "session").session.zero_gradients(); });
}

tg_status tg_session_output(const tg_session* session, int32_t value, tg_tensor* output) {
  return guarded([&] {
    const Session& s = need(session, "session").session;
    const Value& v = s.output(value);
    need(output, "output") = value_view(s.model().values()[value], v, s.output_rows(value));
  });
}

tg_status tg_session_lengths(const tg_session* session, int32_t axis, int32_t* lengths, int32_t room, int32_t* sequences) {
  return guarded([&] {
    const Session& s = need(session, "session").session;
    check_index(axis, s.model().axes().size(), "axis");
    const Packed& packed = s.axis(axis);
    need(sequences, "sequences") = static_cast<int32_t>(packed.sequences());
    if (lengths == nullptr) return;
    if (room < packed.sequences()) {
      throw Error(Status::invalid_argument, text("there is room for ", room, " lengths; axis '", s.model().axes()[axis].name, "' has ",
                                                 packed.sequences(), " sequences"));
    }
    for (std::int64_t i = 0; i < packed.sequences(); ++i) lengths[i] = static_cast<int32_t>(packed.length(packed.rank(i)));
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

tg_status tg_session_gradients(const tg_session* session, tg_tensor* gradients) {
  return guarded([&] {
    const Session& s = need(session, "session").session;
    real* data = s.gradients();
    need(gradients, "gradients") = {"gradients", 1, {s.model().slab_count(), 1}, 1, data};
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

tg_status tg_session_state_bytes(const tg_session* session, int64_t* bytes) {
  return guarded([&] { need(bytes, "bytes") = need(session, "session").session.saved_state_bytes(); });
}

tg_status tg_session_save_state(const tg_session* session, void* bytes, int64_t size) {
  return guarded([&] { need(session, "session").session.save_state(&need(static_cast<char*>(bytes), "bytes"), size); });
}

tg_status tg_session_load_state(tg_session* session, const void* bytes, int64_t size) {
  return guarded([&] { need(session, "session").session.load_state(&need(static_cast<const char*>(bytes), "bytes"), size); });
}

uint64_t tg_session_random(const tg_session* session) { return session == nullptr ? 0 : session->session.random_position(); }

tg_status tg_session_set_random(tg_session* session, uint64_t position) {
  return guarded([&] { need(session, "session").session.set_random_position(position); });
}

int32_t tg_session_repeatable(const tg_session* session) { return session != nullptr && session->session.repeatable(); }

int64_t tg_session_bytes(const tg_session* session) { return session == nullptr ? 0 : session->session.bytes(); }

}  // extern "C"
