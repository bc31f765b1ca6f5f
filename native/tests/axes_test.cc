// Derived axes, and the windows that make them: convolutions, pooling, stacked and repeated rows. The oracles are the definitions, written
// over sequences one by one, and the promise that a stream has the bits of its whole sequences.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "check.h"
#include "examples.h"

namespace {

constexpr double kClose = sizeof(tg_real) == 8 ? 1e-12 : 2e-5;

// Rows [length][cols] of one sequence.
using Sequence = std::vector<std::vector<double>>;

struct Windowed {
  int size = 1, stride = 1, dilation = 1, before = 0, after = 0;
  bool reflect = false;

  int span() const { return (size - 1) * dilation + 1; }
  int count(int length) const { return std::max(0, (length + before + after - span()) / stride + 1); }
  std::string pad() const { return " pad=" + std::to_string(before) + "," + std::to_string(after) + (reflect ? " pad_mode=reflect" : ""); }
  // The row that tap i of window m reads, -1 for padding that is zero.
  int row(int m, int i, int length) const {
    int at = m * stride - before + i * dilation;
    if (reflect && at < 0) at = -at;
    if (reflect && at >= length) at = 2 * (length - 1) - at;
    return at < 0 || at >= length ? -1 : at;
  }
};

std::string text_of(const Windowed& w) {
  return " stride=" + std::to_string(w.stride) + w.pad() + (w.dilation > 1 ? " dilation=" + std::to_string(w.dilation) : "");
}

// y[m][f] of one sequence, from PyTorch's weight [F, C/groups, K].
Sequence convolved(const Sequence& x, const Windowed& w, int filters, int groups, const Reals& weight, const Reals& bias) {
  const int length = static_cast<int>(x.size()), channels = static_cast<int>(x.at(0).size()), each = channels / groups;
  Sequence y;
  for (int m = 0; m < w.count(length); ++m) {
    std::vector<double> row;
    for (int f = 0; f < filters; ++f) {
      double sum = bias.empty() ? 0 : bias[f];
      for (int c = 0; c < each; ++c) {
        for (int k = 0; k < w.size; ++k) {
          const int at = w.row(m, k, length);
          if (at >= 0) sum += static_cast<double>(weight[(f * each + c) * w.size + k]) * x[at][f / (filters / groups) * each + c];
        }
      }
      row.push_back(sum);
    }
    y.push_back(row);
  }
  return y;
}

Sequence pooled(const Sequence& x, const Windowed& w, const std::string& kind) {
  Sequence y;
  for (int m = 0; m < w.count(static_cast<int>(x.size())); ++m) {
    std::vector<double> row;
    for (std::size_t c = 0; c < x[0].size(); ++c) {
      double sum = 0, greatest = -std::numeric_limits<double>::infinity(), last = 0;
      int count = 0;
      for (int i = 0; i < w.size; ++i) {
        const int at = w.row(m, i, static_cast<int>(x.size()));
        if (at < 0) continue;
        sum += x[at][c];
        greatest = std::max(greatest, x[at][c]);
        last = x[at][c];
        ++count;
      }
      row.push_back(kind == "mean" ? sum / count : kind == "max" ? greatest : last);
    }
    y.push_back(row);
  }
  return y;
}

Sequence framed(const Sequence& x, const Windowed& w) {
  Sequence y;
  for (int m = 0; m < w.count(static_cast<int>(x.size())); ++m) {
    std::vector<double> row;
    for (int i = 0; i < w.size; ++i) {
      const int at = w.row(m, i, static_cast<int>(x.size()));
      for (std::size_t c = 0; c < x[0].size(); ++c) row.push_back(at < 0 ? 0 : x[at][c]);
    }
    y.push_back(row);
  }
  return y;
}

std::vector<Sequence> sequences_of(const Reals& packed, const Ids& lengths, std::int64_t cols) {
  std::vector<Sequence> all;
  for (std::size_t s = 0; s < lengths.size(); ++s) {
    Sequence sequence;
    for (std::int32_t t = 0; t < lengths[s]; ++t) {
      const auto at = packed.begin() + packed_row(lengths, t, static_cast<std::int64_t>(s)) * cols;
      sequence.emplace_back(at, at + cols);
    }
    all.push_back(sequence);
  }
  return all;
}

Ids lengths_on(const Session& session, const Model& model, const std::string& axis) {
  std::int32_t n = 0;
  ok(tg_session_lengths(session.get(), model.axis(axis), nullptr, 0, &n));
  Ids lengths(static_cast<std::size_t>(n));
  ok(tg_session_lengths(session.get(), model.axis(axis), lengths.data(), n, &n));
  return lengths;
}

std::string axis_of(const Model& model, const std::string& value) {
  return tg_model_axis(model.get(), model.value(model.find(value)).axis);
}

// The value y of whole sequences is what `expected` makes of each.
template <class Expected>
void check_sequences(const Model& model, const Session& session, const Batch& batch_of_x, const Ids& lengths, const Expected& expected) {
  (void)batch_of_x;
  const Ids made = lengths_on(session, model, axis_of(model, "y"));
  const std::int64_t cols = model.value(model.find("y")).cols;
  const std::vector<Sequence> y = sequences_of(session.output("y"), made, cols);
  const std::vector<Sequence> x = sequences_of(session.output("x"), lengths, model.value(model.find("x")).cols);
  REQUIRE(y.size() == x.size());
  for (std::size_t s = 0; s < x.size(); ++s) {
    check::About about("sequence " + std::to_string(s));
    const Sequence wanted = expected(x[s]);
    REQUIRE(y[s].size() == wanted.size());
    for (std::size_t m = 0; m < wanted.size(); ++m) {
      REQUIRE(y[s][m].size() == wanted[m].size());
      for (std::size_t c = 0; c < wanted[m].size(); ++c) CHECK_CLOSE(y[s][m][c], wanted[m][c], kClose);
    }
  }
}

const std::vector<Ids> kLengths = {{4, 9, 6, 4, 7}, {5, 5}, {8}};
const std::vector<Windowed> kWindows = {{1, 1, 1, 0, 0},       {3, 1, 1, 2, 0},       {3, 1, 1, 1, 1}, {2, 2, 1, 0, 0}, {2, 2, 1, 0, 1},
                                        {3, 2, 1, 2, 1},       {4, 3, 1, 0, 3},       {2, 3, 1, 1, 0}, {3, 1, 1, 0, 0}, {4, 2, 1, 3, 0}};

// Trained as well as inferred, and frozen.
template <class Visit>
void for_each_form(const std::string& spec, const Visit& visit) {
  Model model(spec, 3), frozen(model, TG_FLOAT32);
  Session trains(model), infers(model, TG_INFER), serves(frozen, TG_INFER);
  for (Session* each : {&trains, &infers, &serves}) visit(model, *each);
}

}  // namespace

