// The promise of a frozen model: the answer for a sequence has the same bits alone, in any batch, with any neighbours, step by step, in
// chunks and for any number of threads.
#include <algorithm>
#include <cstring>

#include "check.h"
#include "examples.h"
#include "isa/kernels.h"
#include "network.h"

namespace {

constexpr std::size_t kCols = 5;

// The sanitizers look for other faults than bits, and take ten times as long.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kCounts[] = {1, 4, 7, 10, 25, 40};
constexpr std::size_t kFirsts[] = {4};
#else
constexpr std::size_t kCounts[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 25, 40};
constexpr std::size_t kFirsts[] = {0, 4};
#endif

struct Sequence {
  Reals rows;  // [length, kCols]
  std::int32_t length() const { return static_cast<std::int32_t>(rows.size() / kCols); }
};

// What a network says of one sequence: the rows of y, then the last states.
struct Answer {
  Reals y, last;
  bool operator==(const Answer& other) const {
    const auto same = [](const Reals& a, const Reals& b) {
      return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(tg_real)) == 0;
    };
    return same(y, other.y) && same(last, other.last);
  }
};

struct Network {
  tg_precision precision;
  std::string cell;
  std::int64_t size;
  int layers;
  bool bidirectional;

  std::string spec() const {
    std::string h = "h = recurrent n cell=" + cell + " size=" + std::to_string(size) + " layers=" + std::to_string(layers);
    if (cell.find("projected") != std::string::npos) h += " proj=" + std::to_string((size + 1) / 2);
    if (bidirectional) h += " bidirectional=true";
    return "x = input axis=time cols=5\nm = linear x cols=9\nn = layer_norm m\n" + h +
           "\na = activation h kind=tanh\ny = linear a cols=" + std::to_string(size % 7 + 3) + "\nlast = concat h.h_n\n" +
           "p = pool y kind=max\n";
  }
  std::string name() const {
    const char* const numbers[] = {"float32 ", "bfloat16 ", "int8 "};
    return numbers[precision] + cell + " " + std::to_string(size) + (layers > 1 ? " in two layers" : "") + (bidirectional ? " both ways" : "");
  }
};

Sequence sequence(std::int32_t length, std::uint64_t seed) {
  return {random_reals(static_cast<std::size_t>(length) * kCols, seed)};
}

std::vector<Sequence> sequences() {
  std::vector<Sequence> all;
  for (const std::int32_t length : {7, 1, 12, 3, 12, 5, 2, 9, 4}) all.push_back(sequence(length, 100 + all.size()));
  return all;
}

void append_row(Reals* to, const Reals& from, std::int64_t row, std::size_t cols) {
  const auto begin = from.begin() + static_cast<std::ptrdiff_t>(row) * static_cast<std::ptrdiff_t>(cols);
  to->insert(to->end(), begin, begin + static_cast<std::ptrdiff_t>(cols));
}

// The answers for sequences in one batch.
std::vector<Answer> together(Model& model, const std::vector<Sequence>& batch_of, int threads) {
  Ids lengths;
  for (const Sequence& one : batch_of) lengths.push_back(one.length());
  Reals packed(0);
  std::size_t rows = 0;
  for (const Sequence& one : batch_of) rows += static_cast<std::size_t>(one.length());
  packed.resize(rows * kCols);
  for (std::size_t s = 0; s < batch_of.size(); ++s) {
    for (std::int32_t t = 0; t < lengths[s]; ++t) {
      std::copy_n(batch_of[s].rows.begin() + t * static_cast<std::ptrdiff_t>(kCols), kCols,
                  packed.begin() + packed_row(lengths, t, static_cast<std::int64_t>(s)) * static_cast<std::ptrdiff_t>(kCols));
    }
  }
  Batch batch(model);
  batch.lengths("time", lengths).feed("x", packed);
  Session session(model, TG_INFER);
  ok(tg_session_threads(session.get(), threads));
  session.forward(batch);
  const Reals y = session.output("y"), last = session.output("last"), pooled = session.output("p");
  const auto cols = static_cast<std::size_t>(model.value("y").cols), width = static_cast<std::size_t>(model.value("last").cols);
  std::vector<Answer> answers(batch_of.size());
  for (std::size_t s = 0; s < answers.size(); ++s) {
    for (std::int32_t t = 0; t < lengths[s]; ++t) append_row(&answers[s].y, y, packed_row(lengths, t, static_cast<std::int64_t>(s)), cols);
    append_row(&answers[s].last, last, static_cast<std::int64_t>(s), width);
    append_row(&answers[s].last, pooled, static_cast<std::int64_t>(s), cols);
  }
  return answers;
}

