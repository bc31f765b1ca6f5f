/* The whole life of a model, in plain C11: spec, parameters, batch, forward, backward, training, state, optimizer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tidegate/tidegate.h"

#define MUST(call)                                                                                  \
  do {                                                                                              \
    const tg_status status_ = (call);                                                               \
    if (status_ != TG_OK) {                                                                         \
      printf("%s:%d: %s gave status %d: %s\n", __FILE__, __LINE__, #call, (int)status_, tg_last_error()); \
      exit(1);                                                                                      \
    }                                                                                               \
  } while (0)

#define CHECK(condition)                                             \
  do {                                                               \
    if (!(condition)) {                                              \
      printf("%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                       \
    }                                                                \
  } while (0)

static const char* const spec =
    "words = ids axis=text\n"
    "next = ids axis=text\n"
    "e = embedding words rows=5 cols=4\n"
    "h = recurrent e cell=lstm size=6\n"
    "y = linear h cols=5\n"
    "loss = cross_entropy y next\n";

enum { kSequences = 3, kRows = 6 };

static int32_t find(const tg_model* model, const char* name) {
  int32_t index = -1;
  MUST(tg_model_find(model, name, &index));
  CHECK(index >= 0 && index < tg_model_values(model));
  return index;
}

static void check_model(const tg_model* model) {
  const char* const names[] = {"e.weight", "h.weight_ih_l0", "h.weight_hh_l0", "h.bias_ih_l0", "h.bias_hh_l0", "y.weight", "y.bias"};
  const int64_t dims[][2] = {{5, 4}, {24, 4}, {24, 6}, {24, 1}, {24, 1}, {5, 6}, {5, 1}};
  const int32_t ranks[] = {2, 2, 2, 1, 1, 2, 1};
  int32_t p;
  CHECK(tg_model_parameters(model) == 7);
  for (p = 0; p < 7; ++p) {
    tg_tensor tensor;
    MUST(tg_model_parameter(model, p, &tensor));
    CHECK(strcmp(tensor.name, names[p]) == 0);
    CHECK(tensor.rank == ranks[p] && tensor.dims[0] == dims[p][0] && tensor.dims[1] == dims[p][1]);
    CHECK(tensor.trainable == 1 && tensor.data != NULL);
  }
  CHECK(tg_model_axes(model) == 1);
  CHECK(strcmp(tg_model_axis(model, 0), "text") == 0);
  CHECK(strstr(tg_model_spec(model), "h = recurrent e cell=lstm size=6") != NULL || strstr(tg_model_spec(model), "h = recurrent e size=6") != NULL);
}

/* Streams over the frozen form of a model: two steps, the state kept as bytes between them, and the second again. */
static void check_serving(const tg_model* model) {
  static const tg_precision precisions[] = {TG_FLOAT32, TG_BFLOAT16, TG_INT8};
  const int32_t y = find(model, "y");
  int p;
  for (p = 0; p < 3; ++p) {
    tg_model* frozen;
    tg_session* session;
    tg_feed feed;
    int32_t word = 3;
    const int32_t twice[] = {0, 0}, both_words[] = {1, 4};
    tg_real scores[5], again[5], both[10];
    char kept[4096];
    int64_t size;
    MUST(tg_model_freeze(model, precisions[p], &frozen));
    CHECK(tg_model_frozen(frozen) == 1 && tg_model_frozen(model) == 0);
    CHECK(tg_model_fingerprint(frozen) == tg_model_fingerprint(model));
    CHECK(tg_model_bytes(frozen) > 0 && tg_model_bytes(model) > 0);
    MUST(tg_session_create(frozen, TG_INFER, 0, &session));
    feed.value = find(frozen, "words");
    feed.data = &word;
    feed.count = 1;
    MUST(tg_session_step(session, &feed, 1, y, scores, 5));
    MUST(tg_session_state_bytes(session, &size));
    CHECK(size <= (int64_t)sizeof kept);
    MUST(tg_session_save_state(session, kept, size));
    word = 1;
    MUST(tg_session_step(session, &feed, 1, y, scores, 5));
    MUST(tg_session_load_state(session, kept, size));
    MUST(tg_session_step(session, &feed, 1, y, again, 5));
    CHECK(memcmp(scores, again, sizeof scores) == 0);
    CHECK(tg_session_load_state(session, kept, size - 1) == TG_INVALID_ARGUMENT);
    /* The stream goes on twice, side by side. */
    MUST(tg_session_load_state(session, kept, size));
    MUST(tg_session_select(session, 0, twice, 2));
    feed.data = both_words;
    feed.count = 2;
    MUST(tg_session_step(session, &feed, 1, y, both, 10));
    CHECK(memcmp(both, scores, sizeof scores) == 0);
    MUST(tg_session_clear(session));
    MUST(tg_session_state_count(session, &size));
    CHECK(size == 0 && tg_session_select(session, 0, twice, 2) == TG_INVALID_STATE);
    tg_session_destroy(session);
    tg_model_destroy(frozen);
  }
}

