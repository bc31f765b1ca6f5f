// Steady work allocates nothing: once the largest batch has been seen, training steps, passes and single steps of inference call
// neither malloc nor operator new, whatever smaller batch follows. Counts every allocation of the process.
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "check.h"
#include "examples.h"
#include "isa/kernels.h"

namespace {

std::atomic<bool> counting{false};
std::atomic<long> allocations{0};

void note() {
  if (counting) allocations.fetch_add(1);
}

}  // namespace

#if defined(__SANITIZE_ADDRESS__)
// Of the sanitizer's allocator interface, whose header not every compiler brings.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*, std::size_t),
                                                         void (*free_hook)(const volatile void*));
static const int hooks_installed = __sanitizer_install_malloc_and_free_hooks([](const volatile void*, std::size_t) { note(); },
                                                                             [](const volatile void*) {});
#else
// The C library's own, under the names that it keeps for whoever replaces malloc.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t bytes) {
  note();
  return __libc_malloc(bytes);
}
void* calloc(std::size_t n, std::size_t bytes) {
  note();
  return __libc_calloc(n, bytes);
}
void* realloc(void* block, std::size_t bytes) {
  note();
  return __libc_realloc(block, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  note();
  return __libc_memalign(alignment, bytes);
}
void* memalign(std::size_t alignment, std::size_t bytes) {
  note();
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t bytes) {
  note();
  *block = __libc_memalign(alignment, bytes);
  return *block == nullptr ? ENOMEM : 0;
}
}
#endif

namespace {

template <class Work>
long allocations_of(const Work& work) {
  allocations = 0;
  counting = true;
  work();
  counting = false;
  return allocations;
}

// Every op, with the recurrent cell of that name.
std::string spec_of(const std::string& cell) {
  return "words = ids axis=text\n"
         "next = ids axis=text\n"
         "class = ids axis=text per=sequence\n"
         "e = embedding words rows=11 cols=6\n"
         "d = dropout e p=0.2\n"
         "n = layer_norm d\n"
         "h = recurrent n cell=" + cell + " size=8 layers=2 bidirectional=true dropout=0.1" +
         (cell.find("projected") != std::string::npos ? " proj=4" : "") + "\n"
         "r = reverse h\n"
         "k = attention_decoder e h attention_size=3 weights=60 cell=" + cell +
         (cell.find("projected") != std::string::npos ? " size=7 proj=5" : " size=5") + "\n"
         "j = concat h r k k.context k.weights\n"
         "a = activation j kind=tanh\n"
         "y = linear a cols=11\n"
         "loss = cross_entropy y next\n"
         "u = mul a parameter=true\n"
         "v = sub u value=1 reverse=true\n"
         "i = slice v first=9 count=8 stride=-1\n"
         "o = split i sizes=4,4\n"
         "q = softmax o\n"
         "b = pow q o.part1\n"
         "c = permute b transpose=2\n"
         "f = linear c cols=11\n"
         "third = cross_entropy f next\n"
         "p = pool h kind=max\n"
         "m = pool h kind=mean\n"
         "t = attention p h score=additive\n"
         "s = add p m t\n"
         "z = linear s cols=11\n"
         "other = cross_entropy z class\n"
         "g = conv1d e filters=4 kernel=3 stride=2 pad=2,0\n"
         "w = pool g kind=max window=2 pad=1,0\n"
         "l = upsample w factor=2\n"
         "x = frames l size=2\n"
         "ro = conv1d x filters=3 kernel=2 channels=2\n"
         "rp = pool ro kind=mean window=2 channels=3\n"
         "rr = recurrent rp size=3 cell=" + cell + (cell.find("projected") != std::string::npos ? " proj=2" : "") + "\n"
         "small = activation_regularization rr\n";
}

}  // namespace

TEST("the counter counts") {
  void* volatile kept = nullptr;  // or the compiler would leave the pair out
  CHECK_EQUAL(allocations_of([&] { kept = std::malloc(10); }), 1);
  std::free(kept);
  CHECK_EQUAL(allocations_of([] { delete new std::string(100, 'x'); }), 2);
  CHECK_EQUAL(allocations_of([] {}), 0);
}

TEST("a steady training step allocates nothing, for every cell and optimizer") {
  for (const std::string& cell : cells_with_settings()) {
    for (const std::string& kind : tidegate::kernels().optimizer_names()) {
      check::About about(cell + " with " + kind);
      const std::string spec = spec_of(cell);
      Model model(spec);
      Session session(model);
      Optimizer optimizer(model, kind);
      Batch large(model), small(model);
      fill(model, spec, {6, 2, 6, 3}, 1, &large);
      fill(model, spec, {5, 1, 4}, 2, &small);
      const tg_batch* const batches[] = {large.get(), small.get()};
      const tg_step step = {0.01, 1, 0.5, TG_NORM_L2};
      tg_metrics metrics;
      const auto train = [&] {
        for (const tg_batch* batch : batches) ok(tg_session_train(session.get(), batch, optimizer.get(), &step, &metrics));
      };
      train();
      train();
      const std::int64_t bytes = tg_session_bytes(session.get());
      CHECK_EQUAL(allocations_of([&] {
                    for (int i = 0; i < 3; ++i) train();
                  }),
                  0);
      CHECK_EQUAL(tg_session_bytes(session.get()), bytes);
      CHECK(bytes > 0);
    }
  }
}

