// attention against its definition, computed number by number; attention_decoder against the attention and recurrent nodes that it is
// made of; and what decoding needs of both: over one encoded source, step by step, in any company, they give the same.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "check.h"
#include "examples.h"
#include "isa/kernels.h"
#include "network.h"

namespace {

const char* const kScores[] = {"dot", "scaled_dot", "general", "additive"};
constexpr std::size_t kWidth = 21, kQuery = 21, kSize = 6;

std::string attribute(const std::string& score) { return " score=" + score + (score == "additive" ? " size=6" : ""); }

std::string spec(const std::string& score, const std::string& per = "step") {
  return "keys = input axis=source cols=21\nx = input axis=target cols=21 per=" + per + "\ny = attention x keys weights=9" +
         attribute(score) + "\n";
}

double dot(const tg_real* a, const tg_real* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

double score_of(const Model& model, const std::string& score, const tg_real* query, const tg_real* key) {
  if (score == "dot") return dot(query, key, kWidth);
  if (score == "scaled_dot") return dot(query, key, kWidth) / std::sqrt(static_cast<double>(kWidth));
  if (score == "general") {
    const Reals weight = model.get("y.weight");
    double sum = 0;
    for (std::size_t i = 0; i < kQuery; ++i) sum += static_cast<double>(query[i]) * dot(weight.data() + i * kWidth, key, kWidth);
    return sum;
  }
  const Reals weight_q = model.get("y.weight_q"), weight_k = model.get("y.weight_k"), v = model.get("y.v");
  double sum = 0;
  for (std::size_t a = 0; a < kSize; ++a) {
    const double asked = dot(weight_q.data() + a * kQuery, query, kQuery), held = dot(weight_k.data() + a * kWidth, key, kWidth);
    sum += static_cast<double>(v[a]) * std::tanh(asked + held);
  }
  return sum;
}

struct Sources {
  Ids lengths;
  Reals keys;  // packed
  const tg_real* key(std::size_t sequence, std::int32_t t) const {
    return keys.data() + static_cast<std::size_t>(packed_row(lengths, t, static_cast<std::int64_t>(sequence))) * kWidth;
  }
};

Sources sources(const Ids& lengths, std::uint64_t seed) {
  std::size_t rows = 0;
  for (const auto length : lengths) rows += static_cast<std::size_t>(length);
  return {lengths, random_reals(rows * kWidth, seed)};
}

// Checks one row of y and of y.weights against the definition.
void check_row(const Model& model, const std::string& score, const Sources& all, std::size_t sequence, const tg_real* query,
               const tg_real* context, const tg_real* weights) {
  const double tolerance = sizeof(tg_real) == 8 ? 1e-13 : 2e-6;
  std::vector<double> expected;
  double greatest = -HUGE_VAL, total = 0;
  for (std::int32_t t = 0; t < all.lengths[sequence]; ++t) {
    expected.push_back(score_of(model, score, query, all.key(sequence, t)));
    greatest = std::max(greatest, expected.back());
  }
  for (double& one : expected) total += one = std::exp(one - greatest);
  for (double& one : expected) one /= total;
  for (std::size_t t = 0; t < 9; ++t) CHECK_CLOSE(weights[t], t < expected.size() ? expected[t] : 0.0, tolerance);
  for (std::size_t c = 0; c < kWidth; ++c) {
    double mean = 0;
    for (std::size_t t = 0; t < expected.size(); ++t) {
      mean += expected[t] * static_cast<double>(all.key(sequence, static_cast<std::int32_t>(t))[c]);
    }
    CHECK_CLOSE(context[c], mean, tolerance);
  }
}

}  // namespace

TEST("every step of a sequence looks at the keys of the sequence of the same number, whatever the lengths on either axis") {
  for (const char* score : kScores) {
    check::About about(score);
    Model model(spec(score), 5);
    const Sources all = sources({2, 7, 1, 9, 7}, 1);
    const Ids targets = {3, 1, 5, 2, 4};
    const Reals queries = random_reals(15 * kQuery, 2);
    Batch batch(model);
    batch.lengths("source", all.lengths).lengths("target", targets).feed("keys", all.keys).feed("x", queries);
    for (const tg_mode mode : {TG_INFER, TG_TRAIN}) {
      Session session(model, mode);
      session.forward(batch);
      const Reals y = session.output("y"), weights = session.output("y.weights");
      for (std::size_t s = 0; s < targets.size(); ++s) {
        for (std::int32_t t = 0; t < targets[s]; ++t) {
          const auto row = static_cast<std::size_t>(packed_row(targets, t, static_cast<std::int64_t>(s)));
          check_row(model, score, all, s, queries.data() + row * kQuery, y.data() + row * kWidth, weights.data() + row * 9);
        }
      }
    }
  }
}

TEST("a query per sequence looks at its own sequence") {
  for (const char* score : kScores) {
    check::About about(score);
    Model model(spec(score, "sequence"), 5);
    const Sources all = sources({2, 7, 1, 9, 7}, 1);
    const Reals queries = random_reals(5 * kQuery, 2);
    Batch batch(model);
    batch.lengths("source", all.lengths).lengths("target", Ids(5, 1)).feed("keys", all.keys).feed("x", queries);
    Session session(model, TG_INFER);
    session.forward(batch);
    const Reals y = session.output("y"), weights = session.output("y.weights");
    for (std::size_t s = 0; s < 5; ++s) {
      check_row(model, score, all, s, queries.data() + s * kQuery, y.data() + s * kWidth, weights.data() + s * 9);
    }
  }
}

TEST("scores of any size give weights that add up to one") {
  Model model("k = input axis=a cols=1\nq = input axis=a cols=1 per=sequence\ny = attention q k weights=3\n");
  Batch batch(model);
  batch.lengths("a", {3}).feed("k", {1000, -1000, 999}).feed("q", {1000});
  Session session(model, TG_INFER);
  session.forward(batch);
  CHECK(session.output("y.weights") == Reals({1, 0, 0}));
  CHECK(session.output("y") == Reals({1000}));
}

namespace {

// Decoders whose steps look at an encoded source, as a translator has them: after each step, or before it and with every cell.
std::vector<std::string> translators() {
  const std::string encoder =
      "words = input axis=source cols=3\n"
      "enc = recurrent words cell=gru size=13 bidirectional=true\n"
      "keys = linear enc cols=21\n"
      "start = linear enc.h_n cols=21\n"
      "x = input axis=target cols=5\n";
  std::vector<std::string> specs;
  for (const char* score : kScores) {
    specs.push_back(encoder + "h = recurrent x cell=gru size=21 h0=start\ny = attention h keys weights=9" + attribute(score) +
                    "\nall = concat h y y.weights\n");
    specs.push_back(encoder + "h = attention_decoder x keys cell=lstm size=21 h0=start weights=9 score=" + score +
                    "\nall = concat h h.context h.weights\n");
  }
  for (const std::string& cell : cells_with_settings()) {
    const std::string size = cell.find("projected") != std::string::npos ? " size=30 proj=21" : " size=21";
    specs.push_back(encoder + "h = attention_decoder x keys attention_size=6 weights=9 h0=start cell=" + cell + size +
                    "\nall = concat h h.context h.weights\n");
  }
  return specs;
}

std::string decoder_of(const std::string& spec) { return spec.substr(spec.find("\nh = ") + 1); }

struct Pair {
  Reals source, target;  // [length, 3], [length, 5]
  std::int32_t sources() const { return static_cast<std::int32_t>(source.size() / 3); }
  std::int32_t targets() const { return static_cast<std::int32_t>(target.size() / 5); }
};

std::vector<Pair> pairs() {
  const int lengths[][2] = {{4, 6}, {9, 2}, {1, 6}, {9, 8}, {3, 1}, {7, 7}, {2, 5}, {5, 6}, {6, 4}, {8, 3}};
  std::vector<Pair> all;
  for (const auto& [source, target] : lengths) {
    all.push_back({random_reals(static_cast<std::size_t>(source) * 3, all.size()),
                   random_reals(static_cast<std::size_t>(target) * 5, 50 + all.size())});
  }
  return all;
}

Reals packed(const std::vector<Pair>& all, const Ids& lengths, Reals Pair::*what, std::size_t cols) {
  Reals rows;
  for (const Pair& one : all) rows.resize(rows.size() + (one.*what).size());
  for (std::size_t s = 0; s < all.size(); ++s) {
    for (std::int32_t t = 0; t < lengths[s]; ++t) {
      std::copy_n((all[s].*what).begin() + t * static_cast<std::ptrdiff_t>(cols), cols,
                  rows.begin() + packed_row(lengths, t, static_cast<std::int64_t>(s)) * static_cast<std::ptrdiff_t>(cols));
    }
  }
  return rows;
}

void encode(const std::vector<Pair>& all, Batch* batch) {
  Ids lengths;
  for (const Pair& one : all) lengths.push_back(one.sources());
  batch->lengths("source", lengths).feed("words", packed(all, lengths, &Pair::source, 3));
}

// Each pair's rows of `all`.
std::vector<Reals> together(Model& model, const std::vector<Pair>& all, int threads) {
  Batch batch(model);
  encode(all, &batch);
  Ids lengths;
  for (const Pair& one : all) lengths.push_back(one.targets());
  batch.lengths("target", lengths).feed("x", packed(all, lengths, &Pair::target, 5));
  Session session(model, TG_INFER);
  ok(tg_session_threads(session.get(), threads));
  session.forward(batch);
  const Reals rows = session.output("all");
  const std::size_t cols = rows.size() / (batch.reals().at(model.find("x")).size() / 5);
  std::vector<Reals> answers(all.size());
  for (std::size_t s = 0; s < all.size(); ++s) {
    for (std::int32_t t = 0; t < lengths[s]; ++t) {
      const auto row = rows.begin() + packed_row(lengths, t, static_cast<std::int64_t>(s)) * static_cast<std::ptrdiff_t>(cols);
      answers[s].insert(answers[s].end(), row, row + static_cast<std::ptrdiff_t>(cols));
    }
  }
  return answers;
}

// The sources encoded once, then the decoder step by step; all pairs have equally many steps.
std::vector<Reals> stepped(Model& model, const std::vector<Pair>& all) {
  Session session(model, TG_INFER);
  Batch source(model);
  encode(all, &source);
  session.forward(source);
  std::vector<Reals> answers(all.size());
  for (std::int32_t t = 0; t < all[0].targets(); ++t) {
    Batch step(model);
    Reals rows;
    for (const Pair& one : all) rows.insert(rows.end(), one.target.begin() + t * 5, one.target.begin() + t * 5 + 5);
    step.lengths("target", Ids(all.size(), 1)).feed("x", rows);
    session.step(step);
    const Reals made = session.output("all");
    const auto cols = static_cast<std::ptrdiff_t>(made.size() / all.size());
    for (std::size_t s = 0; s < all.size(); ++s) {
      const auto row = made.begin() + static_cast<std::ptrdiff_t>(s) * cols;
      answers[s].insert(answers[s].end(), row, row + cols);
    }
  }
  return answers;
}

bool same_bits(const Reals& a, const Reals& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(tg_real)) == 0;
}

}  // namespace

