// Random networks, of all ops that the registry has: every instruction set computes what generic does, forward and backward, and a frozen
// model's sequences have the same bits alone as in any batch. A network is grown line by line; a line that the library refuses is drawn anew.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "check.h"
#include "examples.h"
#include "isa/kernels.h"
#include "ops/op.h"

namespace {

constexpr int kNetworks = 200;
constexpr int kLines = 7;  // of a network beside its inputs

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}
  int below(int n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int>((state_ >> 33) % static_cast<std::uint64_t>(n));
  }
  bool maybe(int one_in = 2) { return below(one_in) == 0; }
  std::string number(int least, int most) { return std::to_string(least + below(most - least + 1)); }
  template <class T>
  const T& of(const std::vector<T>& all) {
    return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
  }

 private:
  std::uint64_t state_;
};

// Lines by the op's name, "$" for an input. Those with edges (kinks) have gradients that a rounding may turn: only their values are compared.
struct Line {
  std::string text;
  bool edges = false;
};

std::string windows(Draw& draw, bool convolution) {
  const int size = 1 + draw.below(4);
  std::string text = (convolution ? " kernel=" : "") + (convolution ? std::to_string(size) : "");
  if (draw.maybe()) text += " stride=" + draw.number(1, 3);
  if (draw.maybe()) text += " pad=" + draw.number(0, size - 1) + "," + draw.number(0, size - 1);
  if (convolution && draw.maybe(3)) text += " pad_mode=reflect";
  return convolution ? text : std::to_string(size) + text;
}

std::string cell(Draw& draw) {
  const std::string name = draw.of(tidegate::kernels().cell_names());
  const tidegate::Cell* kind = tidegate::kernels().cell(name);
  std::string text = "cell=" + name + " size=" + draw.number(2, 6) + (kind->projected ? " proj=2" : "");
  for (const char* setting : {" peepholes=true", " coupled=true", " clip=0.8", " layer_norm=true"}) {
    if (draw.maybe(5)) text += setting;  // one that the cell does not know is refused
  }
  for (int i = 0; i < kind->settings; ++i) {
    const tidegate::Setting& setting = kind->setting[i];
    if (setting.functions != nullptr && draw.maybe(5)) text += " " + std::string(setting.key) + "=" + setting.example_functions;
  }
  return text;
}

Line line_of(const std::string& op, Draw& draw) {
  if (op == "linear") return {"linear $ cols=" + draw.number(1, 9)};
  if (op == "activation") {
    const std::string kind = draw.of<std::string>(
        {"tanh", "sigmoid", "gelu", "gelu_tanh", "softplus", "softsign", "relu", "elu", "leaky_relu", "hard_sigmoid", "affine", "scaled_tanh"});
    return {"activation $ kind=" + kind, kind == "relu" || kind == "leaky_relu" || kind == "hard_sigmoid"};
  }
  if (op == "dropout") return {"dropout $ p=0.3" + std::string(draw.maybe() ? " per=sequence" : "")};
  if (op == "layer_norm") return {"layer_norm $ eps=0.1"};
  if (op == "reverse") return {"reverse $"};
  if (op == "concat") return {"concat $ $"};
  if (op == "erf" || op == "neg" || op == "square" || op == "softmax" || op == "log_softmax") return {op + " $"};
  if (op == "exp" || op == "abs") return {op + " $", op == "abs"};
  if (op == "sqrt" || op == "log") return {op + " $", true};  // of what is negative: NaN; near 0 steep
  if (op == "clip") return {"clip $ min=-0.5 max=0.7", true};
  if (op == "add" || op == "sub" || op == "mul" || op == "div" || op == "maximum" || op == "minimum" || op == "pow") {
    const bool edges = op == "maximum" || op == "minimum" || op == "div" || op == "pow";
    if (draw.maybe(3)) return {op + " $ value=1.5" + (draw.maybe() ? " reverse=true" : ""), edges};
    if (draw.maybe(3)) return {op + " $ parameter=true", edges};
    return {op + " $ $", edges};
  }
  if (op == "slice") return {"slice $ first=" + draw.number(0, 3) + " count=" + draw.number(1, 3) + (draw.maybe() ? " stride=-1" : "")};
  if (op == "split") return {"split $ sizes=" + draw.number(1, 3) + "," + draw.number(1, 3)};
  if (op == "permute") return {"permute $ " + (draw.maybe() ? "order=1,0" : "transpose=" + draw.number(1, 3))};
  if (op == "recurrent") {
    return {"recurrent $ " + cell(draw) + (draw.maybe() ? " bidirectional=true" : "") + (draw.maybe(3) ? " layers=2" : "")};
  }
  if (op == "pool") {
    const std::string kind = draw.of<std::string>({"last", "mean", "max"});
    std::string text = "pool $ kind=" + kind;
    if (draw.maybe()) text += " window=" + windows(draw, false) + (draw.maybe() ? " channels=" + draw.number(1, 3) : "");
    return {text, kind == "max"};
  }
  if (op == "frames") return {"frames $ size=" + windows(draw, false)};
  if (op == "upsample") return {"upsample $ factor=" + draw.number(1, 3)};
  if (op == "conv1d") {
    std::string text = "conv1d $ filters=" + draw.number(1, 5) + windows(draw, true);
    if (draw.maybe()) text += " channels=" + draw.number(1, 4);
    if (draw.maybe(3)) text += " groups=" + draw.number(1, 3);
    return {text};
  }
  if (op == "attention") return {"attention $ $ score=" + draw.of<std::string>({"dot", "scaled_dot", "general", "additive"})};
  if (op == "attention_decoder") return {"attention_decoder $ $ " + cell(draw)};
  if (op == "mse" || op == "poisson_nll") return {op + " $ $"};
  if (op == "l1" || op == "smooth_l1" || op == "huber") return {op + " $ $", true};
  return {};
}

