// The interface between a recurrent cell and the scan over time (ops/scan.cc): the scan knows no gate, a cell knows no time.
//
// The tape of a row holds `gates` columns of H, the gate pre-activations, which start as W_ih x + b, then `slots` further columns of H for
// other intermediate results. A step is a list of stages; a stage first makes a product with a recurrent weight, then runs an elementwise
// kernel over the active rows. The backward pass walks the list in reverse: each stage's kernel computes the gradients of the tape and of
// the old states from those of the new states, then its product propagates them.
//
//   lstm               h x W_hh -> gates, kernel
//   gru                h x W_hh -> gates r z and, for n, a slot (reset after the product), kernel
//   gru_reset_before   h x W_hh[r z] -> gates, kernel (writes r*h to a slot); slot x W_hh[n] -> gate n, kernel
//   lstm_projected     h x W_hh -> gates, kernel (writes o*tanh c to a slot); slot x W_hr -> h
//   min_gru, min_lstm  kernel over all steps: without recurrent products, h only enters elementwise
//   lstm layer_norm    h x W_hh -> four slots; a kernel that sees whole rows
//
// A kernel is written once over Vec (simd/) and compiled once for each instruction set; a cell sees only one vector of units of one row
// (cells/unit-inl.h). It is called for a block of units as soon as the product of that block is done (simd/panels-inl.h), while its
// operands are in L1.
//
// A cell lists its parameters as named fields and its settings as attributes of the spec, each with range and default. The scan's own
// fields (weights and biases) are those of Weight; the others are vectors, [H] or [gates * H], that a kernel sees beside its rows. A
// kernel's backward writes each row's part of their gradients to further columns of dtape, behind those of the tape, vector by vector;
// they are summed after the loop like the biases, so that the sums are the same for any number of threads. Settings choose among
// kernels (Cell::configure) or are numbers that a kernel reads. The plain cells have kernels of their own, which see neither.
#pragma once

#include <initializer_list>

#include "core/real.h"