TEST("a frozen model's attention has the same bits alone, in any batch, step by step and on any number of threads") {
  const std::vector<Pair> all = pairs();
  for (const std::string& spec : translators()) {
    for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
      check::About about(decoder_of(spec) + ", precision " + std::to_string(precision));
      Model model(spec, 7), frozen(model, precision);
      std::vector<Reals> alone;
      for (const Pair& one : all) alone.push_back(together(frozen, {one}, 1)[0]);
      for (std::size_t s = 0; s < all.size(); ++s) CHECK(same_bits(stepped(frozen, {all[s]})[0], alone[s]));
      for (const int threads : {1, 2, 3}) {
        for (std::size_t first = 0; first < all.size(); first += 3) {
          std::vector<Pair> batch(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
          batch.insert(batch.end(), all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first));
          const std::vector<Reals> answers = together(frozen, batch, threads);
          for (std::size_t i = 0; i < all.size(); ++i) CHECK(same_bits(answers[i], alone[(first + i) % all.size()]));
        }
      }
      const std::vector<Reals> beams = stepped(frozen, {all[0], all[2], all[7]});
      CHECK(same_bits(beams[0], alone[0]));
      CHECK(same_bits(beams[1], alone[2]));
      CHECK(same_bits(beams[2], alone[7]));
    }
  }
}