// The rows of y where as many sequences of one length go on side by side, `chunk` steps a call; a chunk of 1 is a step.
std::vector<Reals> streamed(Model& model, const std::vector<Sequence>& side_by_side, std::int32_t chunk) {
  Session session(model, TG_INFER);
  ok(tg_session_carry(session.get(), 1));
  const std::size_t n = side_by_side.size(), cols = static_cast<std::size_t>(model.value("y").cols);
  std::vector<Reals> answers(n);
  for (std::int32_t t = 0; t < side_by_side[0].length(); t += chunk) {
    const std::int32_t steps = std::min(chunk, side_by_side[0].length() - t);
    Reals rows;
    for (std::int32_t i = t; i < t + steps; ++i) {
      for (const Sequence& one : side_by_side) append_row(&rows, one.rows, i, kCols);
    }
    Batch batch(model);
    batch.lengths("time", Ids(n, steps)).feed("x", rows);
    if (chunk == 1) {
      session.step(batch);
    } else {
      session.forward(batch);
    }
    const Reals y = session.output("y");
    for (std::int64_t row = 0; row < steps * static_cast<std::int64_t>(n); ++row) {
      append_row(&answers[static_cast<std::size_t>(row) % n], y, row, cols);
    }
  }
  return answers;
}

std::vector<Answer> each_alone(Model& model, const std::vector<Sequence>& all) {
  std::vector<Answer> answers;
  for (const Sequence& one : all) answers.push_back(together(model, {one}, 1)[0]);
  return answers;
}

std::vector<Network> networks() {
  std::vector<Network> all;
  for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
    for (const std::string& cell : cells_with_settings()) {
      for (const std::int64_t size : {1, 3, 16, 21, 40, 64}) all.push_back({precision, cell, size, 1, false});
      all.push_back({precision, cell, 21, 2, false});
      all.push_back({precision, cell, 37, 1, true});
      all.push_back({precision, cell, 18, 2, true});
    }
  }
  return all;
}

}  // namespace

TEST("a sequence's answer has the same bits in any batch, beside any neighbours, on one thread, two or three") {
  const std::vector<Sequence> all = sequences();
  for (const Network& network : networks()) {
    check::About about(network.name());
    Model model(network.spec(), 7), frozen(model, network.precision);
    const std::vector<Answer> alone = each_alone(frozen, all);
    for (const int threads : {1, 2, 3}) {
      check::About on(std::to_string(threads) + " threads");
      for (const std::size_t count : kCounts) {
        for (const std::size_t first : kFirsts) {
          check::About of(std::to_string(count) + " sequences from " + std::to_string(first));
          std::vector<Sequence> batch;
          for (std::size_t i = 0; i < count; ++i) batch.push_back(all[(first + i) % all.size()]);
          const std::vector<Answer> answers = together(frozen, batch, threads);
          for (std::size_t i = 0; i < count; ++i) CHECK(answers[i] == alone[(first + i) % all.size()]);
        }
      }
    }
  }
}

TEST("a sequence's answer has the same bits step by step, in chunks, and beside other streams") {
  const std::vector<Sequence> all = sequences();
  for (const Network& network : networks()) {
    if (network.bidirectional) continue;  // needs the end of the sequence
    check::About about(network.name());
    Model model(network.spec(), 7), frozen(model, network.precision);
    const std::vector<Answer> alone = each_alone(frozen, all);
    for (const std::int32_t chunk : {1, 5}) {
      check::About in("chunks of " + std::to_string(chunk));
      for (std::size_t s = 0; s < all.size(); ++s) CHECK(streamed(frozen, {all[s]}, chunk)[0] == alone[s].y);
      for (const std::size_t streams : {2, 3, 9, 20}) {
        std::vector<Sequence> others;
        for (std::size_t i = 1; i < streams; ++i) others.push_back(sequence(all[2].length(), 300 + i));
        others.insert(others.begin() + static_cast<std::ptrdiff_t>(streams / 2), all[2]);
        CHECK(streamed(frozen, others, chunk)[streams / 2] == alone[2].y);
      }
    }
  }
}