struct Network {
  std::string spec;
  bool edges = false;
};

Network draw_network(std::uint64_t seed, std::set<std::string>* drawn) {
  Draw draw(seed);
  Network network;
  network.spec = "x = input axis=a gradient=true cols=" + draw.number(1, 8) + "\nz = input axis=b gradient=true cols=" + draw.number(1, 5) +
                 "\ns = input axis=a per=sequence gradient=true cols=" + draw.number(1, 4) + "\n";
  std::vector<std::string> values = {"x", "z", "s"};
  std::vector<std::string> ops;
  for (const tidegate::OpKind* kind : tidegate::op_kinds()) ops.push_back(kind->name);
  int lines = 0;
  for (int tries = 0; lines < kLines && tries < 400; ++tries) {
    const std::string op = draw.of(ops);
    const Line line = line_of(op, draw);
    if (line.text.empty()) continue;
    std::string text = line.text;
    for (std::size_t at; (at = text.find('$')) != std::string::npos;) {
      // Late values more often: networks grow deep.
      const int back = std::min(draw.below(3), draw.below(static_cast<int>(values.size())));
      text.replace(at, 1, draw.maybe(4) ? draw.of(values) : values[values.size() - 1 - static_cast<std::size_t>(back)]);
    }
    const std::string name = "n" + std::to_string(lines), longer = network.spec + name + " = " + text + "\n";
    try {
      Model model(longer, 1);
      Batch batch(model);
      fill(model, longer, {4, 6, 5}, 3, &batch);
      Session session(model);
      session.forward(batch);  // no sequence is too short for the windows
    } catch (const Failure&) {
      continue;
    }
    network.spec = longer;
    network.edges |= line.edges;
    drawn->insert(op);
    values.push_back(name);
    ++lines;
  }
  return network;
}

// Values, then gradients of inputs and parameters, under the instruction set in use.
struct Answers {
  std::vector<std::pair<std::string, Reals>> values, gradients;
};

Answers answers(const std::string& spec, const Ids& lengths) {
  Model model(spec, 5);
  Batch batch(model);
  fill(model, spec, lengths, 17, &batch);
  Session session(model);
  session.forward(batch);
  Answers all;
  std::vector<std::pair<std::string, Reals>> seeds;
  for (int v = 0; v < model.values(); ++v) {
    const tg_value value = model.value(v);
    if (value.kind != TG_REAL) continue;
    all.values.push_back({value.name, session.output(value.name)});
    if (!value.input && !value.loss) seeds.push_back({value.name, random_reals(all.values.back().second.size(), 40 + static_cast<std::uint64_t>(v))});
  }
  session.backward(seeds);
  for (auto& [v, data] : batch.reals()) {
    tg_tensor tensor;
    if (tg_session_output_gradient(session.get(), v, &tensor) == TG_OK) all.gradients.push_back({model.value(v).name, session.gradient(model.value(v).name)});
  }
  for (int p = 0; p < model.parameters(); ++p) all.gradients.push_back({model.parameter(p).name, session.parameter_gradient(model.parameter(p).name)});
  return all;
}

void check_close(const std::vector<std::pair<std::string, Reals>>& got, const std::vector<std::pair<std::string, Reals>>& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    check::About about(expected[i].first);
    REQUIRE(got[i].second.size() == expected[i].second.size());
    double scale = 1;
    for (const tg_real x : expected[i].second) scale = std::max(scale, std::abs(static_cast<double>(x)));
    for (std::size_t j = 0; j < got[i].second.size(); ++j) {
      const double a = got[i].second[j], b = expected[i].second[j];
      if (!(std::abs(a - b) <= 2e-4 * scale)) check::fail(__FILE__, __LINE__, std::to_string(a) + ", generic gives " + std::to_string(b));
    }
  }
}

