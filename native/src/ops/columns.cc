// Other columns, or the same in another order. Each output is made of pieces of the input's row (Piece), so that forward copies them and
// backward adds them back.
//
//   slice X first=F count=N [stride=1]   the columns F, F + stride, ..., N of them; a negative stride reads backwards
//   split X sizes=3,5,2                  consecutive columns: the output has the first 3, port part1 the next 5, part2 the last 2
//   permute X order=2,0,1                block i of the output is block order[i] of X; a block is C / 3 columns
//   permute X transpose=P                the row as [P, C / P], transposed: [C / P, P]
#include <cstring>

#include "ops/rows.h"

namespace tidegate {

namespace {

// y[to + i * inner + j] = x[from + i * outer_step + j * inner_step] of every row, i < outer, j < inner.
struct Piece {
  int port;
  index to, from, outer, outer_step, inner, inner_step;
};

class Columns : public NodeOp {
 public:
  void forward(Run& run) const override {
    const Value& x = run.in(0);
    real* y = nullptr;
    int port = -1;
    for (const Piece& p : pieces_) {
      if (p.port != port) y = run.out(port = p.port);  // the pieces of a port follow each other
      each_row(run, x.rows, p, [&](index row) {
        const real* from = x.data + row * x.type.cols + p.from;
        real* to = y + row * cols_[p.port] + p.to;
        for (index i = 0; i < p.outer; ++i, from += p.outer_step, to += p.inner) {
          if (p.inner_step == 1) {
            std::memcpy(to, from, sizeof(real) * p.inner);
          } else {
            for (index j = 0; j < p.inner; ++j) to[j] = from[j * p.inner_step];
          }
        }
      });
    }
  }

  void backward(Run& run) const override {
    const Value& x = run.in(0);
    if (x.grad == nullptr) return;
    for (const Piece& p : pieces_) {
      const real* dy = run.result(p.port).grad;
      if (dy == nullptr) continue;
      each_row(run, x.rows, p, [&](index row) {
        real* to = x.grad + row * x.type.cols + p.from;
        const real* from = dy + row * cols_[p.port] + p.to;
        for (index i = 0; i < p.outer; ++i, to += p.outer_step, from += p.inner) {
          if (p.inner_step == 1) {
            run.k->add(to, from, p.inner);
          } else {
            for (index j = 0; j < p.inner; ++j) to[j * p.inner_step] += from[j];
          }
        }
      });
    }
  }

 protected:
  // infer(): outputs of as many columns each; the first has no port name, the others are part1, part2, ...
  void outputs(Declaration& node, const std::vector<index>& cols) {
    cols_ = cols;
    Type type = node.input(0);
    for (std::size_t i = 0; i < cols.size(); ++i) {
      type.cols = cols[i];
      node.output(i == 0 ? "" : text("part", i), type);
    }
  }
  void add_piece(const Piece& piece) { pieces_.push_back(piece); }

  // The numbers of a list attribute, which must be whole and from least to greatest.
  static std::vector<index> whole_numbers(const Declaration& node, const char* key, index least, index greatest) {
    std::vector<index> all;
    for (const double number : node.attributes().numbers(key)) {
      if (!is_whole(number, least, greatest)) {
        node.fail(text("'", key, "=", node.attributes().word(key), "': expected whole numbers from ", least, " to ", greatest));
      }
      all.push_back(static_cast<index>(number));
    }
    return all;
  }

 private:
  template <class Work>
  static void each_row(Run& run, index rows, const Piece& p, const Work& work) {
    run.threads->split(rows, row_grain(p.outer * p.inner), [&](index begin, index end) {
      for (index row = begin; row < end; ++row) work(row);
    });
  }