TEST("a steady step of inference allocates nothing, for every cell, frozen in any precision or not") {
  for (const std::string& cell : cells_with_settings()) {
    const std::string proj = cell.find("projected") != std::string::npos ? " proj=4" : "";
    Model model("words = ids axis=text\ne = embedding words rows=11 cols=6\nh = recurrent e size=8 layers=2 cell=" + cell + proj +
                "\ny = linear h cols=11\n");
    Model frozen(model, TG_FLOAT32), half(model, TG_BFLOAT16), quarter(model, TG_INT8);
    for (Model* each : {&model, &frozen, &half, &quarter}) {
      check::About about(cell + (each == &model ? "" : each == &frozen ? ", float32" : each == &half ? ", bfloat16" : ", int8"));
      Session session(*each, TG_INFER);
      ok(tg_session_carry(session.get(), 1));
      Batch batch(*each);
      batch.lengths("text", {1}).feed_ids("words", {3});
      const tg_batch* const one = batch.get();
      tg_tensor output;
      const int y = model.find("y");
      const auto forward = [&] {
        ok(tg_session_forward(session.get(), one, nullptr));
        ok(tg_session_output(session.get(), y, &output));
      };
      tg_real scores[11];
      const auto step = [&] { ok(tg_session_step(session.get(), one->feeds, 1, y, scores, 11)); };
      const auto all = [&] {
        for (int i = 0; i < 10; ++i) step();
        for (int i = 0; i < 10; ++i) forward();
      };
      all();
      const std::int64_t bytes = tg_session_bytes(session.get());
      CHECK_EQUAL(allocations_of(all), 0);
      CHECK_EQUAL(tg_session_bytes(session.get()), bytes);
    }
  }
}

TEST("a steady step of a stream allocates nothing, whether it completes a window or not, for several streams, frozen or not") {
  Model model("x = input axis=a cols=3\nc = conv1d x filters=4 kernel=3 pad=2,0\np = pool c kind=max window=2\nf = frames p size=3\n"
              "h = recurrent f cell=lstm size=5\nu = upsample h factor=2\ny = linear u cols=2\n");
  Model frozen(model, TG_FLOAT32), quarter(model, TG_INT8);
  for (Model* each : {&model, &frozen, &quarter}) {
    Session session(*each, TG_INFER);
    const Reals rows = random_reals(6, 3);
    const tg_feed feed = {each->find("x"), rows.data(), 6};
    tg_real y[8];
    const auto steps = [&] {
      for (int i = 0; i < 13; ++i) ok(tg_session_step(session.get(), &feed, 1, each->find("y"), y, 8));
    };
    steps();
    const std::int64_t bytes = tg_session_bytes(session.get());
    CHECK_EQUAL(allocations_of([&] {
                  for (int i = 0; i < 13; ++i) ok(tg_session_step(session.get(), &feed, 1, 8, y, 8));
                }),
                0);
    CHECK_EQUAL(tg_session_bytes(session.get()), bytes);
  }
}

TEST("steady steps of streams whose sets change allocate nothing, in every precision") {
  Model model("x = input axis=a cols=3\nf = frames x size=2\nh = recurrent f cell=lstm size=5\n"
              "q = recurrent x cell=gru size=4 layers=2\ny = linear h cols=2\n");
  for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
    Model frozen(model, precision);
    tg_streams* streams = nullptr;
    ok(tg_streams_create(frozen.get(), frozen.find("y"), 40, &streams));
    std::vector<std::int64_t> numbers(40);
    for (std::int64_t& number : numbers) ok(tg_streams_open(streams, &number));
    const Reals rows = random_reals(40 * 3, 3);
    tg_real y[80];
    const auto steps = [&] {
      for (int i = 0; i < 60; ++i) {
        const std::int32_t count = i % 4 == 0 ? 40 : 1 + i * 7 % 40, first = i % (41 - count);
        const tg_feed feed = {frozen.find("x"), rows.data(), 3 * count};
        ok(tg_streams_step(streams, numbers.data() + first, count, &feed, 1, y, 80, nullptr));
      }
    };
    steps();
    steps();
    CHECK_EQUAL(allocations_of(steps), 0);
    tg_streams_destroy(streams);
  }
}

