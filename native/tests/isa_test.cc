// Every instruction set that this processor has, against generic: all row kernels, cells and optimizers of the registries, for sizes
// around every vector width, with canaries behind every array.
#include <algorithm>
#include <cstring>
#include <limits>
#include <random>
#include <type_traits>

#include "check.h"
#include "core/error.h"
#include "isa/kernels.h"
#include "ops/recurrent_layer.h"

namespace tidegate {
namespace {

constexpr index kMostSize = 67;
constexpr index kCanaries = 24;  // more than any vector is long
constexpr real kCanary = 12345;

enum class Values { ordinary, special };

// Numbers of a fixed seed, made once for all tests. Special ones mix in what arithmetic treats differently.
class Numbers {
 public:
  explicit Numbers(Values values) : values_(values) {}

  real operator[](std::size_t i) {
    while (i >= made_.size()) made_.push_back(next());
    return made_[i];
  }

 private:
  real next() {
    static const real special[] = {std::numeric_limits<real>::quiet_NaN(), std::numeric_limits<real>::infinity(),
                                   -std::numeric_limits<real>::infinity(), std::numeric_limits<real>::denorm_min(),
                                   static_cast<real>(-1e-39), static_cast<real>(-0.0), 0, 20, -20};
    if (values_ == Values::special && engine_() % 4 == 0) return special[engine_() % std::size(special)];
    return static_cast<real>(normal_(engine_));
  }

  Values values_;
  std::mt19937 engine_{7};
  std::normal_distribution<double> normal_{0, 1};
  std::vector<real> made_;
};

// Hands out the numbers from the first one on.
class Draw {
 public:
  explicit Draw(Values values) : numbers_(of(values)) {}

  real number() { return numbers_[next_++]; }
  // count numbers, then canaries.
  std::vector<real> array(index count) {
    std::vector<real> all(static_cast<std::size_t>(count + kCanaries), kCanary);
    for (index i = 0; i < count; ++i) all[static_cast<std::size_t>(i)] = number();
    return all;
  }

 private:
  static Numbers& of(Values values) {
    static Numbers ordinary(Values::ordinary), special(Values::special);
    return values == Values::special ? special : ordinary;
  }

  Numbers& numbers_;
  std::size_t next_ = 0;
};

// What must agree besides finite numbers: NaN with NaN and infinity with infinity, or only that a number is not finite.
enum class NotFinite { exactly, as_such };

bool same(real a, real b, double tolerance, NotFinite strict) {
  if (strict == NotFinite::as_such && !std::isfinite(a) && !std::isfinite(b)) return true;
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return std::abs(static_cast<double>(a) - b) <= tolerance * std::fmax(1, std::abs(b));
}

void check_same(const std::string& what, const std::vector<real>& tested, const std::vector<real>& reference, double tolerance,
                NotFinite strict = NotFinite::exactly) {
  REQUIRE(tested.size() == reference.size());
  for (std::size_t i = 0; i < tested.size(); ++i) {
    if (!same(tested[i], reference[i], tolerance, strict)) {
      check::fail(__FILE__, __LINE__, what + "[" + std::to_string(i) + "] is " + std::to_string(tested[i]) + ", generic gives " +
                                          std::to_string(reference[i]));
    }
  }
}

void check_canaries(const std::string& what, const std::vector<real>& array) {
  for (auto it = array.end() - kCanaries; it != array.end(); ++it) {
    if (*it != kCanary) check::fail(__FILE__, __LINE__, what + " was written past its end");
  }
}

const Kernels& generic() { return *available_kernels().back(); }

std::vector<const Kernels*> others() {
  std::vector<const Kernels*> list = available_kernels();
  list.pop_back();
  return list;
}

// ---- Row kernels --------------------------------------------------------------------------------------------------------------

// The arguments of one call, by their types: every pointer gets an array of its own, every number a value.
class Arguments {
 public:
  // sizes: what the index arguments are, one after the other. elements: how long the arrays are.
  Arguments(Values values, std::vector<index> sizes, index elements, Single single)
      : draw_(values), sizes_(std::move(sizes)), elements_(elements), single_(single) {}

  // In place: every array that is only read is the first one.
  void share_first() { shared_ = true; }

  template <class... A>
  void call(void (*kernel)(A...)) {
    arrays_.reserve(sizeof...(A));
    std::tuple<A...> arguments{next(Tag<A>())...};
    std::apply(kernel, arguments);
  }
  const std::vector<std::vector<real>>& arrays() const { return arrays_; }

