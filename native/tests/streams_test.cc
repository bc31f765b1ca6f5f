// Many streams over one model: each has the bits that it has in a session of its own, whoever steps with it, and misuse is refused.
#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "check.h"
#include "examples.h"
#include "isa/kernels.h"

namespace {

constexpr std::size_t kCols = 5;

class Streams {
 public:
  Streams(Model& model, const std::string& value, std::int32_t capacity) : model_(model), value_(model.value(value)) {
    ok(tg_streams_create(model.get(), model.find(value), capacity, &streams_));
  }
  Streams(const Streams&) = delete;
  ~Streams() { tg_streams_destroy(streams_); }
  tg_streams* get() const { return streams_; }

  std::int64_t open() {
    std::int64_t stream;
    ok(tg_streams_open(streams_, &stream));
    return stream;
  }
  std::int64_t open(const std::vector<char>& state) {
    std::int64_t stream;
    ok(tg_streams_open_state(streams_, state.data(), static_cast<std::int64_t>(state.size()), &stream));
    return stream;
  }
  void close(std::int64_t stream) { ok(tg_streams_close(streams_, stream)); }
  std::vector<char> state(std::int64_t stream) {
    std::int64_t size;
    ok(tg_streams_state_bytes(streams_, stream, &size));
    std::vector<char> bytes(static_cast<std::size_t>(size));
    ok(tg_streams_save_state(streams_, stream, bytes.data(), size));
    return bytes;
  }
  // The rows of each stream, for one input of reals.
  std::vector<Reals> step(const std::vector<std::int64_t>& streams, const Reals& x, std::size_t most = 1) {
    const tg_feed feed = {model_.find("x"), x.data(), static_cast<std::int64_t>(x.size())};
    const std::size_t cols = static_cast<std::size_t>(value_.cols);
    Reals output(streams.size() * most * cols);
    Ids rows(streams.size());
    ok(tg_streams_step(streams_, streams.data(), static_cast<std::int32_t>(streams.size()), &feed, 1, output.data(),
                       static_cast<std::int64_t>(output.size()), rows.data()));
    std::vector<Reals> each;
    auto at = output.begin();
    for (const std::int32_t count : rows) {
      each.emplace_back(at, at + count * static_cast<std::ptrdiff_t>(cols));
      at += count * static_cast<std::ptrdiff_t>(cols);
    }
    return each;
  }

 private:
  Model& model_;
  const tg_value value_;
  tg_streams* streams_ = nullptr;
};

std::vector<char> saved(const Session& session) {
  std::int64_t size;
  ok(tg_session_state_bytes(session.get(), &size));
  std::vector<char> bytes(static_cast<std::size_t>(size));
  ok(tg_session_save_state(session.get(), bytes.data(), size));
  return bytes;
}

bool same(const Reals& a, const Reals& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(tg_real)) == 0);
}

// One stream in a session of its own.
struct Alone {
  Alone(Model& model, const std::string& value)
      : model_(&model), value_(value), session(std::make_unique<Session>(model, TG_INFER)) {}
  Reals step(const Reals& x) {
    const tg_feed feed = {model_->find("x"), x.data(), static_cast<std::int64_t>(x.size())};
    ok(tg_session_step(session->get(), &feed, 1, 0, nullptr, 0));
    return session->output(value_);
  }
  Model* model_;
  std::string value_;
  std::unique_ptr<Session> session;
};

// Streams that are opened, step in sets that change, move to another pool, and are closed, by chance; beside a session for each.
void follow(Model& model, const std::string& value, std::size_t cols, std::size_t most, bool states, std::uint64_t seed, int turns) {
  constexpr std::int32_t kRoom = 9;
  Streams here(model, value, kRoom), there(model, value, kRoom);
  std::map<std::int64_t, Alone> alone;
  std::map<std::int64_t, bool> moved;
  std::vector<std::int64_t> last;
  for (int turn = 0; turn < turns; ++turn) {
    const Ids draw = random_ids(40, 1 << 16, seed + static_cast<std::uint64_t>(turn));
    while (alone.size() < 2 || (alone.size() < kRoom && draw[0] % 3 == static_cast<std::int32_t>(alone.size() % 3))) {
      alone.emplace(here.open(), Alone(model, value));
    }
    std::vector<std::int64_t> chosen[2];
    int i = 1;
    for (const auto& each : alone) {
      if (draw[i++] % 3 > 0) chosen[moved[each.first]].push_back(each.first);
    }
    if (draw[20] % 2 == 0) std::reverse(chosen[0].begin(), chosen[0].end());
    if (draw[21] % 3 == 0 && !last.empty()) chosen[0] = last;  // the same as before
    for (int pool = 0; pool < 2; ++pool) {
      if (chosen[pool].empty()) continue;
      const Reals x = random_reals(chosen[pool].size() * cols, seed + 1000 + static_cast<std::uint64_t>(turn));
      const std::vector<Reals> y = (pool == 0 ? here : there).step(chosen[pool], x, most);
      for (std::size_t s = 0; s < y.size(); ++s) {
        const auto begin = x.begin() + static_cast<std::ptrdiff_t>(s * cols);
        CHECK(same(y[s], alone.at(chosen[pool][s]).step(Reals(begin, begin + static_cast<std::ptrdiff_t>(cols)))));
      }
    }
    last = chosen[0];
    const auto one = std::next(alone.begin(), draw[22] % static_cast<std::int32_t>(alone.size()));
    Streams& its = moved[one->first] ? there : here;
    if (states) CHECK(its.state(one->first) == saved(*one->second.session));
    if (draw[23] % 3 == 0 || (draw[23] % 3 == 1 && moved[one->first])) {
      its.close(one->first);
      alone.erase(one);
      last.clear();
    } else if (draw[23] % 3 == 1) {  // to the other pool
      const std::int64_t number = there.open(here.state(one->first));
      here.close(one->first);
      moved[number] = true;
      alone.emplace(number, std::move(one->second));
      alone.erase(one);
      last.clear();
    }
  }
}

