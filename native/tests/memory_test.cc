// Every allocation in turn fails: each call says that memory is out, leaves alone what the header promises, and works when it is
// made again. The link turns the library's aligned_alloc into ours (CMakeLists.txt); operator new is replaced here.
#include <cstdlib>
#include <cstring>
#include <new>

#include "check.h"
#include "network.h"

namespace {

long left = 0;  // the allocation that fails, counted down; 0: none

bool fails() { return left > 0 && --left == 0; }

}  // namespace

extern "C" {
void* __real_aligned_alloc(std::size_t alignment, std::size_t bytes);
void* __wrap_aligned_alloc(std::size_t alignment, std::size_t bytes) {
  return fails() ? nullptr : __real_aligned_alloc(alignment, bytes);
}
}

void* operator new(std::size_t bytes) {
  void* block = fails() ? nullptr : std::malloc(bytes == 0 ? 1 : bytes);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }

namespace {

const char* const kSpec =
    "words = ids axis=text\n"
    "next = ids axis=text\n"
    "class = ids axis=text per=sequence\n"
    "e = embedding words rows=11 cols=6\n"
    "d = dropout e p=0.2\n"
    "n = layer_norm d\n"
    "h = recurrent n cell=lstm size=8 layers=2 bidirectional=true dropout=0.1\n"
    "r = reverse h\n"
    "j = concat h r\n"
    "y = linear j cols=11\n"
    "loss = cross_entropy y next\n"
    "p = pool h kind=max\n"
    "z = linear p cols=11\n"
    "other = cross_entropy z class\n";

const tg_step kStep = {0.1, 1, 0, TG_NORM_L2};

// Three sequences.
Batch& fill(Batch& batch, std::int32_t longest) {
  const auto rows = static_cast<std::size_t>(longest + longest / 2 + 1);
  return batch.lengths("text", {longest / 2, longest, 1}).feed_ids("words", random_ids(rows, 11, 1)).feed_ids("next", random_ids(rows, 11, 2))
      .feed_ids("class", {3, 1, 4});
}

// Makes attempt(n) with the n-th allocation failing, for n = 1, 2, ... until none is left to fail. attempt prepares, calls
// with_failure and checks; it returns whether a failure was met.
template <class Attempt>
void at_every_allocation(const Attempt& attempt) {
  long n = 1;
  for (; n < 10000; ++n) {
    check::About about("allocation " + std::to_string(n));
    if (!attempt(n)) break;
  }
  CHECK(n > 1);
  CHECK(n < 10000);
}

// The status must be TG_OUT_OF_MEMORY if the n-th allocation came, TG_OK if not. Returns whether it came.
template <class Call>
bool with_failure(long n, const Call& call) {
  left = n;
  const tg_status status = call();
  const bool met = left == 0;
  left = 0;
  CHECK_EQUAL(status, met ? TG_OUT_OF_MEMORY : TG_OK);
  return met;
}

// A model in the middle of a training with a carried state.
struct Scene {
  Scene() : model(kSpec), session(model), optimizer(model, "adam"), small(model), large(model) {
    ok(tg_session_carry(session.get(), 1));
    fill(small, 4);
    large_batch = fill(large, 50).get();
    ok(tg_session_train(session.get(), small.get(), optimizer.get(), &kStep, nullptr));
  }
  tg_status train(tg_metrics* metrics) { return tg_session_train(session.get(), large_batch, optimizer.get(), &kStep, metrics); }

  Model model;
  Session session;
  Optimizer optimizer;
  Batch small, large;
  const tg_batch* large_batch;
};

}  // namespace

TEST("a model, a session or an optimizer for which memory runs out is not made") {
  at_every_allocation([](long n) {
    tg_model* model = nullptr;
    const bool met = with_failure(n, [&] { return tg_model_create(kSpec, std::strlen(kSpec), 1, &model); });
    CHECK_EQUAL(model == nullptr, met);
    tg_model_destroy(model);
    return met;
  });
  Model model(kSpec);
  at_every_allocation([&](long n) {
    tg_session* session = nullptr;
    const bool met = with_failure(n, [&] { return tg_session_create(model.get(), TG_TRAIN, 1, &session); });
    CHECK_EQUAL(session == nullptr, met);
    tg_session_destroy(session);
    return met;
  });
  at_every_allocation([&](long n) {
    tg_optimizer* optimizer = nullptr;
    const bool met = with_failure(n, [&] { return tg_optimizer_create(model.get(), "adam beta1=0.8", &optimizer); });
    CHECK_EQUAL(optimizer == nullptr, met);
    tg_optimizer_destroy(optimizer);
    return met;
  });
}

