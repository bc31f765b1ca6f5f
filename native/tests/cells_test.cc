// Cells that no spec can name, over the library's scan: stages without a product (Weight::none) and stages without a kernel. The oracles
// are registered cells that must give the same numbers.
#include "check.h"
#include "examples.h"
#include "isa/kernels.h"

namespace tidegate {
namespace test_cells {
namespace {

#include "simd/vec_scalar-inl.h"
#include "simd/wide-inl.h"
#include "simd/math-inl.h"
#include "cells/unit-inl.h"
#include "cells/elman-inl.h"

// h = (1-z) n + z h with z = sigmoid(W_z x + b_z), n = tanh(W_n x + b_n): a gru whose recurrent weights and biases are 0.
struct GatedAverage {
  enum { z, n };

  template <class U>
  static void forward(U u) {
    const auto update = sigmoid(u.tape(z)), candidate = tanh(u.tape(n));
    u.keep(z, update);
    u.keep(n, candidate);
    u.next(0, fma(update, u.prev(0) - candidate, candidate));
  }

  template <class U>
  static void backward(U u) {
    const auto one = set(1), dh = u.d(0), update = u.tape(z), candidate = u.tape(n);
    u.dtape(z, dh * (u.prev(0) - candidate) * update * (one - update));
    u.dtape(n, dh * (one - update) * (one - candidate * candidate));
    u.dprev(0, dh * update);
  }
};

constexpr Cell gated_average() {
  Cell cell;
  cell.name = "gated_average";
  cell.gates = 2;
  cell.stage[0] = {Product{}, cell_forward<GatedAverage>, cell_backward<GatedAverage>};
  return cell;
}

// The vanilla RNN with its product and its kernel in a stage each.
constexpr Cell two_stages() {
  Cell cell = elman<Tanh>("two_stages");
  cell.stages = 2;
  cell.stage[1] = {Product{}, cell.stage[0].forward, cell.stage[0].backward};
  cell.stage[0].forward = cell.stage[0].backward = nullptr;
  return cell;
}

constexpr Cell cells[] = {gated_average(), elman<Tanh>("one_stage"), two_stages()};

}  // namespace
}  // namespace test_cells

namespace {

// While it lives, kernels() of this instruction set know the cells above too.
class WithTestCells {
 public:
  explicit WithTestCells(const Kernels& set) : groups_(set.cell_groups, set.cell_groups + set.cell_group_count), set_(set) {
    groups_.push_back({test_cells::cells, static_cast<int>(std::size(test_cells::cells))});
    set_.cell_groups = groups_.data();
    set_.cell_group_count = static_cast<int>(groups_.size());
    force_kernels(set_);
  }
  ~WithTestCells() { force_kernels(before_); }