const char* const kSpec = "x = input axis=time cols=5\nh = recurrent x cell=lstm size=7\ny = linear h cols=3\n";

std::string refused(tg_status status, tg_status expected) {
  CHECK_EQUAL(status, expected);
  return tg_last_error();
}

std::string refused_value(const std::string& spec, const std::string& value) {
  Model model(spec), frozen(model, TG_FLOAT32);
  tg_streams* streams = nullptr;
  const std::string said = refused(tg_streams_create(frozen.get(), frozen.find(value), 4, &streams), TG_INVALID_ARGUMENT);
  CHECK(streams == nullptr);
  return said;
}

bool says(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return true;
  check::fail(__FILE__, __LINE__, "'" + text + "' does not say '" + part + "'");
  return false;
}

}  // namespace

TEST("each stream has the bits of a session of its own, for every cell and precision") {
  std::uint64_t seed = 1;
  for (const std::string& cell : cells_with_settings()) {
    for (const int size : {7, 33}) {
      const std::string layers = size == 7 ? " layers=2" : "", proj = cell.find("projected") != std::string::npos ? " proj=6" : "";
      Model model("x = input axis=time cols=5\nm = linear x cols=6\nh = recurrent m cell=" + cell + " size=" + std::to_string(size) +
                      layers + proj + "\ny = linear h cols=3\nz = recurrent y cell=gru size=4\n", seed);
      for (const tg_precision precision : {TG_FLOAT32, TG_BFLOAT16, TG_INT8}) {
        check::About about(cell + " " + std::to_string(size) + " precision " + std::to_string(precision));
        Model frozen(model, precision);
        follow(frozen, size == 7 ? "y" : "z", kCols, 1, true, seed += 100, 12);
      }
    }
  }
}

TEST("a stream of windows shows the rows that it completed, whatever its neighbours complete") {
  const std::string x = "x = input axis=time cols=5\n";
  for (const char* const windows : {"w = frames x size=3 stride=2\n", "w = conv1d x filters=4 kernel=3 stride=3 pad=2,0\n",
                                    "w = pool x kind=max window=2\n", "u = frames x size=2\nw = upsample u factor=3\n"}) {
    check::About about(windows);
    Model model(x + windows + "h = recurrent w cell=gru size=6\n"), frozen(model, TG_FLOAT32);
    follow(frozen, "h", kCols, 3, false, 7, 60);
  }
}

TEST("an output per sequence, and inputs per sequence that are fed in each step") {
  Model model("x = input axis=time cols=5\nwho = ids axis=time per=sequence\ne = embedding who rows=4 cols=3\n"
              "h = recurrent x cell=gru size=6\np = pool h kind=last\nb = concat p e\ny = linear b cols=2\n"),
      frozen(model, TG_FLOAT32);
  Streams streams(frozen, "y", 4);
  const std::vector<std::int64_t> both = {streams.open(), streams.open()};
  const Reals x = random_reals(10, 1);
  const Ids who = {2, 1};
  const tg_feed feeds[] = {{frozen.find("who"), who.data(), 2}, {frozen.find("x"), x.data(), 10}};
  Reals y(4);
  ok(tg_streams_step(streams.get(), both.data(), 2, feeds, 2, y.data(), 4, nullptr));
  for (std::size_t s = 0; s < 2; ++s) {
    Session alone(frozen, TG_INFER);
    const tg_feed one[] = {{frozen.find("who"), who.data() + s, 1}, {frozen.find("x"), x.data() + 5 * s, 5}};
    Reals expected(2);
    ok(tg_session_step(alone.get(), one, 2, frozen.find("y"), expected.data(), 2));
    CHECK(same(Reals(y.begin() + static_cast<std::ptrdiff_t>(2 * s), y.begin() + static_cast<std::ptrdiff_t>(2 * s + 2)), expected));
  }
  says(refused(tg_streams_step(streams.get(), both.data(), 2, feeds + 1, 1, y.data(), 4, nullptr), TG_INVALID_ARGUMENT),
       "input 'who' must be given once");
  const tg_feed twice[] = {feeds[1], feeds[1]};
  says(refused(tg_streams_step(streams.get(), both.data(), 2, twice, 2, y.data(), 4, nullptr), TG_INVALID_ARGUMENT), "must be given once");
}

