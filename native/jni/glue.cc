// The native half of org.tidegate.internal.abi.tidegate: numbers become pointers, and arrays of Java's are copied. Nothing else: no check
// that the core makes, no exception of Java's, no class that is looked up.
#include <jni.h>
#include <tidegate/tidegate.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#define TG(type, name) extern "C" JNIEXPORT type JNICALL Java_org_tidegate_internal_abi_tidegate_##name

static_assert(sizeof(void*) == sizeof(jlong), "addresses are numbers of 64 bits");
static_assert(sizeof(tg_tensor) == 48 &&
                  offsetof(tg_tensor, name) == 0 &&
                  offsetof(tg_tensor, rank) == 8 &&
                  offsetof(tg_tensor, dims) == 16 &&
                  offsetof(tg_tensor, trainable) == 32 &&
                  offsetof(tg_tensor, data) == 40);
static_assert(sizeof(tg_value) == 40 &&
                  offsetof(tg_value, name) == 0 &&
                  offsetof(tg_value, kind) == 8 &&
                  offsetof(tg_value, per) == 12 &&
                  offsetof(tg_value, axis) == 16 &&
                  offsetof(tg_value, cols) == 24 &&
                  offsetof(tg_value, input) == 32 &&
                  offsetof(tg_value, loss) == 36);
static_assert(sizeof(tg_axis) == 40 &&
                  offsetof(tg_axis, name) == 0 &&
                  offsetof(tg_axis, source) == 8 &&
                  offsetof(tg_axis, times) == 16 &&
                  offsetof(tg_axis, add) == 24 &&
                  offsetof(tg_axis, stride) == 32);
static_assert(sizeof(tg_metrics) == 24 &&
                  offsetof(tg_metrics, loss) == 0 &&
                  offsetof(tg_metrics, targets) == 8 &&
                  offsetof(tg_metrics, gradient_norm) == 16);
static_assert(sizeof(tg_axis_lengths) == 16 &&
                  offsetof(tg_axis_lengths, axis) == 0 &&
                  offsetof(tg_axis_lengths, sequences) == 4 &&
                  offsetof(tg_axis_lengths, lengths) == 8);
static_assert(sizeof(tg_feed) == 24 &&
                  offsetof(tg_feed, value) == 0 &&
                  offsetof(tg_feed, data) == 8 &&
                  offsetof(tg_feed, count) == 16);
static_assert(sizeof(tg_seed) == 24 &&
                  offsetof(tg_seed, value) == 0 &&
                  offsetof(tg_seed, data) == 8 &&
                  offsetof(tg_seed, count) == 16);
static_assert(sizeof(tg_batch) == 32 &&
                  offsetof(tg_batch, axes) == 0 &&
                  offsetof(tg_batch, axes_count) == 8 &&
                  offsetof(tg_batch, feeds) == 16 &&
                  offsetof(tg_batch, feeds_count) == 24);
static_assert(sizeof(tg_step) == 32 &&
                  offsetof(tg_step, learning_rate) == 0 &&
                  offsetof(tg_step, clip_norm) == 8 &&
                  offsetof(tg_step, clip_value) == 16 &&
                  offsetof(tg_step, norm) == 24);

namespace {

template <class T>
T* at(jlong address) {
  return reinterpret_cast<T*>(address);
}

// A copy of an array of Java's that a call reads, or writes; null for null. What was only read does not go back: another thread may have
// changed the array meanwhile.
class Ints {
 public:
  static Ints read(JNIEnv* env, jintArray array) { return Ints(env, array, JNI_ABORT); }
  static Ints written(JNIEnv* env, jintArray array) { return Ints(env, array, 0); }
  ~Ints() {
    if (data_ != nullptr) env_->ReleaseIntArrayElements(array_, data_, end_);
  }
  Ints(const Ints&) = delete;
  std::int32_t* get() const { return reinterpret_cast<std::int32_t*>(data_); }

