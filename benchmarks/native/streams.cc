// A step of many streams from C: in a session that has as many rows, and in tg_streams where the same streams step again, and where others do.
//
//   streams [--rounds N] [CELL H N]...
//
// The forms take turns; outputs of a first step are compared before. The table shows medians and GFLOP/s of the products.
#include "measure.h"

#include <cmath>
#include <cstring>

namespace {

void measure(const std::string& cell, int h, int n, int rounds) {
  const std::string size = std::to_string(h);
  const std::string spec = "x = input axis=time cols=" + size + "\nh = recurrent x cell=" + cell + " size=" + size + "\n";
  tg_model *model, *frozen;
  require(tg_model_create(spec.data(), spec.size(), 1, &model));
  require(tg_model_freeze(model, TG_FLOAT32, &frozen));
  int32_t x, y;
  require(tg_model_find(frozen, "x", &x));
  require(tg_model_find(frozen, "h", &y));
  tg_session* session;
  require(tg_session_create_keeping(frozen, &y, 1, &session));
  tg_streams* streams;
  require(tg_streams_create(frozen, y, 2 * n, &streams));
  std::vector<int64_t> numbers(2 * static_cast<std::size_t>(n));
  for (int64_t& number : numbers) require(tg_streams_open(streams, &number));
  const std::vector<float> rows = noise(static_cast<std::size_t>(n) * h);
  std::vector<float> expected(rows.size()), output(rows.size());
  const tg_feed feed = {x, rows.data(), static_cast<int64_t>(rows.size())};
  const auto count = static_cast<int64_t>(rows.size());
  const auto step = [&](int first) {
    require(tg_streams_step(streams, numbers.data() + first, n, &feed, 1, output.data(), count, nullptr));
  };
  require(tg_session_step(session, &feed, 1, y, expected.data(), count));
  step(0);
  if (std::memcmp(expected.data(), output.data(), rows.size() * sizeof(float)) != 0) {
    std::fprintf(stderr, "streams: %s H=%d N=%d differs from a session\n", cell.c_str(), h, n);
    std::exit(1);
  }
  const double work = 4.0 * gates_of(cell) * h * h * n;
  const int calls = std::max(16, static_cast<int>(4e7 / work));  // of which one meets the states of the form before
  std::vector<double> times[3];
  for (int round = 0; round < rounds; ++round) {
    for (int form = 0; form < 3; ++form) {
      const double start = seconds();
      for (int c = 0; c < calls; ++c) {
        if (form == 0) {
          require(tg_session_step(session, &feed, 1, y, output.data(), count));
        } else {
          step(form == 2 && c % 2 == 1 ? n : 0);
        }
      }
      times[form].push_back((seconds() - start) / calls);
    }
  }
  const char* const names[] = {"a session", "the same streams", "others each time"};
  for (int form = 0; form < 3; ++form) {
    const double t = median(times[form]);
    std::printf("| %s | %d | %d | %s | %.1f | %.1f |\n", cell.c_str(), h, n, names[form], t * 1e6, work / t * 1e-9);
  }
  tg_streams_destroy(streams);
  tg_session_destroy(session);
  tg_model_destroy(frozen);
  tg_model_destroy(model);
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 1001, i = 1;
  if (i + 1 < argc && std::strcmp(argv[i], "--rounds") == 0) {
    rounds = std::max(1, std::atoi(argv[i + 1]));
    i += 2;
  }
  std::printf("| cell | H | N | form | us | GFLOP/s |\n| --- | --- | --- | --- | --- | --- |\n");
  if (i == argc) {
    for (const char* cell : {"lstm", "gru"}) {
      for (const int n : {64, 512}) measure(cell, 128, n, rounds);
    }
  }
  for (; i + 2 < argc; i += 3) measure(argv[i], std::max(1, std::atoi(argv[i + 1])), std::max(1, std::atoi(argv[i + 2])), rounds);
  return 0;
}