TEST("a convolution along the steps is its definition, for strides, dilations, groups, paddings and ragged lengths") {
  std::vector<Windowed> all = kWindows;
  all.push_back({3, 1, 2, 4, 0});
  all.push_back({2, 2, 3, 1, 2});
  all.push_back({3, 2, 1, 2, 2, true});
  all.push_back({3, 1, 1, 1, 1, true});
  for (const Windowed& w : all) {
    for (const auto& [channels, filters, groups] : {std::array<int, 3>{3, 5, 1}, {4, 6, 2}, {6, 6, 6}, {6, 12, 3}, {1, 17, 1}}) {
      const std::string spec = "x = input axis=a cols=" + std::to_string(channels) + "\ny = conv1d x filters=" + std::to_string(filters) +
                               " kernel=" + std::to_string(w.size) + " groups=" + std::to_string(groups) + text_of(w) + "\n";
      check::About about(spec);
      for_each_form(spec, [&, filters = filters, groups = groups](Model& model, Session& session) {
        const Reals weight = model.get("y.weight"), bias = model.get("y.bias");
        for (const Ids& lengths : kLengths) {
          Batch batch(model);
          fill(model, spec, lengths, 21, &batch);
          session.forward(batch);
          check_sequences(model, session, batch, lengths, [&](const Sequence& x) { return convolved(x, w, filters, groups, weight, bias); });
        }
      });
    }
  }
}

TEST("a convolution inside a row is its definition over the row's positions") {
  struct Case {
    int channels, positions, filters, groups;
    Windowed w;
  };
  const std::vector<Case> cases = {{1, 40, 10, 1, {16, 8, 1, 0, 0}},       {1, 18, 6, 1, {8, 4, 1, 0, 2, true}}, {5, 4, 7, 1, {3, 1, 1, 1, 1}},
                                   {7, 4, 4, 1, {3, 2, 1, 1, 1}},          {4, 2, 4, 2, {3, 2, 1, 1, 1}},       {3, 1, 9, 1, {3, 1, 1, 1, 1}},
                                   {4, 9, 4, 4, {3, 1, 2, 2, 2}},          {2, 9, 33, 1, {5, 3, 1, 4, 0}},      {6, 5, 6, 6, {2, 1, 1, 1, 0, true}},
                                   // Rows and columns that are turned by fours, by eights and one by one; more windows than a chunk has.
                                   {8, 19, 3, 1, {4, 1, 1, 3, 1}},         {19, 8, 8, 1, {3, 1, 1, 1, 1, true}}, {17, 21, 5, 1, {3, 2, 2, 2, 3}},
                                   {4, 10, 18, 1, {3, 1, 1, 0, 0}},        {34, 3, 36, 2, {2, 1, 1, 1, 1}},     {1, 3000, 2, 1, {16, 1, 1, 9, 0}}};
  for (const Case& c : cases) {
    const std::string spec = "x = input axis=a cols=" + std::to_string(c.channels * c.positions) + "\ny = conv1d x filters=" +
                             std::to_string(c.filters) + " kernel=" + std::to_string(c.w.size) + " groups=" + std::to_string(c.groups) +
                             " channels=" + std::to_string(c.channels) + text_of(c.w) + "\n";
    check::About about(spec);
    for_each_form(spec, [&](Model& model, Session& session) {
      const Reals weight = model.get("y.weight"), bias = model.get("y.bias");
      Batch batch(model);
      fill(model, spec, {3, 1}, 23, &batch);
      session.forward(batch);
      const Reals x = session.output("x"), y = session.output("y");
      const auto cols = static_cast<std::size_t>(c.channels * c.positions);
      const auto windows = static_cast<std::size_t>(c.w.count(c.positions));
      REQUIRE(y.size() == 4 * windows * static_cast<std::size_t>(c.filters));
      for (std::size_t row = 0; row < 4; ++row) {
        Sequence positions(static_cast<std::size_t>(c.positions), std::vector<double>(static_cast<std::size_t>(c.channels)));
        for (int p = 0; p < c.positions; ++p) {
          for (int ch = 0; ch < c.channels; ++ch) positions[p][ch] = x[row * cols + static_cast<std::size_t>(ch * c.positions + p)];
        }
        const Sequence wanted = convolved(positions, c.w, c.filters, c.groups, weight, bias);
        for (std::size_t m = 0; m < windows; ++m) {
          for (int f = 0; f < c.filters; ++f) {
            CHECK_CLOSE(y[(row * static_cast<std::size_t>(c.filters) + static_cast<std::size_t>(f)) * windows + m], wanted[m][f], kClose);
          }
        }
      }
    });
  }
}