namespace tidegate {

constexpr int kHidden = -1;     // as a product's source: h of the step before; as its target: the new h
constexpr int kMaxStates = 2;   // h, c
constexpr int kMaxGroups = 4;   // gates of one product
constexpr int kMaxStages = 3;
constexpr int kMaxFields = 8;
constexpr int kMaxSettings = 5;
constexpr int kMaxWords = 3;
constexpr int kMaxFunctions = 3;  // of a cell's gates, its candidate and its output

// What a field of parameters is to the scan. bias_ih is added to the input products, bias_hh to the recurrent ones; vector: the cell's own.
enum class Weight { none, ih, hh, bias_ih, bias_hh, hr, vector };

// How many rows or columns a field has.
enum class Extent {
  one,     // 1: a vector has no columns
  unit,    // H
  gate,    // gates * H
  hidden,  // the width of h: H, or R of a projected cell
  input    // C, the width of the layer's input
};

// drawn: as the node's init= says.
enum class Start { drawn, zero, one };

// Parameters of a layer in one direction: "<name>_l0", "<name>_l0_reverse", ...
struct Field {
  const char* name = nullptr;
  Weight weight = Weight::none;
  Extent rows = Extent::one, cols = Extent::one;
  Start start = Start::drawn;
  bool bias = false;  // absent where the node says bias=false
};

// The field names and the shapes are PyTorch's.
constexpr Field kInputWeight = {"weight_ih", Weight::ih, Extent::gate, Extent::input};
constexpr Field kRecurrentWeight = {"weight_hh", Weight::hh, Extent::gate, Extent::hidden};
constexpr Field kInputBias = {"bias_ih", Weight::bias_ih, Extent::gate, Extent::one, Start::drawn, true};
constexpr Field kRecurrentBias = {"bias_hh", Weight::bias_hh, Extent::gate, Extent::one, Start::drawn, true};
constexpr Field kProjection = {"weight_hr", Weight::hr, Extent::hidden, Extent::unit};

// What a spec may say of a cell: key=value, a number of a range, one of some words, whose number it then is, or a list of functions, which
// is 1 if it is not the standard one.
struct Setting {
  const char* key = nullptr;
  const char* word[kMaxWords] = {};  // null: the setting is a number
  double least = 0, greatest = 0, standard = 0;
  double example = 0;  // a number that makes a difference, for tests
  const char* functions = nullptr;          // the standard list, as a spec says it; null: the setting is none
  const char* example_functions = nullptr;  // smooth ones, for finite differences
};

constexpr Setting number_setting(const char* key, double least, double greatest, double standard, double example) {
  return {key, {}, least, greatest, standard, example};
}
template <class... Words>
constexpr Setting word_setting(const char* key, Words... words) {
  return {key, {words...}, 0, sizeof...(Words) - 1, 0, 0};
}
constexpr Setting flag_setting(const char* key) { return word_setting(key, "false", "true"); }
constexpr Setting functions_setting(const char* key, const char* standard, const char* example) {
  return {key, {}, 0, 1, 0, 1, standard, example};
}

// A function of a list: an activation of simd/elementwise.def by its row kernels, y = f(x) and dx += dy f'(x), and its alpha and beta.
struct CellFunction {
  void (*forward)(real* y, const real* x, real a, real b, index n) = nullptr;
  void (*backward)(real* dx, const real* dy, const real* x, const real* y, real a, real b, index n) = nullptr;
  real a = 0, b = 0;
};

// target[:, columns of H] += source x weight^T, gate by gate.
struct Product {
  Weight weight = Weight::none;  // none: the stage has no product
  int first = 0, groups = 0;     // the gates of weight_hh: rows [first * H, (first + groups) * H); weight_hr is taken whole, as one group
  int source = kHidden;          // kHidden, or a column of the tape
  int target[kMaxGroups] = {};   // the column of the tape that each group is added to, or kHidden
};

// W_hh's gates [first, first + groups) times source, each group to its target.
template <class... Targets>
constexpr Product hh_product(int source, int first, Targets... targets) {
  return {Weight::hh, first, static_cast<int>(sizeof...(targets)), source, {targets...}};
}
// W_hr times source is the new h.
constexpr Product hr_product(int source) { return {Weight::hr, 0, 1, source, {kHidden}}; }

struct Cell;

// The operands of a kernel: n rows of one step. Every pointer is [n, H] with its own leading dimension.
struct CellRows {
  index rows;
  index size;  // H
  real* tape;  // [n, (gates + slots) * H]: pre-activations in; out, what the backward pass needs
  index tape_ld;
  const real* prev[kMaxStates];  // the states before the step
  index prev_ld[kMaxStates];
  real* next[kMaxStates];        // the states after it
  index next_ld[kMaxStates];
  // Backward only. d[s]: in, the gradient of the new state; out, that of the old state without what its products add. dtape: gates out;
  // slots in or out, by the cell; behind them the rows' parts of the vectors' gradients out.
  real* d[kMaxStates];
  index d_ld[kMaxStates];
  real* dtape;
  index dtape_ld;
  const Cell* cell;            // with its settings
  const real* const* vector;   // the cell's vectors in the order of its fields; null: bias=false left it out
  // For a kernel over steps alone (Stage): how many steps, and how many rows of the tape and of the states lie from one to the next. The
  // pointers are those of the first. Backward: above, the gradient of every step's h, which d[0] lacks.
  index steps, step_rows;
  const real* above;
  index above_ld;
};

// The part of the rows that one call of a kernel works on.
struct CellSpan {
  index row, row_end;
  index unit, unit_end;  // unit is a multiple of the vector's lanes
};

using CellKernel = void (*)(const CellRows&, const CellSpan&);

struct Stage {
  Product product;
  CellKernel forward = nullptr, backward = nullptr;  // null: no kernel
  // The kernel runs over whole rows, all units at once, when the stages before are done with all units. Such a stage has no product.
  bool whole_rows = false;
  // The kernel runs over the steps by itself (CellRows::steps). Such a stage is its cell's only one and has no product: of the step before
  // a unit needs its own states alone, so that units are as independent as sequences.
  bool over_steps = false;
};

struct Cell {
  const char* name = nullptr;
  int gates = 0;           // G: columns that receive the input product
  int slots = 0;           // further columns of the tape
  int states = 1;          // 1: h. 2: h and c
  bool projected = false;  // h is R wide (weight_hr), all else H
  int forget_gate = -1;    // the gate that the forget_bias attribute sets, -1 if there is none
  int stages = 0, fields = 0, settings = 0;
  Stage stage[kMaxStages];
  Field field[kMaxFields];        // in the order in which a node declares them
  Setting setting[kMaxSettings];
  double value[kMaxSettings] = {};  // of the settings
  CellFunction function[kMaxFunctions];  // of the list of functions, if its value is 1
  // Makes the cell what its values say; called once, on a copy of the registry's entry. Returns null, or why the values do not go
  // together. It is code of a stamp (isa/stamp-inl.h) and may call nothing of this header.
  const char* (*configure)(Cell&) = nullptr;

  constexpr int tape_columns() const { return gates + slots; }
  // Columns of H numbers that a vector has.
  constexpr int columns(const Field& vector) const { return vector.rows == Extent::gate ? gates : 1; }
  constexpr int gradient_columns() const {
    int total = tape_columns();
    for (int i = 0; i < fields; ++i) total += field[i].weight == Weight::vector ? columns(field[i]) : 0;
    return total;
  }

  // For the tables of cells, which the compiler computes.
  template <class... Fields>
  constexpr void add_fields(Fields... more) {
    for (const Field& one : {more...}) field[fields++] = one;
  }
  template <class... Settings>
  constexpr void add_settings(Settings... more) {
    for (const Setting& one : {more...}) value[settings] = one.standard, setting[settings++] = one;
  }
  constexpr void add_stage(const Product& product, CellKernel forward, CellKernel backward) {
    stage[stages++] = {product, forward, backward, false};
  }
  constexpr void add_stage_over_steps(CellKernel forward, CellKernel backward) {
    stage[stages++] = {Product{}, forward, backward, false, true};
  }
  constexpr bool over_steps() const { return stage[0].over_steps; }
};

}  // namespace tidegate