TEST("a decoder that is not frozen gives step by step what it gives at once") {
  const std::vector<Pair> all = pairs();
  for (const std::string& spec : translators()) {
    check::About about(decoder_of(spec));
    Model model(spec, 7);
    for (const Pair& one : all) {
      const Reals whole = together(model, {one}, 1)[0], steps = stepped(model, {one})[0];
      REQUIRE(whole.size() == steps.size());
      for (std::size_t i = 0; i < whole.size(); ++i) CHECK_CLOSE(steps[i], whole[i], sizeof(tg_real) == 8 ? 1e-13 : 2e-6);
    }
  }
}

TEST("gradients are the same on several threads but for rounding") {
  const std::vector<Pair> all = pairs();
  for (const std::string& spec : translators()) {
    check::About about(decoder_of(spec));
    Model model(spec, 7);
    Batch batch(model);
    encode(all, &batch);
    Ids lengths;
    for (const Pair& one : all) lengths.push_back(one.targets());
    batch.lengths("target", lengths).feed("x", packed(all, lengths, &Pair::target, 5));
    std::vector<Reals> expected;
    for (const int threads : {1, 2, 3}) {
      Session session(model, TG_TRAIN);
      ok(tg_session_threads(session.get(), threads));
      session.forward(batch);
      session.backward({{"all", random_reals(session.output("all").size(), 3)}});
      for (int p = 0; p < model.parameters(); ++p) {
        const Reals gradient = session.parameter_gradient(model.parameter(p).name);
        if (threads == 1) expected.push_back(gradient);
        const Reals& alone = expected[static_cast<std::size_t>(p)];
        for (std::size_t i = 0; i < gradient.size(); ++i) {
          CHECK_CLOSE(gradient[i], alone[i], (sizeof(tg_real) == 8 ? 1e-13 : 1e-5) * std::max(1.0, std::abs(static_cast<double>(alone[i]))));
        }
      }
    }
  }
}

