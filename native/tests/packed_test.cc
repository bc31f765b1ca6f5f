// Packed rows against their definition, and the recurrent op against steps made by hand.
#include <cmath>
#include <algorithm>
#include <numeric>

#include "check.h"
#include "network.h"

namespace {

#ifdef TG_DOUBLE
constexpr double kClose = 1e-12;
#else
constexpr double kClose = 2e-6;
#endif

// Lengths of n sequences, 1 to longest.
Ids random_lengths(std::size_t n, std::int32_t longest, std::uint64_t seed) {
  Ids lengths = random_ids(n, longest, seed);
  for (auto& length : lengths) ++length;
  return lengths;
}

}  // namespace

TEST("rank and offset are where the definition puts every row") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Ids lengths = random_lengths(1 + seed % 9, 1 + static_cast<std::int32_t>(seed % 6), seed);
    const std::int32_t longest = *std::max_element(lengths.begin(), lengths.end());
    Ids rank(lengths.size());
    std::vector<std::int64_t> offset(static_cast<std::size_t>(longest) + 1);
    ok(tg_pack_rows(lengths.data(), static_cast<std::int32_t>(lengths.size()), rank.data(), offset.data(),
                    static_cast<std::int64_t>(offset.size())));
    check::About about("seed " + std::to_string(seed));
    CHECK_EQUAL(offset[0], 0);
    CHECK_EQUAL(offset.back(), std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0}));
    for (std::size_t s = 0; s < lengths.size(); ++s) {
      for (std::int32_t t = 0; t < lengths[s]; ++t) {
        CHECK_EQUAL(offset[static_cast<std::size_t>(t)] + rank[s], packed_row(lengths, t, static_cast<std::int64_t>(s)));
      }
    }
    for (std::int32_t t = 0; t < longest; ++t) {
      std::int64_t active = 0;
      for (const auto length : lengths) active += length > t;
      CHECK_EQUAL(offset[static_cast<std::size_t>(t) + 1] - offset[static_cast<std::size_t>(t)], active);
    }
  }
}

TEST("either output of tg_pack_rows may be left out, and bad lengths are refused") {
  const Ids lengths = {2, 3};
  Ids rank(2);
  std::vector<std::int64_t> offset(4);
  ok(tg_pack_rows(lengths.data(), 2, rank.data(), nullptr, 0));
  ok(tg_pack_rows(lengths.data(), 2, nullptr, offset.data(), 4));
  CHECK_EQUAL(rank[0], 1);
  CHECK_EQUAL(offset[3], 5);
  for (const std::int32_t bad : {0, -1, -2000000000}) {
    const Ids wrong = {2, bad};
    CHECK_EQUAL(tg_pack_rows(wrong.data(), 2, rank.data(), nullptr, 0), TG_INVALID_ARGUMENT);
    CHECK(std::string(tg_last_error()).find(std::to_string(bad)) != std::string::npos);
  }
  CHECK_EQUAL(tg_pack_rows(lengths.data(), 0, rank.data(), nullptr, 0), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_pack_rows(lengths.data(), -1, rank.data(), nullptr, 0), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_pack_rows(nullptr, 2, rank.data(), nullptr, 0), TG_INVALID_ARGUMENT);
}

TEST("tg_pack_rows writes no more offsets than there is room for, and nothing at all where that is too little") {
  const Ids lengths = {2, 3};
  for (const std::int64_t room : {3, 1, 0, -1}) {
    Ids rank(2, 9);
    std::vector<std::int64_t> offset(4, 9);
    CHECK_EQUAL(tg_pack_rows(lengths.data(), 2, rank.data(), offset.data(), room), TG_INVALID_ARGUMENT);
    CHECK(std::string(tg_last_error()).find("room for " + std::to_string(room) + " elements; lengths up to 3 need 4") != std::string::npos);
    CHECK(rank == Ids(2, 9));
    CHECK(offset == std::vector<std::int64_t>(4, 9));
  }
  std::vector<std::int64_t> larger(6, 9);
  ok(tg_pack_rows(lengths.data(), 2, nullptr, larger.data(), 6));
  CHECK(larger == std::vector<std::int64_t>({0, 2, 4, 5, 9, 9}));
}

