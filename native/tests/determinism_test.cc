// The same seed gives the same bits, and only the seed decides.
#include "check.h"
#include "network.h"

namespace {

const char* const kSpec =
    "words = ids axis=text\n"
    "next = ids axis=text\n"
    "e = embedding words rows=9 cols=6\n"
    "h = recurrent e cell=lstm size=17 layers=2 dropout=0.3\n"
    "d = dropout h p=0.25\n"
    "a = attention_decoder e d cell=gru size=11 attention_size=5\n"
    "c = attention a d score=general\n"
    "j = concat d a c\n"
    "y = linear j cols=9\n"
    "loss = cross_entropy y next\n";

// The parameters and losses of a short training.
struct Run {
  Reals parameters;
  std::vector<double> losses;
  std::uint64_t random;
};

Run train(std::uint64_t model_seed, std::uint64_t session_seed, int threads = 1) {
  Model model(kSpec, model_seed);
  Session session(model, TG_TRAIN, session_seed);
  ok(tg_session_threads(session.get(), threads));
  ok(tg_session_carry(session.get(), 1));
  Optimizer optimizer(model, "adam");
  const tg_step step = {0.02, 1, 0, TG_NORM_L2};
  Run run;
  for (std::uint64_t i = 0; i < 12; ++i) {
    Batch batch(model);
    batch.lengths("text", i % 2 == 0 ? Ids{7, 7, 7, 7, 7, 7, 7, 7, 7} : Ids{7, 3, 5, 1, 7, 7, 2, 4, 6});
    const std::size_t rows = i % 2 == 0 ? 63 : 42;
    batch.feed_ids("words", random_ids(rows, 9, i)).feed_ids("next", random_ids(rows, 9, i + 100));
    tg_metrics metrics;
    ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, &metrics));
    run.losses.push_back(metrics.loss);
  }
  run.parameters = model.all_parameters();
  run.random = tg_session_random(session.get());
  return run;
}

}  // namespace

TEST("two trainings from the same seeds end with the same bits") {
  const Run first = train(3, 4), second = train(3, 4);
  CHECK(first.parameters == second.parameters);
  CHECK(first.losses == second.losses);
  CHECK_EQUAL(first.random, second.random);
}

TEST("another model seed draws other parameters, another session seed other dropout") {
  CHECK(Model(kSpec, 1).all_parameters() == Model(kSpec, 1).all_parameters());
  CHECK(Model(kSpec, 1).all_parameters() != Model(kSpec, 2).all_parameters());
  const Run one = train(3, 4), other = train(3, 5);
  CHECK(one.losses != other.losses);
}

TEST("a training on several threads ends with the same bits each time") {
  for (const int threads : {2, 3}) {
    const Run first = train(3, 4, threads), second = train(3, 4, threads);
    CHECK(first.parameters == second.parameters);
    CHECK(first.losses == second.losses);
  }
}

TEST("a parameter's start depends on its name and seed, not on what else is in the graph") {
  Model small("x = input axis=t cols=4\ny = linear x cols=3\n", 6);
  Model large("x = input axis=t cols=4\nbefore = linear x cols=5\ny = linear x cols=3\n", 6);
  CHECK(small.get("y.weight") == large.get("y.weight"));
  CHECK(large.get("before.bias") != large.get("y.bias"));
}

TEST("the random position decides the dropout mask, moves by one with each training pass, and can be set back") {
  Model model("x = input axis=t cols=50\nd = dropout x p=0.5\n");
  Session session(model);
  Batch batch(model);
  batch.lengths("t", {4}).feed("x", Reals(200, 1));
  const std::uint64_t start = tg_session_random(session.get());
  session.forward(batch);
  const Reals first = session.output("d");
  CHECK_EQUAL(tg_session_random(session.get()), start + 1);
  session.forward(batch);
  CHECK(session.output("d") != first);
  ok(tg_session_set_random(session.get(), start));
  session.forward(batch);
  CHECK(session.output("d") == first);
}

TEST("dropout keeps the share that it says, scaled, and a session that infers drops nothing") {
  Model model("x = input axis=t cols=100\nd = dropout x p=0.25\ns = dropout x p=0.5 per=sequence\n");
  Session session(model), server(model, TG_INFER);
  Batch batch(model);
  batch.lengths("t", {50, 50}).feed("x", Reals(10000, 1));
  session.forward(batch);
  const Reals d = session.output("d"), s = session.output("s");
  int kept = 0;
  for (const tg_real x : d) {
    CHECK(x == 0 || std::abs(x - 1 / 0.75) < 1e-6);
    kept += x != 0;
  }
  CHECK(kept > 7300 && kept < 7700);  // 7500 expected, deviation 43
  kept = 0;
  for (std::size_t c = 0; c < 100; ++c) {
    for (std::size_t step = 1; step < 50; ++step) {  // one mask for all steps of a sequence
      CHECK_EQUAL(s[step * 200 + c], s[c]);
      CHECK_EQUAL(s[step * 200 + 100 + c], s[100 + c]);
    }
    kept += (s[c] != 0) + (s[100 + c] != 0);
  }
  CHECK(kept > 65 && kept < 135);
  server.forward(batch);
  CHECK(server.output("d") == Reals(10000, 1));
  CHECK(server.output("s") == Reals(10000, 1));
}
