// Several sessions read one model at once, each on a thread of its own, and get the same bits as one alone.
#include <atomic>
#include <cstring>
#include <thread>

#include "check.h"
#include "network.h"

namespace {

const char* const kSpec =
    "words = ids axis=text\n"
    "next = ids axis=text\n"
    "e = embedding words rows=30 cols=16\n"
    "h = recurrent e cell=gru size=24 layers=2 bidirectional=true\n"
    "y = linear h cols=30\n"
    "loss = cross_entropy y next\n";

Ids lengths_of(std::uint64_t i) { return i % 2 == 0 ? Ids{9, 4, 7} : Ids{1, 12}; }

// Outputs and a gradient of a few batches.
Reals work(Model& model, std::uint64_t seed) {
  Session session(model);
  Reals all;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Ids lengths = lengths_of(i + seed);
    std::size_t rows = 0;
    for (const auto n : lengths) rows += static_cast<std::size_t>(n);
    Batch batch(model);
    batch.lengths("text", lengths).feed_ids("words", random_ids(rows, 30, seed + i)).feed_ids("next", random_ids(rows, 30, seed + i + 50));
    session.forward(batch);
    session.backward();
    for (const Reals& part : {session.output("y"), session.parameter_gradient("h.weight_hh_l1_reverse")}) {
      all.insert(all.end(), part.begin(), part.end());
    }
  }
  return all;
}

}  // namespace

TEST("sessions over one model on several threads give the bits that they give alone") {
  Model model(kSpec);
  constexpr int kThreads = 4;
  std::vector<Reals> alone, together(kThreads);
  for (int i = 0; i < kThreads; ++i) alone.push_back(work(model, static_cast<std::uint64_t>(i)));
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] { together[static_cast<std::size_t>(i)] = work(model, static_cast<std::uint64_t>(i)); });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < kThreads; ++i) {
    check::About about("session " + std::to_string(i));
    CHECK(!alone[i].empty());
    CHECK(alone[i] == together[i]);
  }
  CHECK(alone[0] != alone[1]);
}

TEST("models are made, trained and destroyed on several threads at once") {
  std::vector<Reals> results(3);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 3; ++round) {
        Model model(kSpec, 5);
        Session session(model);
        Optimizer optimizer(model, "adamw");
        const tg_step step = {0.01, 1, 0, TG_NORM_L2};
        Batch batch(model);
        batch.lengths("text", {6}).feed_ids("words", random_ids(6, 30, 1)).feed_ids("next", random_ids(6, 30, 2));
        for (int s = 0; s < 5; ++s) ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, nullptr));
        results[i] = model.all_parameters();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(!results[0].empty());
  CHECK(results[0] == results[1]);
  CHECK(results[0] == results[2]);
}

TEST("every thread has its own last error") {
  Model model(kSpec);
  tg_tensor tensor;
  CHECK_EQUAL(tg_model_parameter(model.get(), -5, &tensor), TG_INVALID_ARGUMENT);
  const std::string mine = tg_last_error();
  std::string fresh = "unset", theirs;
  std::thread other([&] {
    fresh = tg_last_error();
    std::int32_t index;
    tg_model_find(model.get(), "nowhere", &index);
    theirs = tg_last_error();
  });
  other.join();
  CHECK_EQUAL(fresh, std::string());
  CHECK(theirs.find("nowhere") != std::string::npos);
  CHECK_EQUAL(std::string(tg_last_error()), mine);
}

TEST("a session's threads may be changed between calls; the results stay the same but for rounding") {
  Model model(kSpec);
  Session session(model);
  Batch batch(model);
  batch.lengths("text", {30, 20, 30, 10, 5, 25}).feed_ids("words", random_ids(120, 30, 1)).feed_ids("next", random_ids(120, 30, 2));
  Reals expected;
  for (const int threads : {1, 2, 4, 1, 3}) {
    check::About about(std::to_string(threads) + " threads");
    ok(tg_session_threads(session.get(), threads));
    session.forward(batch);
    ok(tg_session_zero_gradients(session.get()));
    session.backward();
    Reals result = session.output("y");
    const Reals gradient = session.parameter_gradient("h.weight_ih_l0");
    result.insert(result.end(), gradient.begin(), gradient.end());
    if (expected.empty()) expected = result;
    CHECK(result == expected);
    session.forward(batch);
    const Reals again = session.output("y");
    CHECK(Reals(result.begin(), result.begin() + static_cast<std::ptrdiff_t>(again.size())) == again);
  }
}

TEST("a wide layer's few rows are the same on several threads, whether its weights are packed for them or not") {
  for (const char* cell : {"rnn", "lstm", "gru", "gru_reset_before", "lstm_projected proj=130", "lstm peepholes=true",
                           "lstm layer_norm=true", "lstm_projected layer_norm=true proj=130", "min_gru"}) {
    check::About about(cell);
    Model model(std::string("x = input axis=time cols=3\nh = recurrent x size=256 cell=") + cell + "\n");
    for (const Ids& lengths : {Ids{1}, Ids{7}, Ids{6, 4, 1}, Ids{20}}) {
      check::About of(std::to_string(lengths.size()) + " sequences, the first of " + std::to_string(lengths[0]) + " steps");
      std::size_t rows = 0;
      for (const auto n : lengths) rows += static_cast<std::size_t>(n);
      Batch batch(model);
      batch.lengths("time", lengths).feed("x", random_reals(rows * 3, 1));
      Session session(model, TG_INFER);
      session.forward(batch);
      const Reals expected = session.output("h");
      for (const int threads : {2, 3}) {
        check::About on(std::to_string(threads) + " threads");
        ok(tg_session_threads(session.get(), threads));
        session.forward(batch);
        const Reals result = session.output("h");
        CHECK_EQUAL(result.size(), expected.size());
        for (std::size_t i = 0; i < result.size(); ++i) CHECK_CLOSE(result[i], expected[i], 2e-6);
      }
    }
  }
}