 private:
  Ints(JNIEnv* env, jintArray array, jint end)
      : env_(env), array_(array), end_(end), data_(array == nullptr ? nullptr : env->GetIntArrayElements(array, nullptr)) {}

  JNIEnv* const env_;
  const jintArray array_;
  const jint end_;
  jint* const data_;
};

// The first number of an array of Java's.
void give(JNIEnv* env, jlongArray array, jlong value) { env->SetLongArrayRegion(array, 0, 1, &value); }
void give(JNIEnv* env, jlongArray array, const void* value) { give(env, array, reinterpret_cast<jlong>(value)); }

}  // namespace

TG(jlong, addressOf)(JNIEnv* env, jclass, jobject buffer) { return reinterpret_cast<jlong>(env->GetDirectBufferAddress(buffer)); }

TG(jobject, newBuffer)(JNIEnv* env, jclass, jlong address, jlong bytes) { return env->NewDirectByteBuffer(at<void>(address), bytes); }

TG(void, copyOut)(JNIEnv* env, jclass, jlong address, jfloatArray target, jint offset, jint length) {
  env->SetFloatArrayRegion(target, offset, length, at<const jfloat>(address));
}

TG(void, copyIn)(JNIEnv* env, jclass, jlong address, jfloatArray source, jint offset, jint length) {
  env->GetFloatArrayRegion(source, offset, length, at<jfloat>(address));
}

TG(jbyteArray, bytes)(JNIEnv* env, jclass, jlong address) {
  const char* text = at<const char>(address);
  const auto length = static_cast<jsize>(std::strlen(text));
  jbyteArray bytes = env->NewByteArray(length);
  if (bytes != nullptr) env->SetByteArrayRegion(bytes, 0, length, reinterpret_cast<const jbyte*>(text));
  return bytes;
}

TG(jlong, version)(JNIEnv*, jclass) { return reinterpret_cast<jlong>(tg_version()); }
TG(jlong, lastError)(JNIEnv*, jclass) { return reinterpret_cast<jlong>(tg_last_error()); }

TG(jint, isa)(JNIEnv* env, jclass, jlongArray name) {
  const char* text = nullptr;
  const tg_status status = tg_isa(&text);
  give(env, name, text);
  return status;
}

TG(jint, setMemoryLimit)(JNIEnv*, jclass, jlong bytes) {
  return tg_set_memory_limit(bytes);
}

TG(jlong, memoryUsed)(JNIEnv*, jclass) {
  return tg_memory_used();
}

TG(jlong, memoryLimit)(JNIEnv*, jclass) {
  return tg_memory_limit();
}

TG(jlong, memoryAvailable)(JNIEnv*, jclass) {
  return tg_memory_available();
}

TG(jint, packRows)(JNIEnv*, jclass, jlong lengths, jint sequences, jlong rank, jlong offset, jlong count) {
  return tg_pack_rows(at<const std::int32_t>(lengths), sequences, at<std::int32_t>(rank), at<std::int64_t>(offset), count);
}

TG(jint, modelCreate)(JNIEnv* env, jclass, jlong spec, jlong length, jlong seed, jlongArray made) {
  tg_model* object = nullptr;
  const tg_status status =
      tg_model_create(at<const char>(spec), static_cast<std::size_t>(length), static_cast<std::uint64_t>(seed), &object);
  give(env, made, object);
  return status;
}

TG(jint, modelDeclare)(JNIEnv* env, jclass, jlong spec, jlong length, jlong mostParameters, jlongArray made) {
  tg_model* object = nullptr;
  const tg_status status = tg_model_declare(at<const char>(spec), static_cast<std::size_t>(length), mostParameters, &object);
  give(env, made, object);
  return status;
}

TG(jint, modelAllocate)(JNIEnv*, jclass, jlong model) {
  return tg_model_allocate(at<tg_model>(model));
}

TG(void, modelDestroy)(JNIEnv*, jclass, jlong model) {
  tg_model_destroy(at<tg_model>(model));
}