  std::vector<Piece> pieces_;
  std::vector<index> cols_;
};

class Slice : public Columns {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    const index cols = node.input(0).cols;
    const Attributes& attributes = node.attributes();
    const index first = attributes.integer("first", 0, cols - 1), count = attributes.integer("count", 1, cols);
    const index stride = attributes.integer("stride", -cols, cols, 1);
    if (stride == 0) node.fail("'stride=0': expected 1 or more, or -1 or less");
    // How many there are from `first` on.
    const index there = stride > 0 ? (cols - 1 - first) / stride + 1 : first / -stride + 1;
    if (count > there) {
      node.fail(text("input ", node.describe(0), " has ", there, " of the columns ", first, ", ", first + stride, ", ...; expected count=",
                     there, " at most, got ", count));
    }
    outputs(node, {count});
    add_piece({0, 0, first, 1, 0, count, stride});
  }
};

class Split : public Columns {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    const index cols = node.input(0).cols;
    if (!node.attributes().has("sizes")) node.fail("'sizes=' is missing, expected the columns of each part: 3,5,2");
    const std::vector<index> sizes = whole_numbers(node, "sizes", 1, cols);
    index from = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      add_piece({static_cast<int>(i), 0, from, 1, 0, sizes[i], 1});
      from = checked_sum("columns", from, sizes[i]);
    }
    if (from != cols) {
      node.fail(text("'sizes=", node.attributes().word("sizes"), "' are ", from, " columns together; expected as many as input ",
                     node.describe(0)));
    }
    outputs(node, sizes);
  }
};

class Permute : public Columns {
 public:
  void infer(Declaration& node) override {
    expect_kind(node, 0, Kind::real);
    const index cols = node.input(0).cols;
    const Attributes& attributes = node.attributes();
    const bool transposes = attributes.has("transpose");
    if (attributes.has("order") == transposes) node.fail("expected either 'order=', a permutation such as 2,0,1, or 'transpose='");
    outputs(node, {cols});
    if (transposes) {
      const index rows = attributes.integer("transpose", 1, cols);
      if (cols % rows != 0) node.fail(text("'transpose=", rows, "' does not divide the columns of input ", node.describe(0)));
      add_piece({0, 0, 0, cols / rows, 1, rows, cols / rows});
      return;
    }
    const index blocks = static_cast<index>(attributes.numbers("order").size());
    if (cols % blocks != 0) {
      node.fail(text("'order=", attributes.word("order"), "' are ", blocks, " blocks, which do not divide the columns of input ",
                     node.describe(0)));
    }
    const index size = cols / blocks;
    std::vector<bool> seen(static_cast<std::size_t>(blocks));
    index to = 0;
    for (const index block : whole_numbers(node, "order", 0, blocks - 1)) {
      if (seen[static_cast<std::size_t>(block)]) node.fail(text("'order=", attributes.word("order"), "' names ", block, " twice"));
      seen[static_cast<std::size_t>(block)] = true;
      add_piece({0, to, block * size, 1, 0, size, 1});
      to += size;
    }
  }
};

std::string example(index cols, const std::string& lines, index cols_of_y) {
  return text("x = input axis=a cols=", cols, " gradient=true\n", lines, "target = input axis=a cols=", cols_of_y,
              "\nloss = mse y target\n");
}

std::vector<std::string> slice_examples() {
  return {example(7, "y = slice x first=2 count=3\nback = slice x first=6 count=3 stride=-3\nodd = slice x first=1 count=3 stride=2\n", 3)};
}
std::vector<std::string> split_examples() {
  return {example(6, "s = split x sizes=2,1,3\ng = slice s.part2 first=0 count=2\ny = mul s g\n", 2)};
}
std::vector<std::string> permute_examples() {
  return {example(6, "y = permute x order=2,0,1\nsingle = permute x order=5,0,4,1,3,2\n", 6), example(6, "y = permute x transpose=2\n", 6)};
}

const OpKind kinds[] = {
    {"slice", 1, 1, {}, &make_op<Slice>, &slice_examples},
    {"split", 1, 1, {}, &make_op<Split>, &split_examples},
    {"permute", 1, 1, {}, &make_op<Permute>, &permute_examples},
};

}  // namespace

TG_REGISTER_OPS(columns, kinds);

}  // namespace tidegate