TEST("another source in the same session is looked at anew, frozen or not") {
  const std::vector<Pair> all = pairs();
  for (const std::string& spec : translators()) {
    check::About about(decoder_of(spec));
    Model model(spec, 7), frozen(model, TG_FLOAT32);
    for (Model* each : {&model, &frozen}) {
      Session session(*each, TG_INFER);
      for (const Pair& one : all) {
        Batch source(*each), step(*each);
        encode({one}, &source);
        session.forward(source);
        ok(tg_session_reset(session.get()));
        step.lengths("target", {1}).feed("x", Reals(one.target.begin(), one.target.begin() + 5));
        session.step(step);
        CHECK(same_bits(session.output("all"), stepped(*each, {{one.source, Reals(one.target.begin(), one.target.begin() + 5)}})[0]));
      }
    }
  }
}

namespace {

// attention_decoder's parameters in the nodes that it is made of: its two input weights are recurrent's one, side by side.
void take_apart(const Model& whole, Model& parts, std::size_t x_cols, std::size_t key_cols) {
  const Reals of_x = whole.get("h.weight_ih_l0"), of_context = whole.get("h.weight_ch_l0");
  const std::size_t rows = of_x.size() / x_cols;
  Reals joined;
  for (std::size_t r = 0; r < rows; ++r) {
    joined.insert(joined.end(), of_x.data() + r * x_cols, of_x.data() + (r + 1) * x_cols);
    joined.insert(joined.end(), of_context.data() + r * key_cols, of_context.data() + (r + 1) * key_cols);
  }
  parts.set("h.weight_ih_l0", joined);
  for (int p = 0; p < parts.parameters(); ++p) {
    const std::string name = parts.parameter(p).name;
    if (name != "h.weight_ih_l0") parts.set(name, whole.get("h" + name.substr(name.find('.'))));
  }
}

std::string made_of(const std::string& cell, const std::string& score) {
  const std::string projection = cell.find("projected") != std::string::npos ? " proj=4" : "";
  return "keys = input axis=source cols=4\n"
         "q = input axis=source per=sequence cols=4\n"
         "a = attention q keys weights=9 score=" + score + "\n"
         "both = input axis=target cols=7\n"
         "h = recurrent both cell=" + cell + " size=" + (projection.empty() ? "4" : "6") + projection + "\n";
}

}  // namespace

TEST("chunks of a decoder with a carried state give what one long sequence gives") {
  for (const std::string& cell : cells_with_settings()) {
    check::About about(cell);
    const std::string proj = cell.find("projected") != std::string::npos ? " proj=3" : "";
    Model model("keys = input axis=source cols=4\nx = input axis=target cols=3\nh = attention_decoder x keys size=5 cell=" + cell +
                proj + "\n");
    const Reals keys = random_reals(6 * 4, 1), x = random_reals(5 * 2 * 3, 2);
    Batch all(model);
    all.lengths("source", {4, 2}).lengths("target", {5, 5}).feed("keys", keys).feed("x", x);
    Session whole(model, TG_INFER), chunked(model, TG_INFER);
    whole.forward(all);
    ok(tg_session_carry(chunked.get(), 1));
    Batch source(model);
    source.lengths("source", {4, 2}).feed("keys", keys);
    chunked.forward(source);
    Reals joined;
    for (const auto& [from, steps] : {std::pair<int, int>{0, 2}, {2, 3}}) {
      Batch chunk(model);
      chunk.lengths("target", {steps, steps}).feed("x", Reals(x.begin() + from * 6, x.begin() + (from + steps) * 6));
      chunked.forward(chunk);
      const Reals h = chunked.output("h");
      joined.insert(joined.end(), h.begin(), h.end());
    }
    const Reals expected = whole.output("h");
    REQUIRE(joined.size() == expected.size());
    for (std::size_t i = 0; i < joined.size(); ++i) CHECK_CLOSE(joined[i], expected[i], sizeof(tg_real) == 8 ? 1e-13 : 2e-6);
  }
}