TEST("pooling and stacking over the steps are their definitions, and padding counts for nothing in a pool") {
  for (const Windowed& w : kWindows) {
    for (const std::string kind : {"max", "mean", "last", "frames"}) {
      const std::string spec = "x = input axis=a cols=3\ny = " + (kind == "frames" ? "frames x size=" : "pool x kind=" + kind + " window=") +
                               std::to_string(w.size) + text_of(w) + "\n";
      check::About about(spec);
      for_each_form(spec, [&](Model& model, Session& session) {
        for (const Ids& lengths : kLengths) {
          Batch batch(model);
          fill(model, spec, lengths, 25, &batch);
          session.forward(batch);
          check_sequences(model, session, batch, lengths,
                          [&](const Sequence& x) { return kind == "frames" ? framed(x, w) : pooled(x, w, kind); });
        }
      });
    }
  }
}

TEST("pooling inside a row goes over the positions of each channel") {
  for (const Windowed& w : {Windowed{2, 2, 1, 0, 0}, Windowed{3, 2, 1, 1, 1}, Windowed{3, 1, 1, 0, 2}}) {
    for (const std::string kind : {"max", "mean", "last"}) {
      const std::string spec = "x = input axis=a cols=14\ny = pool x channels=2 kind=" + kind + " window=" + std::to_string(w.size) + text_of(w) + "\n";
      check::About about(spec);
      for_each_form(spec, [&](Model& model, Session& session) {
        Batch batch(model);
        fill(model, spec, {2, 3}, 27, &batch);
        session.forward(batch);
        const Reals x = session.output("x"), y = session.output("y");
        const auto windows = static_cast<std::size_t>(w.count(7));
        REQUIRE(y.size() == 10 * windows);
        for (std::size_t channel = 0; channel < 10; ++channel) {
          Sequence positions;
          for (std::size_t p = 0; p < 7; ++p) positions.push_back({static_cast<double>(x[channel * 7 + p])});
          const Sequence wanted = pooled(positions, w, kind);
          for (std::size_t m = 0; m < windows; ++m) CHECK_CLOSE(y[channel * windows + m], wanted[m][0], kClose);
        }
      });
    }
  }
}

TEST("upsampled rows are repeated, and a network may go down an axis and up again") {
  const std::string spec = "x = input axis=a cols=2\nd = pool x kind=mean window=2 pad=0,1\ny = upsample d factor=2\n";
  Model model(spec);
  Session session(model);
  Batch batch(model);
  const Ids lengths = {5, 2, 3};
  fill(model, spec, lengths, 3, &batch);
  session.forward(batch);
  CHECK(lengths_on(session, model, "d") == (Ids{3, 1, 2}));
  CHECK(lengths_on(session, model, "y") == (Ids{6, 2, 4}));
  check_sequences(model, session, batch, lengths, [&](const Sequence& x) {
    Sequence y;
    for (const auto& row : pooled(x, {2, 2, 1, 0, 1}, "mean")) y.insert(y.end(), 2, row);
    return y;
  });
}

TEST("nodes with the same lengths share an axis, and inputs may be on it") {
  const std::string spec =
      "x = input axis=a cols=4\n"
      "c = conv1d x filters=3 kernel=3 stride=2 pad=1\n"
      "p = pool x kind=max window=3 stride=2 pad=1\n"
      "both = concat c p\n"
      "same = conv1d x filters=4 kernel=3 pad=1\n"
      "sum = add x same\n"
      "t = ids axis=c\n"
      "loss = cross_entropy both t\n";
  Model model(spec);
  CHECK_EQUAL(tg_model_axes(model.get()), 2);
  CHECK_EQUAL(axis_of(model, "p"), "c");
  CHECK_EQUAL(axis_of(model, "same"), "a");
  CHECK_EQUAL(axis_info(model.get(), 0).source, -1);
  CHECK_EQUAL(axis_info(model.get(), 1).source, 0);
  Session session(model);
  Batch batch(model);
  fill(model, spec, {5, 2, 8}, 3, &batch);
  const tg_metrics metrics = session.forward(batch);
  CHECK_EQUAL(metrics.targets, 3 + 1 + 4);
  session.backward();
}