TEST("what is wrong with a step is said before anything runs, and the streams stay as they were") {
  Model model(kSpec), frozen(model, TG_FLOAT32);
  Streams streams(frozen, "y", 3), others(frozen, "y", 3);
  const std::int64_t a = streams.open(), b = streams.open(), gone = streams.open(), foreign = others.open();
  streams.close(gone);
  const Reals x = random_reals(15, 1);
  Alone first(frozen, "y");
  const auto right = [&](std::uint64_t seed) {
    const Reals row = random_reals(5, seed);
    CHECK(same(streams.step({a}, row)[0], first.step(row)));
  };
  Reals y(9);
  const tg_feed feed = {frozen.find("x"), x.data(), 10};
  const auto wrong = [&](const std::vector<std::int64_t>& numbers, const tg_feed& given, std::int64_t room, const char* part) {
    const auto count = static_cast<std::int32_t>(numbers.size());
    says(refused(tg_streams_step(streams.get(), numbers.data(), count, &given, 1, y.data(), room, nullptr), TG_INVALID_ARGUMENT), part);
    right(static_cast<std::uint64_t>(room) + numbers.size());
  };
  right(1);
  wrong({a, gone}, feed, 6, "is none of these");
  wrong({a, foreign}, feed, 6, "is none of these");
  wrong({0, a}, feed, 6, "is none of these");
  wrong({-1, a}, feed, 6, "is none of these");
  wrong({a ^ 1, b}, feed, 6, "is none of these");
  wrong({a, a}, feed, 6, "is given twice");
  wrong({a, b}, feed, 5, "output has room for 5 elements");
  wrong({a}, feed, 3, "input 'x' has 10 elements; 1 stream needs 5");
  wrong({a, b}, {frozen.find("x"), nullptr, 10}, 6, "the data is null");
  wrong({a, b}, {frozen.find("y"), x.data(), 10}, 6, "'y' is no input");
  wrong({a, b}, {99, x.data(), 10}, 6, "value 99 is no input");
  wrong(std::vector<std::int64_t>(5, a), {frozen.find("x"), x.data(), 25}, 15, "a step of 5 streams; expected 1 to 3");
  says(refused(tg_streams_step(streams.get(), &a, 0, &feed, 1, y.data(), 9, nullptr), TG_INVALID_ARGUMENT),
       "input 'x' has 10 elements; 0 streams need 0");
  CHECK_EQUAL(tg_streams_step(streams.get(), nullptr, 1, &feed, 1, y.data(), 9, nullptr), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_streams_step(streams.get(), &a, 1, nullptr, 1, y.data(), 9, nullptr), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_streams_step(streams.get(), &a, 1, &feed, 1, nullptr, 9, nullptr), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_streams_close(streams.get(), gone), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_streams_close(streams.get(), foreign), TG_INVALID_ARGUMENT);
}

TEST("a number is never given again, and a full pool says so") {
  Model model(kSpec), frozen(model, TG_FLOAT32);
  Streams streams(frozen, "y", 2);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 100; ++i) {
    const std::int64_t stream = streams.open();
    CHECK(stream > 0 && seen.insert(stream).second);
    streams.close(stream);
  }
  streams.open();
  streams.open();
  std::int64_t third = 7;
  says(refused(tg_streams_open(streams.get(), &third), TG_INVALID_STATE), "all 2 streams are open");
  CHECK_EQUAL(third, 0);
  std::int32_t count = 0;
  ok(tg_streams_count(streams.get(), &count));
  CHECK_EQUAL(count, 2);
}

