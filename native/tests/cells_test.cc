// Cells over the library's scan. Every cell with every setting against scalar loops in double, frozen or not; its gradients on every
// instruction set; and a cell that no spec can name, with a stage without a kernel and a stage without a product.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <sstream>

#include "check.h"
#include "examples.h"
#include "functions.h"
#include "internal.h"
#include "ops/elementwise.h"
#include "ops/recurrent_layer.h"

namespace tidegate {
namespace test_cells {
namespace {

#include "simd/vec_scalar-inl.h"
#include "simd/wide-inl.h"
#include "simd/math-inl.h"
#include "cells/unit-inl.h"
#include "cells/activations-inl.h"
#include "cells/elman-inl.h"

// The vanilla RNN with its product and its kernel in a stage each.
constexpr Cell two_stages() {
  Cell cell = elman<Tanh>("two_stages");
  cell.stages = 2;
  cell.stage[1] = {Product{}, cell.stage[0].forward, cell.stage[0].backward, false};
  cell.stage[0].forward = cell.stage[0].backward = nullptr;
  return cell;
}

constexpr Cell cells[] = {elman<Tanh>("one_stage"), two_stages()};

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

TEST("a stage may have a product or a kernel alone: a cell in two such stages has the bits of the same cell in one") {
  for (const Kernels* set : available_kernels()) {
    const WithTestCells with(*set);
    for (const Case& one : cases(*set)) {
      const std::string whole_spec = one.spec("one_stage"), split_spec = one.spec("two_stages");
      const check::About about(std::string(set->name) + ", " + split_spec);
      Model whole(whole_spec, 3), split(split_spec, 3);
      for (const Ids& lengths : kLengths) {
        for (const int threads : {1, 2}) {
          const check::About of(std::to_string(lengths.size()) + " sequences on " + std::to_string(threads) + " threads");
          CHECK(trained(split, split_spec, lengths, threads) == trained(whole, whole_spec, lengths, threads));
          for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
            Model frozen_whole(whole, precision), frozen_split(split, precision);
            CHECK(inferred(frozen_split, split_spec, lengths, threads) == inferred(frozen_whole, whole_spec, lengths, threads));
          }
        }
      }
    }
  }
}

// ---- Scalar loops ---------------------------------------------------------------------------------------------------------------

using Row = std::vector<double>;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

std::vector<std::string> split(const std::string& list, char between) {
  std::vector<std::string> parts;
  std::istringstream in(list);
  for (std::string part; std::getline(in, part, between);) parts.push_back(part);
  return parts;
}

using Activation = std::function<double(double)>;

// name[:alpha[:beta]]. The numbers are those of the library, which are floats in one of its builds.
Activation activation(const std::string& said) {
  const std::vector<std::string> parts = split(said, ':');
  const auto number = [&](std::size_t i) { return parts.size() > i ? static_cast<tg_real>(std::stod(parts[i])) : tg_real{0}; };
  return [value = functions().at(parts[0]).value, a = number(1), b = number(2)](double x) { return value(x, a, b); };
}

// One layer "h" of a model in one direction, straight from the formulas of the cells' papers and of ONNX.
class Loops {
 public:
  Loops(const Model& model, const std::string& spec) : cell_(attribute_of(spec, "h", "cell")) {
    for (int p = 0; p < model.parameters(); ++p) {
      const tg_tensor tensor = model.parameter(p);
      const std::string name = tensor.name;
      const Reals values = model.get(name);
      if (name.rfind("h.", 0) == 0) parameters_[name.substr(2, name.size() - 5)] = Row(values.begin(), values.end());  // without _l0
    }
    const auto is = [&](const char* setting) { return attribute_of(spec, "h", setting) == "true"; };
    peepholes_ = is("peepholes");
    coupled_ = is("coupled");
    normalised_ = is("layer_norm");
    const std::string clip = attribute_of(spec, "h", "clip"), proj = attribute_of(spec, "h", "proj");
    clip_ = clip.empty() ? INFINITY : std::stod(clip);
    const std::string candidate = attribute_of(spec, "h", "activation"), list = attribute_of(spec, "h", "activations");
    if (!candidate.empty()) candidate_ = activation(candidate);
    if (cell_ == "rnn_relu") gate_ = activation("relu");
    if (cell_ == "rnn") gate_ = activation("tanh");
    const std::vector<std::string> listed = split(list, ',');
    for (std::size_t i = 0; i < listed.size(); ++i) (i == 0 ? gate_ : i == 1 ? candidate_ : output_) = activation(listed[i]);
    size_ = std::stoul(attribute_of(spec, "h", "size"));
    width_ = proj.empty() ? size_ : std::stoul(proj);
    c.assign(size_, 0);
    h.assign(width_, 0);
  }