TG(jint, modelFreeze)(JNIEnv* env, jclass, jlong model, jint precision, jlongArray made) {
  tg_model* object = nullptr;
  const tg_status status = tg_model_freeze(at<tg_model>(model), static_cast<tg_precision>(precision), &object);
  give(env, made, object);
  return status;
}

TG(jlong, modelBytes)(JNIEnv*, jclass, jlong model) {
  return tg_model_bytes(at<tg_model>(model));
}

TG(jlong, modelFingerprint)(JNIEnv*, jclass, jlong model) {
  return static_cast<jlong>(tg_model_fingerprint(at<tg_model>(model)));
}

TG(jlong, modelSpec)(JNIEnv*, jclass, jlong model) {
  return reinterpret_cast<jlong>(tg_model_spec(at<tg_model>(model)));
}

TG(jint, modelParameters)(JNIEnv*, jclass, jlong model) {
  return tg_model_parameters(at<tg_model>(model));
}

TG(jint, modelParameter)(JNIEnv*, jclass, jlong model, jint index, jlong parameter) {
  return tg_model_parameter(at<tg_model>(model), index, at<tg_tensor>(parameter));
}

TG(jint, modelValues)(JNIEnv*, jclass, jlong model) {
  return tg_model_values(at<tg_model>(model));
}

TG(jint, modelValue)(JNIEnv*, jclass, jlong model, jint index, jlong value) {
  return tg_model_value(at<tg_model>(model), index, at<tg_value>(value));
}

TG(jint, modelAxes)(JNIEnv*, jclass, jlong model) {
  return tg_model_axes(at<tg_model>(model));
}

TG(jint, modelAxisInfo)(JNIEnv*, jclass, jlong model, jint index, jlong axis) {
  return tg_model_axis_info(at<tg_model>(model), index, at<tg_axis>(axis));
}

TG(jint, sessionCreate)(JNIEnv* env, jclass, jlong model, jint mode, jlong seed, jlongArray made) {
  tg_session* object = nullptr;
  const tg_status status = tg_session_create(at<tg_model>(model), static_cast<tg_mode>(mode), static_cast<std::uint64_t>(seed), &object);
  give(env, made, object);
  return status;
}

TG(jint, sessionCreateKeeping)(JNIEnv* env, jclass, jlong model, jintArray values, jint count, jlongArray made) {
  tg_session* object = nullptr;
  const tg_status status = tg_session_create_keeping(at<tg_model>(model), Ints::read(env, values).get(), count, &object);
  give(env, made, object);
  return status;
}

TG(void, sessionDestroy)(JNIEnv*, jclass, jlong session) {
  tg_session_destroy(at<tg_session>(session));
}

TG(jint, sessionThreads)(JNIEnv*, jclass, jlong session, jint threads) {
  return tg_session_threads(at<tg_session>(session), threads);
}

TG(jint, sessionForward)(JNIEnv*, jclass, jlong session, jlong batch, jlong metrics) {
  return tg_session_forward(at<tg_session>(session), at<tg_batch>(batch), at<tg_metrics>(metrics));
}

TG(jint, sessionStep)(JNIEnv*, jclass, jlong session, jlong feeds, jint feedsCount, jint value, jlong output, jlong count) {
  return tg_session_step(at<tg_session>(session), at<tg_feed>(feeds), feedsCount, value, at<tg_real>(output), count);
}

TG(jint, sessionSelect)(JNIEnv* env, jclass, jlong session, jint axis, jintArray chosen, jint count) {
  return tg_session_select(at<tg_session>(session), axis, Ints::read(env, chosen).get(), count);
}

TG(jint, sessionClear)(JNIEnv*, jclass, jlong session) {
  return tg_session_clear(at<tg_session>(session));
}

TG(jint, sessionBackward)(JNIEnv*, jclass, jlong session, jlong seeds, jint seedsCount) {
  return tg_session_backward(at<tg_session>(session), at<tg_seed>(seeds), seedsCount);
}