 private:
  const Kernels& before_ = kernels();
  std::vector<CellGroup> groups_;
  Kernels set_;
};

struct Case {
  std::string before;  // of a spec, up to the name of the cell
  int size;
  std::string spec(const std::string& cell) const { return before + cell + " size=" + std::to_string(size) + "\n"; }
};

// 256 units of a few sequences are split among threads, which once is enough for all instruction sets.
std::vector<Case> cases(const Kernels& set) {
  const std::string x = "x = input axis=time cols=3 gradient=true\n";
  std::vector<Case> all;
  for (const int size : {5, 256}) {
    if (size > 5 && &set != available_kernels().front()) continue;
    const std::string h0 = "h0 = input axis=time per=sequence gradient=true cols=" + std::to_string(size) + "\n";
    all.push_back({x + h0 + "h = recurrent x h0=h0 cell=", size});
    all.push_back({x + "h = recurrent x layers=2 bidirectional=true cell=", size});
    all.push_back({"keys = input axis=source cols=4 gradient=true\n" + x + h0 + "h = attention_decoder x keys h0=h0 attention_size=2 cell=",
                   size});
  }
  return all;
}

const std::vector<Ids> kLengths = {{3, 1, 4, 2}, {1, 1, 1}, {20}};

// Values and gradients ("d" before the name) by their names.
using Answers = std::map<std::string, Reals>;

Answers trained(Model& model, const std::string& spec, const Ids& lengths, int threads) {
  Batch batch(model);
  fill(model, spec, lengths, 11, &batch);
  Session session(model);
  ok(tg_session_threads(session.get(), threads));
  session.forward(batch);
  Answers answers;
  std::vector<std::pair<std::string, Reals>> seeds;
  for (const char* name : {"h", "h.h_n"}) {
    answers[name] = session.output(name);
    seeds.push_back({name, random_reals(answers[name].size(), 5)});
  }
  session.backward(seeds);
  for (const auto& [value, data] : batch.reals()) {
    const std::string name = model.value(value).name;
    answers["d" + name] = session.gradient(name);
  }
  for (int p = 0; p < model.parameters(); ++p) {
    const std::string name = model.parameter(p).name;
    answers["d" + name] = session.parameter_gradient(name);
  }
  return answers;
}

Answers inferred(Model& model, const std::string& spec, const Ids& lengths, int threads) {
  Batch batch(model);
  fill(model, spec, lengths, 11, &batch);
  Session session(model, TG_INFER);
  ok(tg_session_threads(session.get(), threads));
  session.forward(batch);
  return {{"h", session.output("h")}, {"h.h_n", session.output("h.h_n")}};
}

struct Bound {
  tg_precision precision;
  double error;
};

// compare(answers of the first model, of the second, how close they must be), trained and frozen in every precision.
template <class Compare>
void compare_all(Model& a, const std::string& spec_a, Model& b, const std::string& spec_b, const Compare& compare) {
  const auto for_all = [](const auto& visit) {
    for (const Ids& lengths : kLengths) {
      for (const int threads : {1, 2}) {
        const check::About about(std::to_string(lengths.size()) + " sequences on " + std::to_string(threads) + " threads");
        visit(lengths, threads);
      }
    }
  };
  for_all([&](const Ids& lengths, int threads) {
    compare(trained(a, spec_a, lengths, threads), trained(b, spec_b, lengths, threads), sizeof(tg_real) == 8 ? 1e-12 : 2e-5);
  });
  for (const Bound& bound : {Bound{TG_FLOAT32, sizeof(tg_real) == 8 ? 1e-12 : 2e-6}, Bound{TG_BFLOAT16, 3e-2}, Bound{TG_INT8, 6e-2}}) {
    const check::About about("frozen in precision " + std::to_string(bound.precision));
    Model frozen_a(a, bound.precision), frozen_b(b, bound.precision);
    for_all([&](const Ids& lengths, int threads) {
      compare(inferred(frozen_a, spec_a, lengths, threads), inferred(frozen_b, spec_b, lengths, threads), bound.error);
    });
  }
}

TEST("a stage may have a product or a kernel alone: a cell in two such stages has the bits of the same cell in one") {
  for (const Kernels* set : available_kernels()) {
    const WithTestCells with(*set);
    for (const Case& one : cases(*set)) {
      const std::string whole_spec = one.spec("one_stage"), split_spec = one.spec("two_stages");
      const check::About about(std::string(set->name) + ", " + split_spec);
      Model whole(whole_spec, 3), split(split_spec, 3);
      compare_all(whole, whole_spec, split, split_spec, [](const Answers& expected, const Answers& got, double) {
        REQUIRE(got.size() == expected.size());
        for (const auto& [name, values] : expected) {
          const check::About value(name);
          CHECK(got.at(name) == values);
        }
      });
    }
  }
}

TEST("a cell without recurrent products is a gru without recurrent weights, in its values and its gradients") {
  for (const Kernels* set : available_kernels()) {
    const WithTestCells with(*set);
    for (const Case& one : cases(*set)) {
      const std::string gru_spec = one.spec("gru"), spec = one.spec("gated_average");
      const check::About about(std::string(set->name) + ", " + spec);
      Model gru(gru_spec, 3), average(spec, 3);
      const auto recurrent = [](const std::string& name) { return name.find("_hh") != std::string::npos; };
      // A gru's gates are r z n: without the first.
      const auto without_reset = [](const Reals& gates) {
        return Reals(gates.begin() + static_cast<std::ptrdiff_t>(gates.size() / 3), gates.end());
      };
      const auto gates = [](const std::string& name) { return name.find("_l") != std::string::npos; };
      for (int p = 0; p < gru.parameters(); ++p) {
        const std::string name = gru.parameter(p).name;
        const Reals values = gru.get(name);
        if (recurrent(name)) {
          gru.set(name, Reals(values.size(), 0));
        } else {
          average.set(name, gates(name) ? without_reset(values) : values);
        }
      }
      compare_all(gru, gru_spec, average, spec, [&](const Answers& expected, const Answers& got, double error) {
        std::size_t compared = 0;
        for (const auto& [name, values] : expected) {
          if (recurrent(name)) continue;
          const check::About value(name);
          const Reals wanted = gates(name) ? without_reset(values) : values;
          REQUIRE(got.count(name) == 1 && got.at(name).size() == wanted.size());
          for (std::size_t i = 0; i < wanted.size(); ++i) CHECK_CLOSE(got.at(name)[i], wanted[i], error);
          ++compared;
        }
        CHECK_EQUAL(compared, got.size());
      });
    }
  }
}

TEST("a cell without recurrent products has no parameters for them, and nothing that weight_drop could drop") {
  const WithTestCells with(kernels());
  const std::string spec = "x = input axis=time cols=3\nh = recurrent x cell=gated_average size=2";
  const Model model(spec + "\n");
  REQUIRE(model.parameters() == 2);
  CHECK_EQUAL(std::string(model.parameter(0).name), "h.weight_ih_l0");
  CHECK_EQUAL(std::string(model.parameter(1).name), "h.bias_ih_l0");
  try {
    Model dropped(spec + " weight_drop=0.5\n");
    CHECK(false);
  } catch (const Failure& failure) {
    CHECK_EQUAL(failure.status, TG_INVALID_SPEC);
    CHECK(std::string(failure.what()).find("cell=gated_average has no recurrent weight for weight_drop") != std::string::npos);
  }
}

}  // namespace
}  // namespace tidegate