 private:
  template <class T>
  struct Tag {};
  real* next(Tag<real*>) {
    arrays_.push_back(draw_.array(elements_));
    return arrays_.back().data();
  }
  const real* next(Tag<const real*>) { return shared_ ? arrays_.front().data() : next(Tag<real*>()); }
  real next(Tag<real>) { return static_cast<real>(next_number_++ == 0 ? 0.3 : 0.7); }
  Single next(Tag<Single>) { return single_; }
  index next(Tag<index>) { return sizes_.at(next_size_++); }

  Draw draw_;
  std::vector<index> sizes_;
  index elements_;
  Single single_;
  std::size_t next_size_ = 0;
  int next_number_ = 0;
  bool shared_ = false;
  std::vector<std::vector<real>> arrays_;
};

struct RowKernel {
  std::string name;
  double tolerance;
  std::string arguments;  // as they stand in kernels.def
  bool has(const char* word) const { return arguments.find(word) != std::string::npos; }
};

template <class Signature>
void compare(const RowKernel& kernel, Signature tested, Signature reference, Values values, bool in_place,
             const std::vector<index>& sizes, index elements, Single single = Single::none) {
  Arguments mine(values, sizes, elements, single), theirs(values, sizes, elements, single);
  if (in_place) {
    mine.share_first();
    theirs.share_first();
  }
  mine.call(tested);
  theirs.call(reference);
  for (std::size_t a = 0; a < mine.arrays().size(); ++a) {
    const std::string what = kernel.name + "'s array " + std::to_string(a);
    check_same(what, mine.arrays()[a], theirs.arrays()[a], kernel.tolerance);
    check_canaries(what, theirs.arrays()[a]);
  }
}

template <class Signature>
void compare_all_sizes(const RowKernel& kernel, Signature tested, Signature reference, Values values) {
  for (index n = 1; n <= kMostSize; ++n) {
    const check::About about("size " + std::to_string(n));
    if (kernel.has("rows")) {
      for (const index rows : {1, 2, 5, 64, 65, 130}) {
        for (const index ld : {n, n + 3}) compare(kernel, tested, reference, values, false, {rows, n, ld}, rows * ld);
      }
      continue;
    }
    // A result of one or two numbers may be longer than the n it is made of.
    for (const Single single : {Single::none, Single::left, Single::right}) {
      compare(kernel, tested, reference, values, false, {n}, std::max<index>(n, 2), single);
      if (!kernel.has("result") && !kernel.has("moments")) {
        compare(kernel, tested, reference, values, true, {n}, std::max<index>(n, 2), single);
      }
      if (!kernel.has("Single")) break;
    }
  }
}

TEST("every row kernel gives generic's results for every size, in place too, and writes nothing else") {
  for (const Kernels* set : others()) {
    const check::About about(set->name);
    for (const Values values : {Values::ordinary, Values::special}) {
      const check::About kind(values == Values::ordinary ? "ordinary values" : "special values");
#define TG_KERNEL(name, tolerance, arguments) compare_all_sizes({#name, tolerance, #arguments}, set->name, generic().name, values);
#include "simd/kernels.def"
#undef TG_KERNEL
    }
  }
}

TEST("a NaN goes through every elementwise function and operation") {
  constexpr real kNan = std::numeric_limits<real>::quiet_NaN();
  for (const Kernels* set : available_kernels()) {
    const auto check_nan = [](const char* name, const std::vector<real>& y) {
      const check::About about(name);
      for (std::size_t i = 0; i < y.size(); ++i) CHECK_EQUAL(std::isnan(y[i]), i == 40);
    };
    const check::About about(set->name);
    std::vector<real> x(kMostSize, 2), with_nan(kMostSize, 1), y(kMostSize);
    with_nan[40] = kNan;
#define TG_FUNCTION(op, name, tolerance, settings, example, value, gradient)                        \
  set->name##_forward(y.data(), with_nan.data(), static_cast<real>(0.3), static_cast<real>(0.7), kMostSize); \
  check_nan(#name, y);
#define TG_OPERATION(name, tolerance, neutral, example, value, to_left, to_right)              \
  set->name##_forward(y.data(), with_nan.data(), x.data(), Single::none, kMostSize);           \
  check_nan(#name, y);                                                                         \
  set->name##_forward(y.data(), x.data(), with_nan.data(), Single::none, kMostSize);           \
  check_nan(#name, y);
#include "simd/elementwise.def"
#undef TG_FUNCTION
#undef TG_OPERATION
    std::vector<real> clamped(kMostSize, kNan);
    set->clamp(clamped.data(), 1, kMostSize);
    for (const real v : clamped) CHECK(std::isnan(v));
  }
}

// ---- Cells --------------------------------------------------------------------------------------------------------------------

// The rows of one step, or of three where a kernel runs over the steps by itself, with everything that a cell may touch. Every row has a
// gap behind it.
struct Step {
  std::vector<real> tape, dtape, prev[kMaxStates], next[kMaxStates], d[kMaxStates], above, own[kMaxFields];
  const real* vector[kMaxFields] = {};
  CellRows rows{};

  Step(const Cell& cell, index count, index size, Values values) {
    Draw draw(values);
    rows.rows = rows.step_rows = count;
    rows.size = size;
    rows.steps = cell.over_steps() ? 3 : 1;
    rows.tape_ld = cell.tape_columns() * size + 3;
    rows.dtape_ld = cell.gradient_columns() * size + 5;
    rows.above_ld = size + 2;
    tape = draw.array(rows.steps * count * rows.tape_ld);
    dtape = draw.array(rows.steps * count * rows.dtape_ld);
    above = draw.array(rows.steps * count * rows.above_ld);
    rows.above = above.data();
    rows.tape = tape.data();
    rows.dtape = dtape.data();
    for (int s = 0; s < cell.states; ++s) {
      rows.prev_ld[s] = size + 1 + s;  // not next's, as h0 has its own
      rows.next_ld[s] = size + 3 + s;
      rows.d_ld[s] = size + 5 + s;
      prev[s] = draw.array(count * rows.prev_ld[s]);
      next[s] = draw.array(rows.steps * count * rows.next_ld[s]);
      d[s] = draw.array(count * rows.d_ld[s]);
      rows.prev[s] = prev[s].data();
      rows.next[s] = next[s].data();
      rows.d[s] = d[s].data();
    }
    rows.cell = &cell;
    rows.vector = vector;
    for (int i = 0, k = 0; i < cell.fields; ++i) {
      if (cell.field[i].weight != Weight::vector) continue;
      own[k] = draw.array(cell.columns(cell.field[i]) * size);
      vector[k] = own[k].data();
      ++k;
    }
  }
  Step(const Step&) = delete;

  void run(const Cell& cell) {
    for (int i = 0; i < cell.stages; ++i) {
      if (cell.stage[i].forward != nullptr) cell.stage[i].forward(rows, {0, rows.rows, 0, rows.size});
    }
    for (int i = cell.stages - 1; i >= 0; --i) {
      if (cell.stage[i].backward != nullptr) cell.stage[i].backward(rows, {0, rows.rows, 0, rows.size});
    }
  }
};

void compare_cell(const Cell& tested, const Cell& reference, index rows, index size, Values values) {
  Step mine(tested, rows, size, values), theirs(reference, rows, size, values);
  mine.run(tested);
  theirs.run(reference);
  // A 20 in a sum takes the others' last digits; with vectors it is multiplied by a further 20.
  const double special = reference.gradient_columns() > reference.tape_columns() ? 1e-3 : 1e-4;
  const double tolerance = values == Values::special ? special : 5e-6;
  // An infinite gradient times a slope that rounds to 0 or to its neighbour is NaN or infinite.
  const auto compare = [&](const std::string& what, const std::vector<real>& a, const std::vector<real>& b) {
    check_same(what, a, b, tolerance, what[0] == 'd' ? NotFinite::as_such : NotFinite::exactly);
    if (!b.empty()) check_canaries(what, b);
  };
  compare("tape", mine.tape, theirs.tape);
  compare("dtape", mine.dtape, theirs.dtape);
  for (int s = 0; s < reference.states; ++s) {
    const std::string state = s == 0 ? "h" : "c";
    compare("old " + state, mine.prev[s], theirs.prev[s]);
    compare("new " + state, mine.next[s], theirs.next[s]);
    compare("d" + state, mine.d[s], theirs.d[s]);
  }
}

TEST("every cell gives generic's steps with all its settings, forward and backward, and writes nothing else") {
  for (const Kernels* set : others()) {
    CHECK(!set->cell_names().empty());
    for (const std::string& name : set->cell_names()) {
      const std::vector<CellVariant> tested = cell_variants(*set->cell(name), *set),
                                     reference = cell_variants(*generic().cell(name), generic());
      REQUIRE(tested.size() == reference.size());
      for (std::size_t v = 0; v < tested.size(); ++v) {
        const check::About about(std::string(set->name) + " " + name + tested[v].attributes);
        CHECK_EQUAL(tested[v].attributes, reference[v].attributes);
        for (index size = 1; size <= kMostSize; ++size) {
          for (const index rows : {1, 2, 5}) {
            const check::About sizes(std::to_string(rows) + " rows of " + std::to_string(size));
            for (const Values values : {Values::ordinary, Values::special}) {
              compare_cell(tested[v].cell, reference[v].cell, rows, size, values);
            }
          }
        }
      }
    }
  }
}

// ---- Optimizers ---------------------------------------------------------------------------------------------------------------

// The hyperparameters one at a time off their defaults, and all together.
std::vector<std::vector<double>> hyper_variants(const OptimizerKind& kind) {
  std::vector<double> standard, moved;
  for (int h = 0; h < kind.hypers; ++h) {
    standard.push_back(kind.hyper[h].standard);
    moved.push_back(kind.hyper[h].flag ? 1 - kind.hyper[h].standard : 0.3);
  }
  std::vector<std::vector<double>> variants = {standard, moved};
  for (std::size_t h = 0; h < standard.size(); ++h) {
    variants.push_back(standard);
    variants.back()[h] = moved[h];
  }
  return variants;
}

std::vector<std::vector<real>> updated(const OptimizerKind& kind, const std::vector<double>& hyper, index n, std::int64_t step,
                                       Values values) {
  Draw draw(values);
  std::vector<std::vector<real>> arrays = {draw.array(n), draw.array(n)};
  OptimizerRun run{};
  for (int s = 0; s < kind.slots; ++s) {
    // Such that a mean of squares stays well above the square of a mean.
    arrays.push_back(draw.array(n));
    for (index i = 0; i < n; ++i) {
      arrays.back()[static_cast<std::size_t>(i)] = static_cast<real>(0.5 + 0.1 * std::abs(std::sin(i + s)));
    }
  }
  run.n = n;
  run.parameter = arrays[0].data();
  run.gradient = arrays[1].data();
  for (int s = 0; s < kind.slots; ++s) run.slot[s] = arrays[static_cast<std::size_t>(2 + s)].data();
  run.learning_rate = 0.01;
  std::copy(hyper.begin(), hyper.end(), run.hyper);
  run.step = step;
  kind.update(run);
  return arrays;
}

TEST("every optimizer gives generic's update with every hyperparameter, and writes nothing else") {
  for (const Kernels* set : others()) {
    CHECK(!set->optimizer_names().empty());
    for (const std::string& name : set->optimizer_names()) {
      const check::About about(std::string(set->name) + " " + name);
      const OptimizerKind &tested = *set->optimizer(name), &reference = *generic().optimizer(name);
      for (const std::vector<double>& hyper : hyper_variants(reference)) {
        for (index n = 1; n <= kMostSize; ++n) {
          for (const std::int64_t step : {1, 5}) {
            for (const Values values : {Values::ordinary, Values::special}) {
              const auto mine = updated(tested, hyper, n, step, values), theirs = updated(reference, hyper, n, step, values);
              for (std::size_t a = 0; a < mine.size(); ++a) {
                const std::string what = a == 0 ? "parameter" : a == 1 ? "gradient" : tested.slot[a - 2].name;
                check_same(what, mine[a], theirs[a], 5e-6);
                check_canaries(what, theirs[a]);
              }
            }
          }
        }
      }
    }
  }
}

// ---- The choice ---------------------------------------------------------------------------------------------------------------

TEST("the registries of all instruction sets name the same cells and optimizers") {
  for (const Kernels* set : others()) {
    CHECK(set->cell_names() == generic().cell_names());
    CHECK(set->optimizer_names() == generic().optimizer_names());
  }
}

TEST("generic is always there and comes last, and asking for nothing gives the best") {
  CHECK_EQUAL(std::string(generic().name), "generic");
  CHECK(&choose_kernels(nullptr) == available_kernels().front());
  CHECK(&choose_kernels("") == available_kernels().front());
  for (const Kernels* set : available_kernels()) CHECK(&choose_kernels(set->name) == set);
}

TEST("asking for an instruction set that is not there is an error that names what was asked and what there is") {
  try {
    choose_kernels("sve9");
    CHECK(false);
  } catch (const Error& e) {
    CHECK(e.status == Status::unsupported);
    const std::string said = e.what();
    CHECK(said.find("TIDEGATE_ISA=sve9") != std::string::npos);
    for (const Kernels* set : available_kernels()) CHECK(said.find(set->name) != std::string::npos);
  }
}

TEST("forced kernels are the kernels in use") {
  const Kernels& before = kernels();
  for (const Kernels* set : available_kernels()) {
    force_kernels(*set);
    CHECK(&kernels() == set);
  }
  force_kernels(before);
}

}  // namespace
}  // namespace tidegate