TG(jint, sessionUpdate)(JNIEnv*, jclass, jlong session, jlong optimizer, jlong step, jlong metrics) {
  return tg_session_update(at<tg_session>(session), at<tg_optimizer>(optimizer), at<tg_step>(step), at<tg_metrics>(metrics));
}

TG(jint, sessionTrain)(JNIEnv*, jclass, jlong session, jlong batch, jlong optimizer, jlong step, jlong metrics) {
  return tg_session_train(at<tg_session>(session), at<tg_batch>(batch), at<tg_optimizer>(optimizer), at<tg_step>(step),
                          at<tg_metrics>(metrics));
}

TG(jint, sessionZeroGradients)(JNIEnv*, jclass, jlong session) {
  return tg_session_zero_gradients(at<tg_session>(session));
}

TG(jint, sessionLengths)(JNIEnv* env, jclass, jlong session, jint axis, jintArray lengths, jint room, jintArray sequences) {
  return tg_session_lengths(at<tg_session>(session), axis, Ints::written(env, lengths).get(), room, Ints::written(env, sequences).get());
}

TG(jint, sessionOutput)(JNIEnv*, jclass, jlong session, jint value, jlong output) {
  return tg_session_output(at<tg_session>(session), value, at<tg_tensor>(output));
}

TG(jint, sessionOutputGradient)(JNIEnv*, jclass, jlong session, jint value, jlong gradient) {
  return tg_session_output_gradient(at<tg_session>(session), value, at<tg_tensor>(gradient));
}

TG(jint, sessionParameterGradient)(JNIEnv*, jclass, jlong session, jint index, jlong gradient) {
  return tg_session_parameter_gradient(at<tg_session>(session), index, at<tg_tensor>(gradient));
}

TG(jint, sessionGradients)(JNIEnv*, jclass, jlong session, jlong gradients) {
  return tg_session_gradients(at<tg_session>(session), at<tg_tensor>(gradients));
}

TG(jint, sessionCarry)(JNIEnv*, jclass, jlong session, jint carry) {
  return tg_session_carry(at<tg_session>(session), carry);
}

TG(jint, sessionReset)(JNIEnv*, jclass, jlong session) {
  return tg_session_reset(at<tg_session>(session));
}

TG(jint, sessionSetState)(JNIEnv*, jclass, jlong session, jlong state, jlong count, jint sequences) {
  return tg_session_set_state(at<tg_session>(session), at<const tg_real>(state), count, sequences);
}

TG(jint, sessionStateBytes)(JNIEnv* env, jclass, jlong session, jlongArray bytes) {
  std::int64_t number = 0;
  const tg_status status = tg_session_state_bytes(at<tg_session>(session), &number);
  give(env, bytes, static_cast<jlong>(number));
  return status;
}

TG(jint, sessionSaveState)(JNIEnv*, jclass, jlong session, jlong bytes, jlong size) {
  return tg_session_save_state(at<tg_session>(session), at<void>(bytes), size);
}

TG(jint, sessionLoadState)(JNIEnv*, jclass, jlong session, jlong bytes, jlong size) {
  return tg_session_load_state(at<tg_session>(session), at<const void>(bytes), size);
}

TG(jlong, sessionRandom)(JNIEnv*, jclass, jlong session) {
  return static_cast<jlong>(tg_session_random(at<tg_session>(session)));
}

TG(jint, sessionSetRandom)(JNIEnv*, jclass, jlong session, jlong position) {
  return tg_session_set_random(at<tg_session>(session), static_cast<std::uint64_t>(position));
}

TG(jint, sessionRepeatable)(JNIEnv*, jclass, jlong session) {
  return tg_session_repeatable(at<tg_session>(session));
}

TG(jlong, sessionBytes)(JNIEnv*, jclass, jlong session) {
  return tg_session_bytes(at<tg_session>(session));
}

TG(jint, optimizerCreate)(JNIEnv* env, jclass, jlong model, jlong text, jlongArray made) {
  tg_optimizer* object = nullptr;
  const tg_status status = tg_optimizer_create(at<tg_model>(model), at<const char>(text), &object);
  give(env, made, object);
  return status;
}