TEST("[X, H] times [Wxh; Whh] is X times Wxh plus H times Whh") {
  constexpr std::int64_t I = 3, H = 4, B = 5;
  Model model("x = input axis=time cols=3\nh0 = input axis=time per=sequence cols=4\nh = recurrent x cell=rnn size=4 h0=h0\n");
  const Reals x = random_reals(B * I, 1), h0 = random_reals(B * H, 2);
  const Reals wx = random_reals(H * I, 3), wh = random_reals(H * H, 4), bx = random_reals(H, 5), bh = random_reals(H, 6);
  model.set("h.weight_ih_l0", wx);
  model.set("h.weight_hh_l0", wh);
  model.set("h.bias_ih_l0", bx);
  model.set("h.bias_hh_l0", bh);
  Batch batch(model);
  batch.lengths("time", Ids(B, 1)).feed("x", x).feed("h0", h0);
  Session session(model);
  session.forward(batch);
  const Reals h = session.output("h");

  // The joined product: a row [x, h] of I + H columns times the stacked, transposed weights.
  for (std::int64_t b = 0; b < B; ++b) {
    std::vector<double> joined(x.begin() + b * I, x.begin() + (b + 1) * I);
    joined.insert(joined.end(), h0.begin() + b * H, h0.begin() + (b + 1) * H);
    for (std::int64_t j = 0; j < H; ++j) {
      double sum = double{bx[j]} + bh[j];
      for (std::int64_t i = 0; i < I + H; ++i) sum += joined[i] * (i < I ? wx[j * I + i] : wh[j * H + i - I]);
      CHECK_CLOSE(h[b * H + j], std::tanh(sum), kClose);
    }
  }
}

TEST("a ragged batch gives each sequence what it gets alone, in whatever order they stand") {
  for (const char* cell : {"rnn", "lstm", "gru"}) {
    for (const bool both : {false, true}) {
      const std::string spec = std::string("x = input axis=time cols=3 gradient=true\nh = recurrent x size=4 layers=2 cell=") + cell +
                               (both ? " bidirectional=true\n" : "\n");
      check::About about(spec);
      Model model(spec);
      Session together(model), alone(model);
      const Ids lengths = {2, 5, 1, 5, 3};
      const std::int64_t cols = both ? 8 : 4;
      const Reals all = random_reals(16 * 3, 3), seed = random_reals(16 * static_cast<std::size_t>(cols), 4);
      Batch batch(model);
      batch.lengths("time", lengths).feed("x", all);
      together.forward(batch);
      together.backward({{"h", seed}});
      const Reals h = together.output("h"), dx = together.gradient("x"), h_n = together.output("h.h_n");
      Reals sum(together.parameter_gradient("h.weight_hh_l0").size());
      for (std::size_t s = 0; s < lengths.size(); ++s) {
        Reals x, w;
        for (std::int32_t t = 0; t < lengths[s]; ++t) {
          const auto row = packed_row(lengths, t, static_cast<std::int64_t>(s));
          x.insert(x.end(), all.begin() + row * 3, all.begin() + row * 3 + 3);
          w.insert(w.end(), seed.begin() + row * cols, seed.begin() + row * cols + cols);
        }
        Batch one(model);
        one.lengths("time", {lengths[s]}).feed("x", x);
        alone.forward(one);
        ok(tg_session_zero_gradients(alone.get()));
        alone.backward({{"h", w}});
        const Reals own_h = alone.output("h"), own_dx = alone.gradient("x"), own_h_n = alone.output("h.h_n");
        for (std::int32_t t = 0; t < lengths[s]; ++t) {
          const auto row = packed_row(lengths, t, static_cast<std::int64_t>(s));
          for (std::int64_t c = 0; c < cols; ++c) CHECK_CLOSE(h[row * cols + c], own_h[t * cols + c], kClose);
          for (std::int64_t c = 0; c < 3; ++c) CHECK_CLOSE(dx[row * 3 + c], own_dx[t * 3 + c], kClose);
        }
        for (std::size_t c = 0; c < own_h_n.size(); ++c) CHECK_CLOSE(h_n[s * own_h_n.size() + c], own_h_n[c], kClose);
        const Reals gradient = alone.parameter_gradient("h.weight_hh_l0");
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += gradient[i];
      }
      const Reals total = together.parameter_gradient("h.weight_hh_l0");
      for (std::size_t i = 0; i < sum.size(); ++i) CHECK_CLOSE(total[i], sum[i], 5 * kClose);
    }
  }
}

TEST("the number of parameters does not grow with the number of steps") {
  Model model("x = ids axis=time\ne = embedding x rows=7 cols=3\nh = recurrent e cell=gru size=5 layers=2\ny = linear h cols=7\n");
  const auto count = [&] {
    std::int64_t total = 0;
    for (int p = 0; p < model.parameters(); ++p) total += model.parameter(p).dims[0] * model.parameter(p).dims[1];
    return total;
  };
  const std::int64_t expected = 7 * 3 + (15 * 3 + 15 * 5 + 30) + (15 * 5 + 15 * 5 + 30) + (7 * 5 + 7);
  CHECK_EQUAL(count(), expected);
  Session session(model);
  for (const std::int32_t steps : {1, 10, 500}) {
    Batch batch(model);
    batch.lengths("time", {steps}).feed_ids("x", random_ids(static_cast<std::size_t>(steps), 7, 1));
    session.forward(batch);
    CHECK_EQUAL(session.output("y").size(), static_cast<std::size_t>(steps) * 7);
    CHECK_EQUAL(count(), expected);
  }
}