// ---- Streams ------------------------------------------------------------------------------------------------------------------------

namespace {

// Networks whose windows end where they are complete.
const std::vector<std::string> kStreams = {
    "x = input axis=a cols=3\ny = frames x size=3\n",
    "x = input axis=a cols=3\ny = frames x size=3 stride=1 pad=2,0\n",
    "x = input axis=a cols=3\ny = frames x size=2 stride=3\n",
    "x = input axis=a cols=3\ny = pool x kind=max window=3 stride=2 pad=2,0\n",
    "x = input axis=a cols=3\ny = pool x kind=mean window=4 stride=1 pad=3,0\n",
    "x = input axis=a cols=3\ny = pool x kind=last window=2\n",
    "x = input axis=a cols=3\ny = upsample x factor=3\n",
    "x = input axis=a cols=3\ny = conv1d x filters=4 kernel=3 pad=2,0\n",
    "x = input axis=a cols=3\ny = conv1d x filters=4 kernel=3\n",
    "x = input axis=a cols=3\ny = conv1d x filters=3 kernel=3 stride=2 dilation=2 groups=3 pad=4,0\n",
    // A pyramid, with everything on top of it that keeps a state, and a residual beside a causal convolution.
    "x = input axis=a cols=3\n"
    "c = conv1d x filters=3 kernel=3 pad=2,0\n"
    "r = add x c\n"
    "f = frames r size=2\n"
    "g = recurrent f cell=gru size=4\n"
    "p = pool g kind=max window=2 stride=1 pad=1,0\n"
    "q = frames p size=2\n"
    "h = recurrent q cell=lstm size=3 layers=2\n"
    "u = upsample h factor=2\n"
    "y = linear u cols=2\n",
};

Reals rows_of(const Reals& packed, const Ids& lengths, std::size_t sequence, std::int64_t cols) {
  Reals rows;
  for (std::int32_t t = 0; t < lengths[sequence]; ++t) {
    const auto at = packed.begin() + packed_row(lengths, t, static_cast<std::int64_t>(sequence)) * cols;
    rows.insert(rows.end(), at, at + cols);
  }
  return rows;
}

bool same_bits(const Reals& a, const Reals& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(tg_real)) == 0);
}

// The rows of y for each sequence, after pieces of these lengths with the state carried; by steps where a piece is one row each.
std::vector<Reals> streamed(Model& model, const std::vector<Reals>& x, std::int64_t cols, const std::vector<std::int32_t>& pieces, bool by_steps) {
  Session session(model, TG_INFER);
  ok(tg_session_carry(session.get(), 1));
  std::vector<Reals> y(x.size());
  std::size_t done = 0;
  for (const std::int32_t piece : pieces) {
    const Ids lengths(x.size(), piece);
    Reals packed(x.size() * static_cast<std::size_t>(piece * cols));
    for (std::size_t s = 0; s < x.size(); ++s) {
      for (std::int32_t t = 0; t < piece; ++t) {
        std::copy_n(x[s].begin() + static_cast<std::ptrdiff_t>((done + static_cast<std::size_t>(t)) * static_cast<std::size_t>(cols)), cols,
                    packed.begin() + packed_row(lengths, t, static_cast<std::int64_t>(s)) * cols);
      }
    }
    done += static_cast<std::size_t>(piece);
    if (by_steps) {
      const tg_feed feed = {model.find("x"), packed.data(), static_cast<std::int64_t>(packed.size())};
      ok(tg_session_step(session.get(), &feed, 1, 0, nullptr, 0));
    } else {
      Batch batch(model);
      batch.lengths("a", lengths).feed("x", packed);
      session.forward(batch);
    }
    const Reals out = session.output("y");
    const Ids made = lengths_on(session, model, axis_of(model, "y"));
    for (std::size_t s = 0; s < x.size(); ++s) {
      const Reals rows = rows_of(out, made, s, model.value(model.find("y")).cols);
      y[s].insert(y[s].end(), rows.begin(), rows.end());
    }
  }
  return y;
}

}  // namespace