TEST("a training step that runs out of memory anywhere changes nothing, and gives the same bits when it is made again") {
  Scene untouched;
  tg_metrics expected;
  ok(untouched.train(&expected));
  const Reals trained = untouched.model.all_parameters();
  at_every_allocation([&](long n) {
    Scene scene;
    const Reals parameters = scene.model.all_parameters(), state = scene.session.state();
    const std::uint64_t random = tg_session_random(scene.session.get());
    tg_metrics metrics;
    if (!with_failure(n, [&] { return scene.train(&metrics); })) return false;
    CHECK(scene.model.all_parameters() == parameters);
    CHECK(scene.session.state() == state);
    CHECK_EQUAL(tg_session_random(scene.session.get()), random);
    CHECK_EQUAL(tg_optimizer_step(scene.optimizer.get()), 1);
    ok(scene.train(&metrics));
    CHECK_EQUAL(metrics.loss, expected.loss);
    CHECK_EQUAL(metrics.gradient_norm, expected.gradient_norm);
    CHECK(scene.model.all_parameters() == trained);
    return true;
  });
}

TEST("a backward call that runs out of memory clears the gradients and shows none") {
  at_every_allocation([](long n) {
    Scene scene;
    scene.session.forward(scene.large);
    if (!with_failure(n, [&] { return tg_session_backward(scene.session.get(), nullptr, 0); })) return false;
    for (int p = 0; p < scene.model.parameters(); ++p) {
      for (const tg_real g : scene.session.parameter_gradient(scene.model.parameter(p).name)) CHECK_EQUAL(g, 0);
    }
    tg_tensor gradient;
    CHECK_EQUAL(tg_session_output_gradient(scene.session.get(), scene.model.find("y"), &gradient), TG_INVALID_STATE);
    scene.session.backward();
    CHECK(scene.session.gradient("y").size() == 76 * 11);
    return true;
  });
}

TEST("lengths are taken whole or not at all") {
  Model model("x = input axis=t cols=1\ny = linear x cols=1\n");
  const Ids few = {2, 1}, many(60, 30);
  const Reals x(1800, 1);
  const tg_axis_lengths axes[] = {{0, 2, few.data()}, {0, 60, many.data()}};
  const tg_feed feeds[] = {{0, x.data(), 3}, {0, x.data(), 1800}};
  const tg_batch small = {&axes[0], 1, &feeds[0], 1}, large = {&axes[1], 1, &feeds[1], 1};
  const tg_batch small_rows = {nullptr, 0, &feeds[0], 1}, large_rows = {nullptr, 0, &feeds[1], 1};
  at_every_allocation([&](long n) {
    Session session(model, TG_INFER);
    ok(tg_session_forward(session.get(), &small, nullptr));
    if (!with_failure(n, [&] { return tg_session_forward(session.get(), &large, nullptr); })) return false;
    const bool old = tg_session_forward(session.get(), &small_rows, nullptr) == TG_OK;
    const bool fresh = tg_session_forward(session.get(), &large_rows, nullptr) == TG_OK;
    CHECK(old != fresh);
    ok(tg_session_forward(session.get(), &large, nullptr));
    return true;
  });
}

TEST("a state is put back whole or not at all") {
  at_every_allocation([](long n) {
    Scene scene;
    const Reals state = scene.session.state(), larger(state.size() * 20, static_cast<tg_real>(0.5));
    const bool met = with_failure(n, [&] {
      return tg_session_set_state(scene.session.get(), larger.data(), static_cast<std::int64_t>(larger.size()), 60);
    });
    CHECK(scene.session.state() == (met ? state : larger));
    return met;
  });
}

TEST("a selection that runs out of memory anywhere changes nothing, and gives the same when it is made again") {
  Model model(
      "x = input axis=source cols=3\nenc = recurrent x cell=lstm size=4\n"
      "y = ids axis=target\no = one_hot y rows=5\ndec = recurrent o cell=lstm size=4 h0=enc.h_n c0=enc.c_n\n");
  const Ids chosen = random_ids(40, 2, 1);
  Reals expected;
  at_every_allocation([&](long n) {
    Session session(model, TG_INFER);
    Batch batch(model);
    batch.lengths("source", {3, 4}).lengths("target", {1, 2}).feed("x", random_reals(21, 1)).feed_ids("y", {1, 2, 3});
    session.forward(batch);
    const Reals enc = session.output("enc"), dec = session.output("dec"), state = session.state();
    const auto select = [&](int axis) { return tg_session_select(session.get(), axis, chosen.data(), 40); };
    const bool met = with_failure(n, [&] { return select(0); });
    if (met) {
      CHECK(session.output("enc") == enc);
      CHECK(session.state() == state);
      ok(select(0));
    }
    CHECK(session.output("dec") == dec);
    ok(select(1));
    Reals after = session.output("enc");
    for (const Reals& more : {session.output("dec"), session.state()}) after.insert(after.end(), more.begin(), more.end());
    if (expected.empty()) expected = after;
    CHECK(after == expected);
    return met;
  });
}