static void check_values(const tg_model* model) {
  tg_value value;
  MUST(tg_model_value(model, find(model, "words"), &value));
  CHECK(value.kind == TG_IDS && value.per == TG_PER_STEP && value.input == 1 && value.loss == 0 && value.axis == 0);
  MUST(tg_model_value(model, find(model, "h.c_n"), &value));
  CHECK(strcmp(value.name, "h.c_n") == 0);
  CHECK(value.kind == TG_REAL && value.per == TG_PER_SEQUENCE && value.cols == 6 && value.input == 0);
  MUST(tg_model_value(model, find(model, "loss"), &value));
  CHECK(value.loss == 1 && value.per == TG_PER_BATCH && value.cols == 1 && value.axis == -1);
}

int main(void) {
  const int32_t lengths[kSequences] = {2, 3, 1};
  /* Rows: step 0 of sequences 1, 0, 2; step 1 of 1, 0; step 2 of 1. */
  const int32_t words[kRows] = {0, 1, 2, 3, 4, 0};
  const int32_t next[kRows] = {3, 4, 0, 0, 1, 2};
  int32_t rank[kSequences];
  int64_t offset[4];
  int i;
  const char* isa = NULL;
  tg_model* model = NULL;
  tg_session* session = NULL;
  tg_session* server = NULL;
  tg_optimizer* optimizer = NULL;
  tg_axis_lengths axis;
  tg_feed feeds[2];
  tg_batch batch;
  tg_metrics metrics, first, last;
  tg_tensor tensor;
  tg_step step;
  tg_real seed[kRows * 6];
  tg_real state[kSequences * 12];
  int64_t count = 0;

  CHECK(strcmp(tg_version(), "") != 0);
  MUST(tg_isa(&isa));
  CHECK(isa != NULL && strlen(isa) > 0);

  MUST(tg_pack_rows(lengths, kSequences, rank, offset, 4));
  CHECK(rank[0] == 1 && rank[1] == 0 && rank[2] == 2);
  CHECK(offset[0] == 0 && offset[1] == 3 && offset[2] == 5 && offset[3] == 6);

  MUST(tg_model_create(spec, strlen(spec), 42, &model));
  check_model(model);
  check_values(model);

  axis.axis = 0;
  axis.sequences = kSequences;
  axis.lengths = lengths;
  feeds[0].value = find(model, "words");
  feeds[0].data = words;
  feeds[0].count = kRows;
  feeds[1].value = find(model, "next");
  feeds[1].data = next;
  feeds[1].count = kRows;
  batch.axes = &axis;
  batch.axes_count = 1;
  batch.feeds = feeds;
  batch.feeds_count = 2;

  MUST(tg_session_create(model, TG_TRAIN, 7, &session));
  MUST(tg_session_threads(session, 1));
  MUST(tg_session_forward(session, &batch, &first));
  CHECK(first.targets == kRows && fabs(first.loss - log(5.0)) < 0.5 && first.gradient_norm == 0);
  MUST(tg_session_output(session, find(model, "y"), &tensor));
  CHECK(tensor.rank == 2 && tensor.dims[0] == kRows && tensor.dims[1] == 5);

  /* A gradient from outside, besides that of the loss. */
  for (i = 0; i < kRows * 6; ++i) seed[i] = (tg_real)0.01;
  {
    tg_seed outside;
    outside.value = find(model, "h");
    outside.data = seed;
    outside.count = kRows * 6;
    MUST(tg_session_backward(session, &outside, 1));
  }
  MUST(tg_session_parameter_gradient(session, 2, &tensor));
  CHECK(tensor.data != NULL && tensor.dims[0] == 24 && tensor.dims[1] == 6);
  for (i = 0, metrics.loss = 0; i < 24 * 6; ++i) metrics.loss += fabs((double)tensor.data[i]);
  CHECK(metrics.loss > 0);
  MUST(tg_session_zero_gradients(session));
  CHECK(tensor.data[0] == 0);

  MUST(tg_optimizer_create(model, "adam beta1=0.8", &optimizer));
  CHECK(tg_optimizer_slots(optimizer) == 2 && tg_optimizer_step(optimizer) == 0);
  step.learning_rate = 0.05;
  step.clip_norm = 1;
  step.clip_value = 0;
  step.norm = TG_NORM_L2;
  for (i = 0; i < 60; ++i) MUST(tg_session_train(session, &batch, optimizer, &step, &last));
  CHECK(last.loss < 0.5 * first.loss && last.gradient_norm > 0);
  CHECK(tg_optimizer_step(optimizer) == 60);
  MUST(tg_optimizer_slot(optimizer, 0, 1, &tensor));
  CHECK(strcmp(tensor.name, "exp_avg.h.weight_ih_l0") == 0 && tensor.dims[0] == 24 && tensor.dims[1] == 4);
  MUST(tg_optimizer_set_step(optimizer, 3));
  CHECK(tg_optimizer_step(optimizer) == 3);

  /* The steps taken apart: forward, backward, update. */
  MUST(tg_session_forward(session, &batch, &metrics));
  MUST(tg_session_backward(session, NULL, 0));
  MUST(tg_session_update(session, optimizer, &step, &metrics));
  CHECK(metrics.gradient_norm > 0 && tg_optimizer_step(optimizer) == 4);

  /* A session that only serves, with its state carried along. Targets are not needed: the loss is not evaluated. */
  MUST(tg_session_create(model, TG_INFER, 0, &server));
  MUST(tg_session_carry(server, 1));
  batch.feeds_count = 1;
  MUST(tg_session_forward(server, &batch, &metrics));
  CHECK(metrics.loss == 0 && metrics.targets == 0);
  MUST(tg_session_state_count(server, &count));
  CHECK(count == kSequences * 12);
  MUST(tg_session_get_state(server, state, count));
  MUST(tg_session_reset(server));
  MUST(tg_session_set_state(server, state, count, kSequences));
  CHECK(tg_session_backward(server, NULL, 0) == TG_INVALID_STATE);
  CHECK(strlen(tg_last_error()) > 0);
  CHECK(tg_session_bytes(server) > 0);
  {
    const uint64_t position = tg_session_random(session);
    MUST(tg_session_set_random(session, position + 5));
    CHECK(tg_session_random(session) == position + 5);
  }

  check_serving(model);

  tg_optimizer_destroy(optimizer);
  tg_session_destroy(server);
  tg_session_destroy(session);
  tg_model_destroy(model);
  tg_optimizer_destroy(NULL);
  tg_session_destroy(NULL);
  tg_model_destroy(NULL);
  printf("1 test, 0 failed\n");
  return 0;
}