TEST("the decoder's every step is attention, then a step of the recurrent layer over x beside the context") {
  const double tolerance = sizeof(tg_real) == 8 ? 1e-13 : 2e-6;
  const Ids sources = {3, 9, 1, 4}, targets = {2, 4, 5, 1};
  for (const std::string& cell : cells_with_settings()) {
    for (const char* score : kScores) {
      check::About about(cell + " with " + score);
      const bool projected = cell.find("projected") != std::string::npos;
      Model whole("keys = input axis=source cols=4\nx = input axis=target cols=3\nh = attention_decoder x keys weights=9 cell=" + cell +
                  " size=" + (projected ? "6 proj=4" : "4") + " score=" + score + "\n", 3);
      Model parts(made_of(cell, score));
      take_apart(whole, parts, 3, 4);
      const Reals keys = random_reals(17 * 4, 1), x = random_reals(12 * 3, 2);
      Batch all(whole);
      all.lengths("source", sources).lengths("target", targets).feed("keys", keys).feed("x", x);
      for (const tg_mode mode : {TG_INFER, TG_TRAIN}) {
        Session session(whole, mode);
        session.forward(all);
        const Reals h = session.output("h"), contexts = session.output("h.context"), weights = session.output("h.weights");
        const Reals last = session.output("h.h_n");
        for (std::size_t s = 0; s < sources.size(); ++s) {
          Reals own;
          for (std::int32_t t = 0; t < sources[s]; ++t) {
            const auto row = keys.begin() + packed_row(sources, t, static_cast<std::int64_t>(s)) * 4;
            own.insert(own.end(), row, row + 4);
          }
          Session steps(parts, TG_INFER);
          Reals before(4, 0);
          for (std::int32_t t = 0; t < targets[s]; ++t) {
            const auto row = static_cast<std::size_t>(packed_row(targets, t, static_cast<std::int64_t>(s)));
            Batch asked(parts), step(parts);
            asked.lengths("source", {sources[s]}).feed("keys", own).feed("q", before);
            steps.forward(asked);
            const Reals context = steps.output("a"), looked = steps.output("a.weights");
            Reals both(x.begin() + static_cast<std::ptrdiff_t>(row) * 3, x.begin() + static_cast<std::ptrdiff_t>(row) * 3 + 3);
            both.insert(both.end(), context.begin(), context.end());
            step.lengths("target", {1}).feed("both", both);
            steps.step(step);
            before = steps.output("h");
            for (std::size_t c = 0; c < 4; ++c) CHECK_CLOSE(contexts[row * 4 + c], context[c], tolerance);
            for (std::size_t c = 0; c < 4; ++c) CHECK_CLOSE(h[row * 4 + c], before[c], tolerance);
            for (std::size_t c = 0; c < 9; ++c) CHECK_CLOSE(weights[row * 9 + c], looked[c], tolerance);
          }
          for (std::size_t c = 0; c < 4; ++c) CHECK_CLOSE(last[s * 4 + c], before[c], tolerance);
        }
      }
    }
  }
}

TEST("numbers of sequences that differ, and keys longer than the port, are refused by name") {
  const std::string inputs = spec("dot").substr(0, spec("dot").find("y ="));
  Model attention(spec("dot")), decoder(inputs + "y = attention_decoder x keys cell=gru size=21 weights=9\n");
  const auto refused_by = [&](Model& model, const Ids& source, const Ids& target, const std::vector<std::string>& names) {
    Session session(model, TG_INFER);
    Batch batch(model);
    std::size_t sources = 0, targets = 0;
    for (const auto n : source) sources += static_cast<std::size_t>(n);
    for (const auto n : target) targets += static_cast<std::size_t>(n);
    batch.lengths("source", source).lengths("target", target).feed("keys", Reals(sources * kWidth)).feed("x", Reals(targets * kQuery));
    CHECK_EQUAL(tg_session_forward(session.get(), batch.get(), nullptr), TG_INVALID_ARGUMENT);
    for (const std::string& name : names) {
      check::About about(tg_last_error());
      CHECK(std::string(tg_last_error()).find(name) != std::string::npos);
    }
  };
  const auto refused = [&](const Ids& source, const Ids& target, const std::vector<std::string>& names) {
    refused_by(attention, source, target, names);
    refused_by(decoder, source, target, names);
  };
  refused({3, 2}, {1, 1, 1}, {"'y'", "'keys'", "2 sequences", "expected 3", "'x'"});
  refused({10, 2}, {1, 1}, {"'y'", "'keys'", "10 steps", "weights=9"});
}