TEST("streamed by steps or by pieces, alone or side by side, a network has the bits of its whole sequences, in every precision") {
  for (const std::string& spec : kStreams) {
    Model model(spec, 3);
    for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
      check::About about(spec + "precision " + std::to_string(precision));
      Model frozen(model, precision);
      constexpr std::int32_t kSteps = 17;
      const std::int64_t cols = model.value(model.find("x")).cols, out = model.value(model.find("y")).cols;
      std::vector<Reals> x;
      for (std::uint64_t s = 0; s < 3; ++s) x.push_back(random_reals(static_cast<std::size_t>(kSteps * cols), 60 + s));
      std::vector<Reals> whole;
      for (const Reals& each : x) {
        Session session(frozen, TG_INFER);
        Batch batch(frozen);
        batch.lengths("a", {kSteps}).feed("x", each);
        session.forward(batch);
        whole.push_back(session.output("y"));
        REQUIRE(!whole.back().empty() && whole.back().size() % static_cast<std::size_t>(out) == 0);
      }
      const std::vector<std::int32_t> ones(kSteps, 1);
      for (const bool by_steps : {true, false}) CHECK(streamed(frozen, x, cols, ones, by_steps) == whole);
      CHECK(streamed(frozen, x, cols, {1, 4, 2, 7, 3}, false) == whole);
      for (std::size_t s = 0; s < x.size(); ++s) {
        const std::vector<Reals> alone = streamed(frozen, {x[s]}, cols, ones, true);
        CHECK(same_bits(alone[0], whole[s]));
      }
    }
  }
}

TEST("streams that began at different times share a batch: each goes on from its own phase, with the bits that it has alone") {
  for (const std::string& spec : kStreams) {
    Model model(spec, 3);
    Model frozen(model, TG_FLOAT32);
    check::About about(spec);
    const std::int64_t cols = 3, out = model.value(model.find("y")).cols;
    const Reals x = random_reals(static_cast<std::size_t>(20 * cols), 5);
    const std::size_t ahead = 7, behind = 4;  // after as many steps every node of every network has been evaluated
    Session early(frozen, TG_INFER), fresh(frozen, TG_INFER), both(frozen, TG_INFER), expected_early(frozen, TG_INFER), expected_fresh(frozen, TG_INFER);
    const auto step = [&](Session& session, const Reals& rows) {
      const tg_feed feed = {model.find("x"), rows.data(), static_cast<std::int64_t>(rows.size())};
      ok(tg_session_step(session.get(), &feed, 1, 0, nullptr, 0));
    };
    const auto row = [&](std::size_t t) { return Reals(x.begin() + static_cast<std::ptrdiff_t>(t) * cols, x.begin() + static_cast<std::ptrdiff_t>(t + 1) * cols); };
    for (std::size_t t = 0; t < ahead; ++t) {
      step(early, row(t));
      step(expected_early, row(t));
    }
    for (std::size_t t = 0; t < behind; ++t) {
      step(fresh, row(t));
      step(expected_fresh, row(t));
    }
    // State by state the rows of the two streams: what tg_session_get_state gives of one sequence is one row of each.
    std::int64_t carried = 0;
    ok(tg_session_state_count(early.get(), &carried));
    if (carried == 0) continue;
    const Reals a = early.state(), b = fresh.state();
    REQUIRE(a.size() == b.size());
    std::vector<std::int64_t> widths;
    {
      // Bytes say how wide each state is: a header of 32, then (sequences, columns) of each.
      std::int64_t size = 0;
      ok(tg_session_state_bytes(early.get(), &size));
      std::vector<char> bytes(static_cast<std::size_t>(size));
      ok(tg_session_save_state(early.get(), bytes.data(), size));
      std::int64_t states = 0;
      std::memcpy(&states, bytes.data() + 24, 8);
      for (std::int64_t i = 0; i < states; ++i) {
        std::int64_t width = 0;
        std::memcpy(&width, bytes.data() + 32 + i * 16 + 8, 8);
        widths.push_back(width);
      }
    }
    Reals joined;
    std::size_t at = 0;
    for (const std::int64_t width : widths) {
      for (const Reals* each : {&a, &b}) joined.insert(joined.end(), each->data() + at, each->data() + at + width);
      at += static_cast<std::size_t>(width);
    }
    ok(tg_session_set_state(both.get(), joined.data(), static_cast<std::int64_t>(joined.size()), 2));
    for (std::size_t t = 0; t < 9; ++t) {
      Reals rows = row(ahead + t);
      const Reals second = row(behind + t);
      step(expected_early, rows);
      step(expected_fresh, second);
      rows.insert(rows.end(), second.begin(), second.end());
      step(both, rows);
      const Ids made = lengths_on(both, model, axis_of(model, "y"));
      const Reals y = both.output("y");
      check::About when("step " + std::to_string(t));
      CHECK(same_bits(rows_of(y, made, 0, out), expected_early.output("y")));
      CHECK(same_bits(rows_of(y, made, 1, out), expected_fresh.output("y")));
    }
  }
}

TEST("a step that completes no window gives no rows, and says so") {
  const std::string spec = "x = input axis=a cols=2\nf = frames x size=3\ny = linear f cols=4\n";
  Model model(spec, 3);
  Session session(model, TG_INFER);
  const Reals row = {1, 2};
  const tg_feed feed = {model.find("x"), row.data(), 2};
  Reals y(4, 9);
  for (int t = 0; t < 7; ++t) {
    ok(tg_session_step(session.get(), &feed, 1, model.find("y"), y.data(), 4));
    const bool complete = t % 3 == 2;
    CHECK_EQUAL(session.output("y").size(), complete ? 4u : 0u);
    CHECK_EQUAL(lengths_on(session, model, "f")[0], complete ? 1 : 0);
    if (t < 2) CHECK_EQUAL(y[0], 9);
  }
  CHECK(y[0] != 9);
}