TG(void, optimizerDestroy)(JNIEnv*, jclass, jlong optimizer) {
  tg_optimizer_destroy(at<tg_optimizer>(optimizer));
}

TG(jint, optimizerSlots)(JNIEnv*, jclass, jlong optimizer) {
  return tg_optimizer_slots(at<tg_optimizer>(optimizer));
}

TG(jint, optimizerSlot)(JNIEnv*, jclass, jlong optimizer, jint slot, jint parameter, jlong tensor) {
  return tg_optimizer_slot(at<tg_optimizer>(optimizer), slot, parameter, at<tg_tensor>(tensor));
}

TG(jlong, optimizerStep)(JNIEnv*, jclass, jlong optimizer) {
  return tg_optimizer_step(at<tg_optimizer>(optimizer));
}

TG(jint, optimizerSetStep)(JNIEnv*, jclass, jlong optimizer, jlong step) {
  return tg_optimizer_set_step(at<tg_optimizer>(optimizer), step);
}

TG(jint, streamsCreate)(JNIEnv* env, jclass, jlong model, jint value, jint capacity, jlongArray made) {
  tg_streams* object = nullptr;
  const tg_status status = tg_streams_create(at<tg_model>(model), value, capacity, &object);
  give(env, made, object);
  return status;
}

TG(void, streamsDestroy)(JNIEnv*, jclass, jlong streams) {
  tg_streams_destroy(at<tg_streams>(streams));
}

TG(jint, streamsThreads)(JNIEnv*, jclass, jlong streams, jint threads) {
  return tg_streams_threads(at<tg_streams>(streams), threads);
}

TG(jint, streamsOpen)(JNIEnv* env, jclass, jlong streams, jlongArray stream) {
  std::int64_t number = 0;
  const tg_status status = tg_streams_open(at<tg_streams>(streams), &number);
  give(env, stream, static_cast<jlong>(number));
  return status;
}

TG(jint, streamsOpenState)(JNIEnv* env, jclass, jlong streams, jlong bytes, jlong size, jlongArray stream) {
  std::int64_t number = 0;
  const tg_status status = tg_streams_open_state(at<tg_streams>(streams), at<const void>(bytes), size, &number);
  give(env, stream, static_cast<jlong>(number));
  return status;
}

TG(jint, streamsClose)(JNIEnv*, jclass, jlong streams, jlong stream) {
  return tg_streams_close(at<tg_streams>(streams), stream);
}

TG(jint, streamsStep)(JNIEnv*, jclass, jlong streams, jlong numbers, jint count, jlong feeds, jint feedsCount, jlong output, jlong room,
                      jlong rows) {
  return tg_streams_step(at<tg_streams>(streams), at<const std::int64_t>(numbers), count, at<tg_feed>(feeds), feedsCount,
                         at<tg_real>(output), room, at<std::int32_t>(rows));
}

TG(jint, streamsStateBytes)(JNIEnv* env, jclass, jlong streams, jlong stream, jlongArray bytes) {
  std::int64_t number = 0;
  const tg_status status = tg_streams_state_bytes(at<tg_streams>(streams), stream, &number);
  give(env, bytes, static_cast<jlong>(number));
  return status;
}

TG(jint, streamsSaveState)(JNIEnv*, jclass, jlong streams, jlong stream, jlong bytes, jlong size) {
  return tg_streams_save_state(at<tg_streams>(streams), stream, at<void>(bytes), size);
}

TG(jint, streamsCount)(JNIEnv* env, jclass, jlong streams, jintArray count) {
  return tg_streams_count(at<tg_streams>(streams), Ints::written(env, count).get());
}

TG(jint, streamsBytes)(JNIEnv* env, jclass, jlong streams, jlongArray bytes) {
  std::int64_t number = 0;
  const tg_status status = tg_streams_bytes(at<tg_streams>(streams), &number);
  give(env, bytes, static_cast<jlong>(number));
  return status;
}