TEST("what cannot be streams is refused where they are made, naming the node") {
  const std::string x = "x = input axis=time cols=5\n";
  says(refused_value(x + "h = recurrent x cell=gru size=4\n", "x"), "'x' cannot be what streams show");
  says(refused_value(x + "i = ids axis=time\n", "i"), "'i' cannot be what streams show");
  says(refused_value(x + "t = input axis=time cols=5\nl = mse x t\n", "l"), "'l' cannot be what streams show");
  says(refused_value(x + "s = input axis=time per=sequence cols=4\nh = recurrent x cell=gru size=4 h0=s\n", "h"),
       "node 'h' (recurrent): h0 is given to it");
  says(refused_value(x + "k = input axis=keys cols=5\nc = attention x k score=dot\n", "c"), "its axis 'time' is another than 'keys'");
  says(refused_value(x + "i = ids axis=time\ng = gather x i\n", "g"), "node 'g' (gather): it reads rows by their numbers");
  Model model(kSpec), frozen(model, TG_FLOAT32);
  tg_streams* streams = nullptr;
  says(refused(tg_streams_create(model.get(), model.find("y"), 4, &streams), TG_INVALID_STATE), "need a frozen model");
  for (const std::int32_t room : {0, -1, (1 << 20) + 1}) {
    says(refused(tg_streams_create(frozen.get(), frozen.find("y"), room, &streams), TG_INVALID_ARGUMENT), "expected 1 to 1048576");
  }
  CHECK_EQUAL(tg_streams_create(frozen.get(), -1, 4, &streams), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_streams_create(nullptr, 0, 4, &streams), TG_INVALID_ARGUMENT);
}

TEST("a state of another model, cut, or of several sequences opens no stream") {
  Model model(kSpec), frozen(model, TG_FLOAT32), other(kSpec, 2), other_frozen(other, TG_FLOAT32);
  Streams streams(frozen, "y", 2), others(other_frozen, "y", 2);
  const std::int64_t a = streams.open(), b = others.open();
  streams.step({a}, random_reals(5, 1));
  others.step({b}, random_reals(5, 1));
  std::vector<char> state = others.state(b);
  std::int64_t opened = 0;
  CHECK_EQUAL(tg_streams_open_state(streams.get(), state.data(), static_cast<std::int64_t>(state.size()), &opened), TG_INVALID_ARGUMENT);
  state = streams.state(a);
  for (std::size_t size = 0; size < state.size(); size += 7) {
    CHECK_EQUAL(tg_streams_open_state(streams.get(), state.data(), static_cast<std::int64_t>(size), &opened), TG_INVALID_ARGUMENT);
  }
  Session two(frozen, TG_INFER);
  const Reals x = random_reals(10, 1);
  const tg_feed feed = {frozen.find("x"), x.data(), 10};
  ok(tg_session_step(two.get(), &feed, 1, 0, nullptr, 0));
  state = saved(two);
  says(refused(tg_streams_open_state(streams.get(), state.data(), static_cast<std::int64_t>(state.size()), &opened), TG_INVALID_ARGUMENT),
       "the state is of 2 sequences");
  CHECK_EQUAL(opened, 0);
  streams.open(streams.state(a));
  CHECK_EQUAL(tg_streams_open(streams.get(), &opened), TG_INVALID_STATE);  // none of the failures took room
}

TEST("ten thousand streams of an LSTM of 128 take little more than their states") {
  Model model("x = input axis=time cols=16\nh = recurrent x cell=lstm size=128\n"), frozen(model, TG_FLOAT32);
  Streams streams(frozen, "h", 10000);
  std::vector<std::int64_t> all(10000);
  for (std::int64_t& stream : all) stream = streams.open();
  for (std::size_t first = 0; first < all.size(); first += 500) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    streams.step(std::vector<std::int64_t>(begin, begin + 500), random_reals(500 * 16, first));
  }
  std::int64_t bytes = 0;
  ok(tg_streams_bytes(streams.get(), &bytes));
  CHECK(bytes >= 10000 * 1024);
  CHECK(bytes < 10000 * (1024 + 64) + 4000000);  // and what a step of 500 needs
}

TEST("threads that open, close and step at once never mix streams up") {
  Model model(kSpec), frozen(model, TG_FLOAT32);
  Streams streams(frozen, "y", 64);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < 200; ++i) {
        std::int64_t stream;
        if (tg_streams_open(streams.get(), &stream) != TG_OK) ++wrong[t];
        Session alone(frozen, TG_INFER);
        for (std::uint64_t step = 0; step < 3; ++step) {
          const Reals x = random_reals(5, 10 * i + step);
          const tg_feed feed = {frozen.find("x"), x.data(), 5};
          Reals y(3), expected(3);
          tg_status status;
          do {
            status = tg_streams_step(streams.get(), &stream, 1, &feed, 1, y.data(), 3, nullptr);
          } while (status == TG_INVALID_STATE);  // another thread's turn
          const bool right = status == TG_OK && tg_session_step(alone.get(), &feed, 1, frozen.find("y"), expected.data(), 3) == TG_OK;
          if (!right || !same(y, expected)) ++wrong[t];
        }
        if (tg_streams_close(streams.get(), stream) != TG_OK) ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int count : wrong) CHECK_EQUAL(count, 0);
}