// The spec with every axis of its inputs replaced by one with a row for every two, which a first call of one row leaves empty.
std::string on_windows(const std::string& spec) {
  std::string windows, rest = spec;
  for (std::size_t at = 0; (at = rest.find(" axis=", at)) != std::string::npos;) {
    at += 6;
    const std::string axis = rest.substr(at, rest.find_first_of(" \n", at) - at);
    if (windows.find(" axis=" + axis + " ") == std::string::npos) {
      windows += "rows_" + axis + " = input axis=" + axis + " cols=1\ntwo_" + axis + " = pool rows_" + axis + " window=2 kind=last\n";
    }
    rest.insert(at, "two_");
  }
  return windows + rest;
}

TEST("a call that completes no window, or one of a few sequences, runs every op or refuses it, forward and backward") {
  for (const Example& example : all_examples()) {
    const std::string spec = on_windows(example.spec);
    Model model(spec, 3), frozen(model, TG_INT8);
    for (const Ids& lengths : {Ids{1, 1, 1}, Ids{1, 3, 1}}) {
      check::About about(example.op + ": " + spec);
      Batch batch(model);
      fill(model, spec, lengths, 5, &batch);
      Session training(model), inference(frozen, TG_INFER);
      for (Session* session : {&training, &inference}) {
        ok(tg_session_threads(session->get(), 2));
        ok(tg_session_carry(session->get(), 1));
        try {
          const tg_metrics metrics = session->forward(batch);
          CHECK(std::isfinite(metrics.loss));
          if (session == &inference) continue;
          std::vector<std::pair<std::string, Reals>> seeds;
          for (int v = 0; v < model.values(); ++v) {
            const tg_value value = model.value(v);
            if (value.kind != TG_REAL || value.input) continue;
            const std::size_t count = session->output(value.name).size();
            if (count > 0) seeds.push_back({value.name, Reals(count, 1)});
          }
          session->backward(seeds);
        } catch (const Failure& failure) {
          check::About refusal(failure.what());
          CHECK(std::string(failure.what()).find("has no row") != std::string::npos || !streams(spec));
        }
      }
      for (int p = 0; p < model.parameters(); ++p) {
        if (!model.parameter(p).trainable) continue;
        for (const tg_real d : training.parameter_gradient(model.parameter(p).name)) CHECK(std::isfinite(d));
      }
    }
  }
}

TEST("sequences without rows, selected from a batch in which another has some, go on as if they had been alone") {
  const auto refusal = [](Session& session, Batch& batch) {
    try {
      session.forward(batch);
    } catch (const Failure& failure) {
      return std::string(failure.what());
    }
    return std::string();
  };
  for (const Example& example : all_examples()) {
    const std::string spec = on_windows(example.spec);
    check::About about(example.op + ": " + spec);
    Model model(spec, 3);
    Session selected(model, TG_INFER), alone(model, TG_INFER);
    for (Session* session : {&selected, &alone}) ok(tg_session_carry(session->get(), 1));
    Batch three(model), two(model);
    fill(model, spec, {1, 3, 1}, 5, &three);
    fill(model, spec, {1, 1}, 5, &two);
    if (!refusal(selected, three).empty() || !refusal(alone, two).empty()) continue;  // it needs rows of every sequence
    const std::int32_t chosen[] = {0, 2};
    for (int a = 0; a < tg_model_axes(model.get()); ++a) {
      if (axis_info(model.get(), a).source < 0) ok(tg_session_select(selected.get(), a, chosen, 2));
    }
    for (int v = 0; v < model.values(); ++v) {
      const tg_value value = model.value(v);
      if (!value.input || value.per != TG_PER_SEQUENCE) continue;
      Batch anew(model);
      const auto rows = static_cast<std::size_t>(two.rows(value));
      if (value.kind == TG_REAL) {
        anew.feed(value.name, Reals(rows * static_cast<std::size_t>(value.cols)));
      } else {
        anew.feed_ids(value.name, Ids(rows));
      }
      CHECK_EQUAL(refusal(selected, anew), refusal(alone, anew));
    }
  }
}

TEST("training with the state carried goes on where the last piece ended, and no gradient flows into it") {
  const std::string spec = "x = input axis=a cols=2 gradient=true\nf = conv1d x filters=3 kernel=3 pad=2,0\ny = frames f size=2\n";
  Model model(spec, 3);
  Session pieces(model), whole(model);
  ok(tg_session_carry(pieces.get(), 1));
  const Reals x = random_reals(2 * 7, 4);
  Batch all(model);
  all.lengths("a", {7}).feed("x", x);
  whole.forward(all);
  Reals y;
  for (const auto& [from, to] : {std::pair<int, int>{0, 3}, {3, 7}}) {
    Batch batch(model);
    batch.lengths("a", {to - from}).feed("x", Reals(x.begin() + 2 * from, x.begin() + 2 * to));
    pieces.forward(batch);
    const Reals rows = pieces.output("y");
    y.insert(y.end(), rows.begin(), rows.end());
    pieces.backward({{"y", Reals(rows.size(), 1)}});
    CHECK_EQUAL(pieces.gradient("x").size(), static_cast<std::size_t>(2 * (to - from)));
  }
  REQUIRE(y.size() == whole.output("y").size());
  for (std::size_t i = 0; i < y.size(); ++i) CHECK_CLOSE(y[i], whole.output("y")[i], 1e-6);
}