  Row h, c;
  Row& parameter(const std::string& name) { return parameters_.at(name); }

  void step(const Row& x) {
    const bool lstm = cell_.rfind("lstm", 0) == 0;
    const Row ih = product("weight_ih", "bias_ih", x), hh = product("weight_hh", "bias_hh", h);
    if (lstm) {
      lstm_step(ih, hh);
    } else if (cell_.rfind("gru", 0) == 0) {
      gru_step(ih, hh);
    } else {
      for (std::size_t u = 0; u < size_; ++u) {
        if (cell_ == "min_gru") {
          const double z = logistic(ih[u]);
          h[u] = (1 - z) * h[u] + z * ih[size_ + u];
        } else if (cell_ == "min_lstm") {
          const double i = logistic(ih[u]), f = logistic(ih[size_ + u]);
          h[u] = f / (f + i) * h[u] + i / (f + i) * ih[2 * size_ + u];
        } else {
          h[u] = gate_(clipped(ih[u] + hh[u]));
        }
      }
    }
  }

 private:
  double clipped(double a) const { return std::fmin(clip_, std::fmax(-clip_, a)); }
  const Row& field(const char* name) const {
    static const Row none;
    const auto found = parameters_.find(name);
    return found == parameters_.end() ? none : found->second;
  }
  // W v + b; empty where there is no W.
  Row product(const char* weight, const char* bias, const Row& v) const {
    const Row &w = field(weight), &b = field(bias);
    Row y(w.size() / v.size(), 0);
    for (std::size_t r = 0; r < y.size(); ++r) {
      if (!b.empty()) y[r] = b[r];
      for (std::size_t i = 0; i < v.size(); ++i) y[r] += w[r * v.size() + i] * v[i];
    }
    return y;
  }
  static Row normal(const Row& a) {
    double mean = 0, variance = 0;
    for (const double v : a) mean += v / static_cast<double>(a.size());
    for (const double v : a) variance += (v - mean) * (v - mean) / static_cast<double>(a.size());
    Row y;
    for (const double v : a) y.push_back((v - mean) / std::sqrt(variance + 1e-5));
    return y;
  }
  double of(const char* name, std::size_t i) const { return field(name).empty() ? 0 : field(name)[i]; }

  void lstm_step(const Row& ih, const Row& hh) {
    Row gates(4 * size_), out(size_), m(size_);
    const Row normal_ih = normalised_ ? normal(ih) : Row(), normal_hh = normalised_ ? normal(hh) : Row();
    for (std::size_t j = 0; j < gates.size(); ++j) {
      gates[j] = normalised_ ? of("gain_ih", j) * normal_ih[j] + of("gain_hh", j) * normal_hh[j] + of("bias", j) : ih[j] + hh[j];
    }
    for (std::size_t u = 0; u < size_; ++u) {
      const double p_i = peepholes_ ? of("weight_ci", u) * c[u] : 0, p_f = peepholes_ ? of("weight_cf", u) * c[u] : 0;
      const double i = gate_(clipped(gates[u] + p_i)), g = candidate_(clipped(gates[2 * size_ + u]));
      const double f = coupled_ ? 1 - i : gate_(clipped(gates[size_ + u] + p_f));
      c[u] = f * c[u] + i * g;
      out[u] = gate_(clipped(gates[3 * size_ + u] + (peepholes_ ? of("weight_co", u) * c[u] : 0)));
    }
    const Row shown = normalised_ ? normal(c) : c;
    for (std::size_t u = 0; u < size_; ++u) {
      m[u] = out[u] * output_(normalised_ ? of("gain_c", u) * shown[u] + of("bias_c", u) : shown[u]);
    }
    h = field("weight_hr").empty() ? m : product("weight_hr", "", m);
  }