bool all_finite(const Answers& all) {
  for (const auto* list : {&all.values, &all.gradients}) {
    for (const auto& [name, values] : *list) {
      for (const tg_real x : values) {
        if (!(std::abs(x) < 1e4)) return false;
      }
    }
  }
  return true;
}

Ids lengths_on(const Session& session, int axis) {
  std::int32_t n = 0;
  ok(tg_session_lengths(session.get(), axis, nullptr, 0, &n));
  Ids lengths(static_cast<std::size_t>(n));
  ok(tg_session_lengths(session.get(), axis, lengths.data(), n, &n));
  return lengths;
}

// The rows of one sequence of a value.
Reals rows_of(const Session& session, const tg_value& value, std::size_t sequence) {
  const Reals all = session.output(value.name);
  const auto cols = static_cast<std::ptrdiff_t>(value.cols);
  if (value.per == TG_PER_SEQUENCE) {
    const auto at = all.begin() + static_cast<std::ptrdiff_t>(sequence) * cols;
    return Reals(at, at + cols);
  }
  const Ids lengths = lengths_on(session, value.axis);
  Reals rows;
  for (std::int32_t t = 0; t < lengths[sequence]; ++t) {
    const auto at = all.begin() + packed_row(lengths, t, static_cast<std::int64_t>(sequence)) * cols;
    rows.insert(rows.end(), at, at + cols);
  }
  return rows;
}

}  // namespace

TEST("on every instruction set random networks compute what they compute on generic, forward and backward") {
  const tidegate::Kernels& before = tidegate::kernels();
  std::set<std::string> drawn;
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= kNetworks; ++seed) {
    const Network network = draw_network(seed, &drawn);
    check::About about("network " + std::to_string(seed) + "\n" + network.spec);
    const Ids lengths = {4, 9, 6, 4};
    tidegate::force_kernels(*tidegate::available_kernels().back());
    const Answers expected = answers(network.spec, lengths);
    if (!all_finite(expected)) continue;  // logarithms of what is negative, powers of powers
    ++compared;
    for (const tidegate::Kernels* each : tidegate::available_kernels()) {
      check::About isa(each->name);
      tidegate::force_kernels(*each);
      const Answers got = answers(network.spec, lengths);
      check_close(got.values, expected.values);
      if (!network.edges) check_close(got.gradients, expected.gradients);
    }
    tidegate::force_kernels(before);
  }
  CHECK(compared > kNetworks / 2);
  // What this test does not draw: inputs and ids, losses with targets of a kind of their own, and what other tests compare.
  const std::set<std::string> left = {"ids", "input", "embedding", "one_hot", "tied_linear", "gather", "cross_entropy", "ctc", "crf", "activation_regularization",
                                      "quantile", "binary_cross_entropy", "gaussian_nll"};
  for (const tidegate::OpKind* kind : tidegate::op_kinds()) {
    check::About about(kind->name);
    CHECK(drawn.count(kind->name) + left.count(kind->name) == 1);
  }
}

TEST("in random networks a frozen model's sequences have the same bits alone as in a batch, in every precision") {
  std::set<std::string> drawn;
  for (std::uint64_t seed = 1; seed <= kNetworks / 3; ++seed) {
    const Network network = draw_network(1000 + seed, &drawn);
    Model model(network.spec, 5);
    for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
      check::About about("network " + std::to_string(seed) + " in precision " + std::to_string(precision) + "\n" + network.spec);
      Model frozen(model, precision);
      Session together(frozen, TG_INFER);
      const Ids a = {4, 9, 6, 4}, b(a.rbegin(), a.rend());
      Batch batch(frozen);
      fill(frozen, network.spec, a, 17, &batch);
      together.forward(batch);
      for (std::size_t s = 0; s < a.size(); ++s) {
        Session alone(frozen, TG_INFER);
        Batch one(frozen);
        one.lengths("a", {a[s]}).lengths("b", {b[s]});
        for (const char* input : {"x", "z", "s"}) one.feed(input, rows_of(together, frozen.value(frozen.find(input)), s));
        alone.forward(one);
        for (int v = 0; v < frozen.values(); ++v) {
          const tg_value value = frozen.value(v);
          if (value.kind != TG_REAL || value.per == TG_PER_BATCH) continue;
          check::About name(value.name);
          const Reals got = rows_of(alone, value, 0), expected = rows_of(together, value, s);
          REQUIRE(got.size() == expected.size());
          CHECK(got.empty() || std::memcmp(got.data(), expected.data(), got.size() * sizeof(tg_real)) == 0);
        }
      }
    }
  }
}
