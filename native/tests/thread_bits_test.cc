// A training's bits do not depend on the number of threads: neither the values and gradients of any op and cell, nor the parameters after
// some steps of graphs as large as a task's.
#include <cstring>

#include "check.h"
#include "core/cores.h"
#include "examples.h"
#include "network.h"

namespace {

bool same_bits(const Reals& a, const Reals& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(tg_real)) == 0);
}

// The sanitizers look for other faults than bits, and take ten times as long.
#if defined(__SANITIZE_ADDRESS__)
constexpr int kSizes[] = {5, 150};
constexpr std::int32_t kSequences[] = {1, 33};
constexpr int kThreads[] = {3};
#else
constexpr int kSizes[] = {5, 40, 150};
constexpr std::int32_t kSequences[] = {1, 3, 33};
constexpr int kThreads[] = {2, 3};
#endif

struct Run {
  Reals parameters;
  double loss, norm;
};

Run train(const std::string& spec, const Ids& lengths, int steps, int threads) {
  Model model(spec, 3);
  Session session(model, TG_TRAIN, 4);
  ok(tg_session_threads(session.get(), threads));
  Optimizer optimizer(model, "adam");
  const tg_step step = {0.01, 1, 0, TG_NORM_L2};
  tg_metrics metrics{};
  for (int i = 0; i < steps; ++i) {
    Batch batch(model);
    fill(model, spec, lengths, static_cast<std::uint64_t>(10 + i), &batch);
    ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, &metrics));
  }
  return {model.all_parameters(), metrics.loss, metrics.gradient_norm};
}

void check_threads(const std::string& name, const std::string& spec, const Ids& lengths, int steps) {
  tidegate::pretend_cores(3);  // so many parts, however few cores there are
  check::About about(name);
  const Run one = train(spec, lengths, steps, 1);
  for (const int threads : kThreads) {
    check::About with(std::to_string(threads) + " threads, " + std::to_string(lengths.size()) + " sequences");
    const Run more = train(spec, lengths, steps, threads);
    CHECK_EQUAL(more.loss, one.loss);
    CHECK_EQUAL(more.norm, one.norm);
    CHECK(same_bits(more.parameters, one.parameters));
  }
}

// Lengths between the shortest and the longest, in no order.
Ids ragged(std::int32_t sequences, std::int32_t shortest, std::int32_t longest) {
  Ids lengths;
  for (std::int32_t s = 0; s < sequences; ++s) lengths.push_back(shortest + (s * 7 + 3) % (longest - shortest + 1));
  return lengths;
}

bool has_loss(const std::string& spec) {
  Model model(spec);
  for (int v = 0; v < model.values(); ++v) {
    if (model.value(v).loss != 0) return true;
  }
  return false;
}

}  // namespace

TEST("every op of the registry") {
  for (const Example& example : all_examples()) {
    if (!has_loss(example.spec)) continue;
    check_threads(example.op + ":\n" + example.spec, example.spec, ragged(37, 5, 9), 2);
  }
}

TEST("every cell, in one direction and both, above and below the sizes at which the work is split") {
  for (const std::string& cell : cells_with_settings()) {
    for (const int size : kSizes) {
      const std::string width = std::to_string(size);
      std::string h = "h = recurrent x layers=2 dropout=0.2 cell=" + cell + " size=" + width;
      if (cell.find("projected") != std::string::npos) h += " proj=" + std::to_string((size + 1) / 2);
      for (const char* const both : {"", " bidirectional=true"}) {
        const std::string spec = "x = input axis=t cols=33 gradient=true\ny = ids axis=t\n" + h + both +
                                 "\nz = linear h cols=70\nloss = cross_entropy z y\n";
        for (const std::int32_t sequences : kSequences) check_threads(h + both, spec, ragged(sequences, 3, 8), 2);
      }
    }
  }
}
