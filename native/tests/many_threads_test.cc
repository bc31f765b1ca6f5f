// Far more threads than cores train at once.
#include <thread>

#include "check.h"
#include "network.h"

namespace {

constexpr int kThreads = 200;

const char* const kSpec =
    "x = input axis=text cols=20\n"
    "next = ids axis=text\n"
    "h = recurrent x cell=lstm size=16\n"
    "y = linear h cols=40\n"
    "loss = cross_entropy y next\n";

// The parameters after a few steps of training, and what the model then says.
Reals train(std::uint64_t seed) {
  constexpr std::size_t kRows = 120;
  Model model(kSpec, seed);
  Session session(model);
  Optimizer optimizer(model, "adamw");
  const tg_step step = {0.01, 1, 0, TG_NORM_L2};
  Batch batch(model);
  batch.lengths("text", {50, 40, 30}).feed("x", random_reals(kRows * 20, seed)).feed_ids("next", random_ids(kRows, 40, seed));
  for (int s = 0; s < 3; ++s) ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, nullptr));
  session.forward(batch);
  Reals all = model.all_parameters();
  const Reals output = session.output("y");
  all.insert(all.end(), output.begin(), output.end());
  return all;
}

}  // namespace

TEST("two hundred threads train at once, with the bits that they reach alone") {
  constexpr std::size_t kSeeds = 4;
  std::vector<Reals> alone, together(kThreads);
  for (std::size_t seed = 0; seed < kSeeds; ++seed) alone.push_back(train(seed));

  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      together[i] = train(i % kSeeds);
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < kThreads; ++i) {
    check::About about("thread " + std::to_string(i));
    CHECK(together[i] == alone[i % kSeeds]);
  }
}