// A window is a constant for the weights, whichever calls its rows came by, so a convolution's weight gradients of the pieces of a stream sum up
// to those of the whole; and the first piece of a stream is a whole sequence.
TEST("the gradients of windows that begin in an earlier call are those of the whole sequence") {
  for (const std::string line : {"conv1d x filters=4 kernel=3", "conv1d x filters=4 kernel=3 pad=2,0",
                                 "conv1d x filters=3 kernel=3 stride=2 dilation=2 groups=3 pad=4,0",
                                 "pool x kind=mean window=3 stride=1 pad=2,0", "pool x kind=max window=3 stride=2 pad=2,0", "pool x kind=last window=2 stride=1",
                                 "frames x size=3 stride=2 pad=1,0"}) {
    const std::string spec = "x = input axis=a cols=3 gradient=true\ny = " + line + "\n";
    check::About about(spec);
    Model model(spec, 3);
    Session pieces(model), whole(model), first(model);
    ok(tg_session_carry(pieces.get(), 1));
    const Reals x = random_reals(3 * 11, 4);
    const auto cols = static_cast<std::size_t>(model.value("y").cols);
    Batch all(model);
    all.lengths("a", {11}).feed("x", x);
    whole.forward(all);
    const Reals dy = random_reals(whole.output("y").size(), 5);
    whole.backward({{"y", dy}});
    std::size_t done = 0;
    for (const auto& [from, to] : {std::pair<int, int>{0, 5}, {5, 6}, {6, 11}}) {
      Batch batch(model);
      batch.lengths("a", {to - from}).feed("x", Reals(x.begin() + 3 * from, x.begin() + 3 * to));
      pieces.forward(batch);
      const std::size_t rows = pieces.output("y").size() / cols;
      if (rows == 0) continue;
      const Reals seed(dy.begin() + static_cast<std::ptrdiff_t>(done * cols), dy.begin() + static_cast<std::ptrdiff_t>((done + rows) * cols));
      done += rows;
      pieces.backward({{"y", seed}});
      if (from > 0) continue;
      first.forward(batch);
      first.backward({{"y", seed}});
      CHECK(same_bits(pieces.gradient("x"), first.gradient("x")));
    }
    REQUIRE(done * cols == dy.size());
    for (int p = 0; p < model.parameters(); ++p) {
      const std::string name = model.parameter(p).name;
      const Reals sum = pieces.parameter_gradient(name), expected = whole.parameter_gradient(name);
      for (std::size_t i = 0; i < expected.size(); ++i) CHECK_CLOSE(sum[i], expected[i], kClose);
    }
  }
}

TEST("a call without the carried state takes whole sequences, also where the call before went on from one") {
  for (const std::string line : {"conv1d x filters=2 kernel=9 pad_mode=reflect stride=2", "conv1d x filters=2 kernel=3 stride=2", "frames x size=4 stride=3",
                                 "pool x kind=mean window=3 stride=2"}) {
    const std::string spec = "x = input axis=a cols=2\ny = " + line + "\n";
    check::About about(spec);
    Model model(spec, 3);
    Session session(model, TG_INFER), fresh(model, TG_INFER);
    ok(tg_session_carry(session.get(), 1));
    for (const std::int32_t rows : {14, 11}) {
      Batch batch(model);
      batch.lengths("a", {rows}).feed("x", random_reals(static_cast<std::size_t>(2 * rows), 4));
      session.forward(batch);
    }
    ok(tg_session_carry(session.get(), 0));
    const Reals x = random_reals(22, 7);
    Batch alone(model), whole(model);
    alone.feed("x", x);
    whole.lengths("a", {11}).feed("x", x);
    session.forward(alone);
    fresh.forward(whole);
    CHECK(same_bits(session.output("y"), fresh.output("y")));
    CHECK(lengths_on(session, model, "y") == lengths_on(fresh, model, "y"));
  }
}

// ---- Refusals -----------------------------------------------------------------------------------------------------------------------

namespace {

template <class Work>
void check_refused(const std::string& part, const Work& work) {
  try {
    work();
    check::fail(__FILE__, __LINE__, "not refused: " + part);
  } catch (const Failure& failure) {
    if (std::string(failure.what()).find(part) == std::string::npos) check::fail(__FILE__, __LINE__, failure.what());
  }
}

}  // namespace