  void gru_step(const Row& ih, const Row& hh) {
    Row reset(size_), update(size_), reset_h(size_);
    for (std::size_t u = 0; u < size_; ++u) {
      reset[u] = gate_(clipped(ih[u] + hh[u]));
      update[u] = gate_(clipped(ih[size_ + u] + hh[size_ + u]));
      reset_h[u] = reset[u] * h[u];
    }
    const bool before = cell_ == "gru_reset_before";
    const Row hh_before = before ? product("weight_hh", "bias_hh", reset_h) : Row();
    for (std::size_t u = 0; u < size_; ++u) {
      const std::size_t n = 2 * size_ + u;
      const double candidate = candidate_(clipped(ih[n] + (before ? hh_before[n] : reset[u] * hh[n])));
      h[u] = (1 - update[u]) * candidate + update[u] * h[u];
    }
  }

  std::string cell_;
  Activation gate_ = logistic, candidate_ = activation("tanh"), output_ = activation("tanh");
  std::map<std::string, Row> parameters_;
  bool peepholes_ = false, coupled_ = false, normalised_ = false;
  double clip_ = INFINITY;
  std::size_t size_ = 0, width_ = 0;
};

// Every cell of the registry with every setting, of that size, and what follows it in a spec.
std::vector<std::string> all_cells(int size) {
  std::vector<std::string> all;
  for (const std::string& name : kernels().cell_names()) {
    const Cell& cell = *kernels().cell(name);
    for (const CellVariant& variant : cell_variants(cell)) {
      const std::string proj = cell.projected ? " proj=" + std::to_string(size / 2) : "";
      all.push_back(name + variant.attributes + " size=" + std::to_string(size) + proj);
    }
  }
  return all;
}

// Gains and offsets that start at 1 and 0 would hide errors.
void shake(Model& model) {
  for (int p = 0; p < model.parameters(); ++p) {
    const tg_tensor tensor = model.parameter(p);
    if (tensor.dims[1] != 1) continue;
    Reals values = model.get(tensor.name);
    const Reals noise = random_reals(values.size(), 70 + static_cast<std::uint64_t>(p));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += static_cast<tg_real>(0.3) * noise[i];
    model.set(tensor.name, values);
  }
}

struct Bound {
  tg_precision precision;
  bool frozen;
  double error;
};

TEST("every cell gives what scalar loops give, with every setting, frozen in any precision or not, on several threads") {
  constexpr bool kDouble = sizeof(tg_real) == 8;
  const Ids lengths = {7, 2, 9};
  constexpr std::size_t kCols = 3;
  for (const Kernels* set : available_kernels()) {
    const Forced forced(*set);
    for (const int size : {5, 259}) {
      if (size > 5 && set != available_kernels().front()) continue;
      for (const std::string& cell : all_cells(size)) {
        const check::About about(std::string(set->name) + " " + cell);
        const std::string spec = "x = input axis=time cols=3\nh = recurrent x cell=" + cell + "\n";
        Model model(spec, 3);
        shake(model);
        const Reals x = random_reals(18 * kCols, 1);
        Row last;
        for (std::size_t s = 0; s < lengths.size(); ++s) {
          Loops loops(model, spec);
          for (std::int32_t t = 0; t < lengths[s]; ++t) {
            const auto from = x.begin() + packed_row(lengths, t, static_cast<std::int64_t>(s)) * static_cast<std::ptrdiff_t>(kCols);
            loops.step(Row(from, from + kCols));
          }
          last.insert(last.end(), loops.h.begin(), loops.h.end());
        }
        // Normalising few units, or a small c, multiplies rounding errors.
        const double more = cell.find("layer_norm") == std::string::npos ? 1 : 4;
        for (const Bound& bound : {Bound{TG_FLOAT32, false, 2e-6}, Bound{TG_FLOAT32, true, 2e-6}, Bound{TG_BFLOAT16, true, 3e-2},
                                   Bound{TG_INT8, true, 6e-2}}) {
          const check::About of(bound.frozen ? "frozen in precision " + std::to_string(bound.precision) : "not frozen");
          Model frozen(model, bound.precision);
          for (const int threads : {1, 2, 3}) {
            Model& asked = bound.frozen ? frozen : model;
            Batch batch(asked);
            batch.lengths("time", lengths).feed("x", x);
            Session session(asked, TG_INFER);
            ok(tg_session_threads(session.get(), threads));
            session.forward(batch);
            const Reals got = session.output("h.h_n");
            REQUIRE(got.size() == last.size());
            const double error = kDouble && bound.precision == TG_FLOAT32 ? 1e-11 : more * bound.error;
            for (std::size_t i = 0; i < got.size(); ++i) CHECK_CLOSE(got[i], last[i], error);
          }
        }
      }
    }
  }
}

TEST("every cell has the same gradients on every instruction set, with every setting") {
  const std::string x = "x = input axis=time cols=3 gradient=true\n";
  for (const int size : {5, 37}) {
    for (const std::string& cell : all_cells(size)) {
      const bool memory = cell.find("lstm") == 0;
      const std::string width = cell.find("projected") == std::string::npos ? std::to_string(size) : std::to_string(size / 2);
      const std::string spec = x + "h0 = input axis=time per=sequence gradient=true cols=" + width + "\n" +
                               (memory ? "c0 = input axis=time per=sequence gradient=true cols=" + std::to_string(size) + "\n" : "") +
                               "h = recurrent x h0=h0 " + (memory ? "c0=c0 " : "") + "cell=" + cell + "\n";
      const Ids lengths = {6, 3, 8, 1, 5, 7};
      std::vector<Answers> all;
      for (const Kernels* set : available_kernels()) {
        const Forced forced(*set);
        Model model(spec, 3);
        shake(model);
        all.push_back(trained(model, spec, lengths, 1));
        const check::About about(std::string(set->name) + " " + cell);
        for (const auto& [name, values] : all.back()) {
          const Reals& first = all.front().at(name);
          double largest = 1;
          for (const tg_real v : first) largest = std::fmax(largest, std::abs(static_cast<double>(v)));
          for (std::size_t i = 0; i < values.size(); ++i) CHECK_CLOSE(values[i] / largest, first[i] / largest, 2e-5);
        }
      }
    }
  }
}

// h of all rows of x [rows, cols], packed, each sequence from a state of zero.
Row loop_rows(const Loops& start, const Row& x, const Ids& lengths) {
  const std::size_t width = start.h.size(), rows = static_cast<std::size_t>(std::accumulate(lengths.begin(), lengths.end(), 0));
  const std::size_t cols = x.size() / rows;
  Row all(rows * width);
  for (std::size_t s = 0; s < lengths.size(); ++s) {
    Loops loops = start;
    for (std::int32_t t = 0; t < lengths[s]; ++t) {
      const auto row = static_cast<std::size_t>(packed_row(lengths, t, static_cast<std::int64_t>(s)));
      const auto from = x.begin() + static_cast<std::ptrdiff_t>(row * cols);
      loops.step(Row(from, from + static_cast<std::ptrdiff_t>(cols)));
      std::copy(loops.h.begin(), loops.h.end(), all.begin() + static_cast<std::ptrdiff_t>(row * width));
    }
  }
  return all;
}

// Lists that have every activation in every place of the cell's list, with an alpha and a beta that are not the standard ones.
std::vector<std::string> lists_of_activations(const Setting& setting) {
  const std::vector<const tidegate::Function*> all = activations();
  std::vector<std::string> lists(all.size());
  for (std::size_t first = 0; first < all.size(); ++first) {
    for (std::size_t place = 0; place < split(setting.functions, ',').size(); ++place) {
      const std::string name = all[(first + 5 * place) % all.size()]->name;
      const OracleNumbers& numbers = functions().at(name).settings.back();
      std::string one = name;
      for (const std::string& number : split(numbers.text, ' ')) one += ":" + number.substr(number.find('=') + 1);
      lists[first] += (place == 0 ? "" : ",") + one;
    }
  }
  return lists;
}

TEST("every activation in every place of every cell gives what scalar loops give, and the gradients of their differences") {
  constexpr bool kDouble = sizeof(tg_real) == 8;
  constexpr double kStep = 1e-5;
  const Ids lengths = {3, 1, 4, 2};
  const Reals x = random_reals(10 * 3, 1);
  int cells = 0;
  for (const std::string& name : kernels().cell_names()) {
    const Cell& cell = *kernels().cell(name);
    const auto setting = std::find_if(cell.setting, cell.setting + cell.settings, [](const Setting& s) { return s.functions != nullptr; });
    if (setting == cell.setting + cell.settings) continue;
    ++cells;
    const std::vector<std::string> lists = lists_of_activations(*setting);
    for (std::size_t l = 0; l < lists.size(); ++l) {
      const bool lstm = cell.states > 1;
      const std::string line = name + " activations=" + lists[l] + (l % 3 == 1 ? " clip=0.8" : "") + (lstm && l % 4 > 1 ? " peepholes=true" : "") +
                               (lstm && l % 5 == 0 ? " coupled=true" : "") + (cell.projected ? " proj=4" : "");
      const std::string spec =
          "x = input axis=time cols=3 gradient=true\nh = recurrent x cell=" + line + (l % 2 == 0 ? " size=5\n" : " size=19\n");
      Model model(spec, 3);
      shake(model);
      const Loops start(model, spec);
      const Row wide_x(x.begin(), x.end()), h = loop_rows(start, wide_x, lengths);
      const Reals seed = random_reals(h.size(), 5);
      const auto objective = [&](const Loops& loops, const Row& in) {
        const Row out = loop_rows(loops, in, lengths);
        return std::inner_product(out.begin(), out.end(), seed.begin(), 0.0);
      };
      // The differences of some elements of everything: of "x", or of a parameter by its name.
      std::map<std::string, std::map<std::size_t, double>> slopes;
      const auto differ = [&](const std::string& of, std::size_t count, const std::function<double(std::size_t, double)>& nudged) {
        for (std::size_t k = 0; k < 6; ++k) {
          const std::size_t i = (k * 7919 + l) % count;
          slopes[of][i] = (nudged(i, kStep) - nudged(i, -kStep)) / (2 * kStep);
        }
      };
      differ("x", x.size(), [&](std::size_t i, double by) {
        Row in = wide_x;
        in[i] += by;
        return objective(start, in);
      });
      for (int p = 0; p < model.parameters(); ++p) {
        const std::string parameter = model.parameter(p).name, field = parameter.substr(2, parameter.size() - 5);
        differ(parameter, model.get(parameter).size(), [&](std::size_t i, double by) {
          Loops loops = start;
          loops.parameter(field)[i] += by;
          return objective(loops, wide_x);
        });
      }
      for (const Kernels* set : available_kernels()) {
        const Forced forced(*set);
        const check::About about(std::string(set->name) + " " + spec);
        Model tested(spec, 3);
        shake(tested);
        Batch batch(tested);
        batch.lengths("time", lengths).feed("x", x);
        Session session(tested);
        session.forward(batch);
        session.backward({{"h", seed}});
        const Reals got = session.output("h");
        REQUIRE(got.size() == h.size());
        for (std::size_t i = 0; i < h.size(); ++i) CHECK_CLOSE(got[i], h[i], (kDouble ? 1e-13 : 1e-6) * std::fmax(1, std::abs(h[i])));
        for (const auto& [of, elements] : slopes) {
          const check::About gradient("gradient of " + of);
          const Reals d = of == "x" ? session.gradient("x") : session.parameter_gradient(of);
          double largest = 1;
          for (const tg_real v : d) largest = std::fmax(largest, std::abs(static_cast<double>(v)));
          for (const auto& [i, slope] : elements) CHECK_CLOSE(d[i], slope, (kDouble ? 1e-8 : 1e-5) * largest);
        }
      }
    }
  }
  CHECK_EQUAL(cells, 5);
}

TEST("the gradients of a cell's vectors have the same bits on any number of threads") {
  for (const char* cell : {"lstm peepholes=true coupled=true clip=0.9", "lstm layer_norm=true", "lstm_projected layer_norm=true proj=9"}) {
    const check::About about(cell);
    const std::string spec = std::string("x = input axis=time cols=3 gradient=true\nh = recurrent x size=21 cell=") + cell + "\n";
    Model model(spec, 3);
    // So few rows that the input product is not split, and more than the scan packs its weights for.
    const Ids lengths = {2, 3, 1, 2, 3, 1, 2, 3, 3, 2, 1, 3};
    const Answers one = trained(model, spec, lengths, 1);
    for (const int threads : {2, 3, 5}) {
      const check::About on(std::to_string(threads) + " threads");
      const Answers more = trained(model, spec, lengths, threads);
      for (const auto& [name, values] : one) {
        if (name.find("weight_ih") != std::string::npos || name.find("weight_h") != std::string::npos) continue;
        const check::About value(name);
        CHECK(more.at(name) == values);
      }
    }
  }
}

TEST("a cell without recurrent products has no parameters for them") {
  const Model model("x = input axis=time cols=3\nh = recurrent x cell=min_gru size=2\n");
  REQUIRE(model.parameters() == 2);
  CHECK_EQUAL(std::string(model.parameter(0).name), "h.weight_ih_l0");
  CHECK_EQUAL(std::string(model.parameter(1).name), "h.bias_ih_l0");
}

TEST("a cell's vectors stand behind its weights under the names of the papers, and a bias is none where bias=false") {
  const auto names = [](const std::string& line) {
    const Model model("x = input axis=time cols=3\nh = recurrent x size=2 cell=" + line + "\n");
    std::string all;
    for (int p = 0; p < model.parameters(); ++p) all += std::string(model.parameter(p).name).substr(2) + " ";
    return all;
  };
  CHECK_EQUAL(names("lstm peepholes=true"),
              "weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0 weight_ci_l0 weight_cf_l0 weight_co_l0 ");
  CHECK_EQUAL(names("lstm layer_norm=true"), "weight_ih_l0 weight_hh_l0 gain_ih_l0 gain_hh_l0 bias_l0 gain_c_l0 bias_c_l0 ");
  CHECK_EQUAL(names("lstm_projected proj=1 layer_norm=true bias=false"),
              "weight_ih_l0 weight_hh_l0 weight_hr_l0 gain_ih_l0 gain_hh_l0 gain_c_l0 ");
  const Model model("x = input axis=time cols=3\nh = recurrent x size=2 cell=lstm layer_norm=true forget_bias=5 init=orthogonal\n");
  CHECK(model.get("h.bias_l0") == Reals({0, 0, 5, 5, 0, 0, 0, 0}));
  CHECK(model.get("h.gain_ih_l0") == Reals(8, 1));
  CHECK(model.get("h.bias_c_l0") == Reals(2, 0));
}

}  // namespace
}  // namespace tidegate