TEST("layers wide enough to be split among threads keep their bits") {
  for (const char* cell : {"rnn", "lstm", "gru", "gru_reset_before", "lstm_projected", "lstm peepholes=true", "lstm layer_norm=true",
                           "lstm_projected layer_norm=true", "min_lstm"}) {
    for (const std::int64_t size : {256, 275}) {
      for (const bool both : {false, true}) {
        const Network network{size % 2 == 0 ? TG_FLOAT32 : TG_INT8, cell, size, 1, both};
        check::About about(network.name());
        Model model(network.spec(), 3), frozen(model, network.precision);
        const std::vector<Sequence> all = {sequence(20, 1), sequence(3, 2), sequence(11, 3)};
        const std::vector<Answer> alone = each_alone(frozen, all);
        for (const int threads : {1, 2, 3}) {
          check::About on(std::to_string(threads) + " threads");
          for (std::size_t i = 0; i < all.size(); ++i) CHECK(together(frozen, {all[i]}, threads)[0] == alone[i]);
          CHECK(together(frozen, all, threads) == alone);
        }
      }
    }
  }
}

TEST("rows that are looked up have the same bits in any batch, step by step, and on any number of threads") {
  const std::string spec =
      "words = ids axis=time\ne = embedding words rows=30 cols=24\nf = embedding words rows=30 cols=150\ng = linear f cols=24\n"
      "hot = one_hot words rows=30\na = linear hot cols=24\ns = add e a g\nh = recurrent hot cell=gru size=24\n"
      "t = concat s h\nk = linear t cols=24\ny = tied_linear k to=e\n";
  Model model(spec, 7);
  std::vector<Ids> all;
  for (const std::size_t length : {7, 1, 12, 3, 12, 5}) all.push_back(random_ids(length, 30, 40 + all.size()));
  for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
    check::About about("precision " + std::to_string(precision));
    Model frozen(model, precision);
    const auto answer = [&](const std::vector<Ids>& batch_of, int threads) {
      Ids lengths, packed;
      for (const Ids& one : batch_of) lengths.push_back(static_cast<std::int32_t>(one.size()));
      std::size_t rows = 0;
      for (const Ids& one : batch_of) rows += one.size();
      packed.resize(rows);
      for (std::size_t n = 0; n < batch_of.size(); ++n) {
        for (std::int32_t t = 0; t < lengths[n]; ++t) packed[packed_row(lengths, t, static_cast<std::int64_t>(n))] = batch_of[n][t];
      }
      Batch batch(frozen);
      batch.lengths("time", lengths).feed_ids("words", packed);
      Session session(frozen, TG_INFER);
      ok(tg_session_threads(session.get(), threads));
      session.forward(batch);
      const Reals y = session.output("y");
      std::vector<Reals> answers(batch_of.size());
      for (std::size_t n = 0; n < batch_of.size(); ++n) {
        for (std::int32_t t = 0; t < lengths[n]; ++t) append_row(&answers[n], y, packed_row(lengths, t, static_cast<std::int64_t>(n)), 30);
      }
      return answers;
    };
    std::vector<Reals> alone;
    for (const Ids& one : all) alone.push_back(answer({one}, 1)[0]);
    for (const int threads : {1, 2, 3}) CHECK(answer(all, threads) == alone);
    for (std::size_t n = 0; n < all.size(); ++n) {
      Session session(frozen, TG_INFER);
      ok(tg_session_carry(session.get(), 1));
      Reals steps;
      for (const std::int32_t id : all[n]) {
        Batch batch(frozen);
        batch.lengths("time", {1}).feed_ids("words", {id});
        session.step(batch);
        append_row(&steps, session.output("y"), 0, 30);
      }
      CHECK(steps == alone[n]);
    }
  }
}