TEST("what cannot be is refused with a sentence: too short sequences, paddings of streams, lengths and steps of derived axes") {
  const std::string spec = "x = input axis=a cols=2\nf = frames x size=3\nt = ids axis=f\nh = one_hot t rows=5\n";
  Model model(spec);
  Session session(model, TG_INFER);
  Batch batch(model);
  batch.lengths("a", {4, 2}).feed("x", Reals(12));
  check_refused("sequence 1 of axis 'a' has 2 rows; node 'f' (frames) needs at least 3", [&] { session.forward(batch); });
  check_refused("the lengths of axis 'f' follow from those of 'a'; give these", [&] {
    const std::int32_t two = 2;
    const tg_axis_lengths axis = {model.axis("f"), 1, &two};
    const tg_batch given = {&axis, 1, nullptr, 0};
    ok(tg_session_forward(session.get(), &given, nullptr));
  });
  check_refused("axis 'f' has the sequences of axis 'a'; select these", [&] {
    const std::int32_t zero = 0;
    ok(tg_session_select(session.get(), model.axis("f"), &zero, 1));
  });
  check_refused("input 't' is on axis 'f'", [&] {
    const Reals row = {1, 2};
    const std::int32_t id = 1;
    const tg_feed feeds[] = {{model.find("x"), row.data(), 2}, {model.find("t"), &id, 1}};
    ok(tg_session_step(session.get(), feeds, 2, 0, nullptr, 0));
  });
  Model ahead("x = input axis=a cols=2\nc = conv1d x filters=2 kernel=3 pad=1\n");
  Session stream(ahead, TG_INFER);
  const Reals row = {1, 2};
  const tg_feed feed = {0, row.data(), 2};
  check_refused("reads 1 row ahead (pad=1,1)", [&] { ok(tg_session_step(stream.get(), &feed, 1, 0, nullptr, 0)); });
  Model ends("x = input axis=a cols=2\nc = conv1d x filters=2 kernel=3 stride=2 pad=0,2\n");
  Session other(ends, TG_INFER);
  check_refused("pads the end of a sequence with 2 rows", [&] { ok(tg_session_step(other.get(), &feed, 1, 0, nullptr, 0)); });
  Model reflects("x = input axis=a cols=2\nc = conv1d x filters=2 kernel=3 pad=2 pad_mode=reflect\n");
  Session whole(reflects, TG_INFER);
  Batch two(reflects);
  two.lengths("a", {5, 2}).feed("x", Reals(14));
  check_refused("sequence 1 has 2 rows; to be reflected over 2, it needs at least 3", [&] { whole.forward(two); });
  for (const auto& [line, part] : std::vector<std::pair<std::string, std::string>>{
           {"frames x size=0", "'size=0': expected a whole number"},
           {"frames x size=2 pad=2", "pad=2: expected whole numbers from 0 to 1, less than a window is long (2)"},
           {"conv1d x filters=2 kernel=2 pad=1,0,1", "pad has 3 numbers"},
           {"conv1d x filters=3 kernel=2 groups=2", "groups=2 does not divide both the 4 channels and the 3 filters"},
           {"conv1d x filters=2 kernel=5 channels=2", "2 positions of 2 channels and 0 of padding; a window is 5 long"},
           {"conv1d x filters=2 kernel=2 channels=3", "channels=3 does not divide the columns"},
           {"conv1d x filters=2 kernel=4 channels=2 pad=2 pad_mode=reflect", "2 positions of padding need 3 positions"},
           {"pool x kind=max window=2 stride=0", "'stride=0'"},
           {"upsample x factor=0", "'factor=0'"},
       }) {
    check_refused(part, [&, line = line] { Model("x = input axis=a cols=4\ny = " + line + "\n"); });
  }
  check_refused("has the name of another one", [] { Model("x = input axis=f cols=2\nf = frames x size=2\n"); });
}

TEST("after lengths that were refused, inputs alone meet the same refusal, and no rows of before") {
  Model model("x = input axis=a cols=1\nf = frames x size=3\nh = recurrent f cell=gru size=2\n");
  Session session(model, TG_INFER);
  Batch good(model), bad(model), alone(model);
  good.lengths("a", {9, 9}).feed("x", random_reals(18, 1));
  bad.lengths("a", {4, 2}).feed("x", random_reals(6, 1));
  alone.feed("x", random_reals(6, 1));
  session.forward(good);
  for (Batch* each : {&bad, &alone}) check_refused("sequence 1 of axis 'a' has 2 rows", [&] { session.forward(*each); });
  session.forward(good);
  CHECK_EQUAL(session.output("f").size(), 18u);
}

TEST("a carried phase that no stream can have is refused, and the session stays usable") {
  Model model("x = input axis=a cols=1\nf = frames x size=3\n");
  for (const double bad : {5.0, -4.0, 0.5, std::nan(""), 1e30}) {
    Session session(model, TG_INFER);
    const Reals row = {1};
    const tg_feed feed = {0, row.data(), 1};
    ok(tg_session_step(session.get(), &feed, 1, 0, nullptr, 0));
    Reals state = session.state();
    state[0] = static_cast<tg_real>(bad);
    ok(tg_session_set_state(session.get(), state.data(), static_cast<std::int64_t>(state.size()), 1));
    check_refused("'f.phase'", [&] { ok(tg_session_step(session.get(), &feed, 1, 0, nullptr, 0)); });
    ok(tg_session_reset(session.get()));
    ok(tg_session_step(session.get(), &feed, 1, 0, nullptr, 0));
  }
}
