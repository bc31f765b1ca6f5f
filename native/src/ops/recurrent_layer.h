// What the nodes with recurrent layers share: which cell a node asks for, the parameters of one layer in one direction, and the states
// that it starts from and ends with.
#pragma once

#include <string>
#include <vector>

#include "ops/affine_product.h"
#include "ops/initializer.h"
#include "ops/recurrent_weights.h"
#include "ops/scan.h"

namespace tidegate {

// What one layer in one direction saves: slots of Run::save, counted from its first. A frozen layer's c is in kInitialMemory from its
// initial state on, and kMemory is not used.
enum LayerSlot { kTape, kMemory, kInitialHidden, kInitialMemory, kLayerSlots };

class FrozenLayer;

struct CellChoice {
  Cell cell;                  // with the settings that the node gives it
  std::string name;           // "lstm peepholes=true", for errors
  index size = 0, width = 0;  // H; of h: H, or R of a projected cell
  bool bias = true, sets_forget_bias = false;
  double forget_bias = 0;

  // cell=CELL size=H [proj=R] [bias=true] [forget_bias=B] and the cell's own settings
  static CellChoice read(const Declaration& node);
  // The cell's fields, weight_ih<suffix> [gates * H, cols] and so on.
  RecurrentWeights declare(Declaration& node, const Initializer& init, const std::string& suffix, index cols) const;

  bool has_recurrent_weight() const;
  index gate_columns() const { return cell.gates * size; }
  index tape_columns() const { return cell.tape_columns() * size; }
  index gradient_columns() const { return gradient_columns_; }
  index state_width(int s) const { return s == 0 ? width : size; }
  // The initializer with PyTorch's bound 1 / sqrt(H).
  Initializer initializer(const Attributes& attributes) const;
  // A layer's scan over the rows saved from slot `first` on, the same in forward and backward; the caller sets hidden and, in forward,
  // descending. frozen: the frozen layer, or null.
  Scan scan(const Run& run, const Packed& packed, const RecurrentWeights& weights, const FrozenLayer* frozen, int first) const;

 private:
  index extent(Extent extent, index cols) const;
  index gradient_columns_ = 0;
};

// A cell with settings that go together.
struct CellVariant {
  std::string attributes;  // as a spec says them: "" or " peepholes=true clip=0.7"
  Cell cell;
  bool most = true;        // the plain cell, or no further setting goes together with these
};

// The cell plain, then with everything that its settings can make of it, for examples and tests: all combinations of the words, a number
// being off or Setting::example; and with the example of its list of functions, alone. set: the kernels that the cell is of.
std::vector<CellVariant> cell_variants(const Cell& cell, const Kernels& set = kernels());

// tape [rows, tape_columns] = biases + input products of x: the gate pre-activations before the recurrent products.
void fill_tape(Run& run, const CellChoice& choice, const RecurrentWeights& weights, const Value& x, real* tape);
// The same of a frozen layer, from its packed input weight and its summed biases.
void fill_tape(Run& run, const CellChoice& choice, const AffineProduct& input, const real* start, const Value& x, real* tape);

// Adds the column sums of dtape [rows, gradient_columns] to the gradients of the biases and vectors.
void add_row_gradients(Run& run, const CellChoice& choice, const RecurrentWeights& weights, const real* dtape, index rows);

// What a node with recurrent layers keeps in a session.
struct RecurrentLocal : public SessionLocal {
  bool from_carried = false;  // the last forward call started from a carried state, where its gradients end
  bool descending = false;    // the order of the units at the first step of the next call

  // The order for a call of that many steps; it alternates, so that a call begins with the weights that the last one left in the cache.
  bool next_order(index steps) {
    const bool now = descending;
    descending = now != (steps % 2 == 1);
    return now;
  }
  void clear() override { from_carried = descending = false; }
  index bytes() const override { return sizeof *this; }
};

// A node's states: the inputs h0 and c0, the ports h_n and c_n, and what is carried from call to call. Each has `blocks` blocks of
// columns, one for each scan, and a row for each sequence in the caller's order; a scan has them by rank.
class NodeStates {
 public:
  // Declares ports and carried states, behind the node's output. meaning: what the blocks are, for errors.
  void declare(Declaration& node, const CellChoice& choice, int axis, int blocks, const char* meaning);
  void check(const Run& run) const;  // h0 and c0 may come from another axis

  // Saves where the call starts: the carried state, the given one, or zero. first: the layer's first slot.
  void start(Run& run, int block, int first) const;
  // Whether a scan's states are the node's, row by row: the one layer of a frozen model, over sequences in the caller's order that all end
  // with the last step. Then start_in_place may stand for start: the scan reads h where it is carried, and makes c where this call's end is
  // written.
  bool in_place(const Run& run) const;
  void start_in_place(Run& run, int first, Scan& scan) const;
  // Writes the final states to the ports and to the carried state.
  void finish(Run& run, int block, const Scan& scan) const;

  // d [N, width of s] by rank = the gradients of the ports h_n, c_n.
  void take_gradient(const Run& run, int block, int s, real* d) const;
  // Adds the gradient of the initial states to h0 and c0; not to be called where the call started from a carried state.
  void give_gradient(Run& run, int block, int s, const real* d) const;

 private:
  index cols(int s) const { return blocks_ * choice_.state_width(s); }
  // visit(rank, first element of this block's row) for every sequence.
  template <class Visit>
  void each_sequence(const Run& run, int block, int s, const Visit& visit) const {
    const Packed& packed = run.axis(axis_);
    for (index rank = 0; rank < packed.sequences(); ++rank) {
      visit(rank, packed.order(rank) * cols(s) + block * choice_.state_width(s));
    }
  }

  CellChoice choice_;
  int axis_ = -1, blocks_ = 1;
  int given_[kMaxStates] = {-1, -1};  // the inputs h0, c0; -1: absent
};

}  // namespace tidegate