TEST("a steady step of a decoder over an encoded source allocates nothing, frozen or not") {
  for (const char* decoder : {"h = recurrent x cell=gru size=8\ny = attention h enc score=general weights=7\n",
                              "y = attention_decoder x enc cell=lstm size=9 weights=7\n"}) {
    const std::string encoder = "words = input axis=source cols=3\nenc = recurrent words cell=gru size=8\n";
    Model model(encoder + "x = input axis=target cols=5\n" + decoder);
    Model frozen(model, TG_FLOAT32), half(model, TG_BFLOAT16), quarter(model, TG_INT8);
    for (Model* each : {&model, &frozen, &half, &quarter}) {
      check::About about(decoder);
      Session session(*each, TG_INFER);
      Batch source(*each), batch(*each);
      source.lengths("source", {7, 4, 6}).feed("words", random_reals(17 * 3, 1));
      session.forward(source);
      batch.lengths("target", {1, 1, 1}).feed("x", random_reals(3 * 5, 2));
      const tg_batch* const one = batch.get();
      const auto steps = [&] {
        for (int i = 0; i < 10; ++i) ok(tg_session_step(session.get(), one->feeds, 1, 0, nullptr, 0));
      };
      steps();
      const std::int64_t bytes = tg_session_bytes(session.get());
      CHECK_EQUAL(allocations_of(steps), 0);
      CHECK_EQUAL(tg_session_bytes(session.get()), bytes);
    }
  }
}

TEST("a steady search allocates nothing: it clears, encodes, repeats the sources for the beams, steps and selects") {
  for (const char* decoder : {"h = recurrent e cell=gru size=8 h0=enc.h_n\ny = attention h enc score=general weights=7\n",
                              "y = attention_decoder e enc cell=lstm size=8 h0=enc.h_n weights=7\n"}) {
    Model model(std::string("words = input axis=source cols=3\nenc = recurrent words cell=gru size=8\n") +
                "x = ids axis=target\ne = embedding x rows=11 cols=5\n" + decoder);
    Model frozen(model, TG_FLOAT32), quarter(model, TG_INT8);
    for (Model* each : {&model, &frozen, &quarter}) {
      check::About about(decoder);
      Session session(*each, TG_INFER);
      Batch large(*each), small(*each);
      large.lengths("source", {7, 4, 6}).feed("words", random_reals(17 * 3, 1));
      small.lengths("source", {2, 5}).feed("words", random_reals(7 * 3, 1));
      const tg_batch* const sources[] = {large.get(), small.get()};
      const Ids words = random_ids(9, 11, 1), parents = {0, 0, 2, 4, 4, 3, 8, 6, 6}, expanded = {0, 0, 0, 1, 1, 1, 2, 2, 2};
      const int source = each->axis("source"), target = each->axis("target"), y = each->find("y");
      Reals scores(9 * 8);
      const auto search = [&] {
        for (std::int32_t n : {3, 2}) {
          ok(tg_session_clear(session.get()));
          ok(tg_session_forward(session.get(), sources[3 - n], nullptr));
          ok(tg_session_select(session.get(), source, expanded.data(), 3 * n));
          for (int i = 0; i < 3; ++i) {
            const tg_feed feed = {each->find("x"), words.data(), 3 * n};
            ok(tg_session_step(session.get(), &feed, 1, y, scores.data(), 3 * n * 8));
            ok(tg_session_select(session.get(), target, parents.data(), 3 * n));
          }
        }
      };
      search();
      search();
      const std::int64_t bytes = tg_session_bytes(session.get());
      CHECK_EQUAL(allocations_of([&] {
                    for (int i = 0; i < 3; ++i) search();
                  }),
                  0);
      CHECK_EQUAL(tg_session_bytes(session.get()), bytes);
    }
  }
}

TEST("a steady pass with gradients from outside, taken apart into its calls, allocates nothing on one thread or several") {
  const std::string spec = spec_of("gru");
  for (const int threads : {1, 3}) {
    check::About about(std::to_string(threads) + " threads");
    Model model(spec);
    Session session(model);
    ok(tg_session_threads(session.get(), threads));
    ok(tg_session_carry(session.get(), 1));
    Optimizer optimizer(model, "adam");
    Batch batch(model);
    fill(model, spec, Ids(9, 20), 1, &batch);
    const tg_batch* const one = batch.get();
    const Reals data(9 * 20 * 16, static_cast<tg_real>(0.1));
    const tg_seed seed = {model.find("h"), data.data(), static_cast<std::int64_t>(data.size())};
    const tg_step step = {0.01, 1, 0, TG_NORM_L2};
    const auto pass = [&] {
      ok(tg_session_forward(session.get(), one, nullptr));
      ok(tg_session_backward(session.get(), &seed, 1));
      ok(tg_session_update(session.get(), optimizer.get(), &step, nullptr));
    };
    pass();
    pass();
    CHECK_EQUAL(allocations_of([&] {
                  for (int i = 0; i < 3; ++i) pass();
                }),
                0);
  }
}

TEST("a larger batch makes the session grow, and going back does not") {
  const std::string spec = spec_of("lstm");
  Model model(spec);
  Session session(model);
  Batch small(model), large(model);
  fill(model, spec, {2}, 1, &small);
  fill(model, spec, {40, 40, 40}, 1, &large);
  session.forward(small);
  session.backward();
  const std::int64_t before = tg_session_bytes(session.get());
  session.forward(large);
  session.backward();
  const std::int64_t after = tg_session_bytes(session.get());
  CHECK(after > before);
  for (int i = 0; i < 3; ++i) {
    session.forward(small);
    session.backward();
    session.forward(large);
    session.backward();
  }
  CHECK_EQUAL(tg_session_bytes(session.get()), after);
}
