// What a C program gets from a frozen conv1d inside rows: a step of 1 and of 100 rows, over the shapes of a voice detector's encoder (the
// short-time Fourier transform of a signal and four convolutions) or those given.
//
//   conv [--rounds N] [--threads N] [--floor FILE] [FILTERSxCHANNELSxKERNEL STRIDE PAD POSITIONS]...
//
// FILE is what the program `floor` prints. With it the table says what part of the time is the floor's: every multiplication at the peak,
// or every weight that reads more than padding once at the bandwidth of its footprint, whichever takes longer. Outputs are compared with an
// ordinary session's before anything is timed. The shapes take turns, round by round, each after an untimed turn; the table shows the
// shortest time and the median.
#include "measure.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>

namespace {

struct Shape {
  int filters, channels, kernel, stride, pad, positions;

  int windows() const { return (positions + 2 * pad - kernel) / stride + 1; }
  // Pairs of a window and a tap that reads no padding; with tap >= 0 those of that tap.
  int reads(int tap = -1) const {
    int sum = 0;
    for (int w = 0; w < windows(); ++w) {
      for (int t = 0; t < kernel; ++t) sum += (tap < 0 || tap == t) && w * stride - pad + t >= 0 && w * stride - pad + t < positions;
    }
    return sum;
  }
  int taps() const {
    int sum = 0;
    for (int t = 0; t < kernel; ++t) sum += reads(t) > 0;
    return sum;
  }
  double weights() const { return static_cast<double>(filters) * channels * taps(); }
  double flops(int rows) const { return 2.0 * rows * filters * channels * reads(); }
  int inputs() const { return channels * positions; }
  int outputs() const { return filters * windows(); }
  std::string name() const {
    return std::to_string(filters) + "x" + std::to_string(channels) + "x" + std::to_string(kernel) + " stride " + std::to_string(stride) +
           " pad " + std::to_string(pad) + " over " + std::to_string(positions);
  }
  std::string spec() const {
    return "x = input axis=rows cols=" + std::to_string(inputs()) + "\ny = conv1d x filters=" + std::to_string(filters) +
           " kernel=" + std::to_string(kernel) + " stride=" + std::to_string(stride) + " pad=" + std::to_string(pad) +
           " channels=" + std::to_string(channels) + "\n";
  }
};

// What the program `floor` prints.
class Floor {
 public:
  explicit Floor(const char* file) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      double bytes, rate;
      if (std::sscanf(line.c_str(), "fma_peak,%lf", &rate) == 1) peak_ = rate * 1e9;
      if (std::sscanf(line.c_str(), "read,%lf,%lf", &bytes, &rate) == 2) reads_.push_back({bytes, rate * 1e9});
    }
    if (peak_ > 0 && !reads_.empty()) return;
    std::fprintf(stderr, "conv: %s is not what the program floor prints\n", file);
    std::exit(2);
  }
  double seconds(const Shape& shape, int rows) const {
    const double bytes = 4 * shape.weights();
    std::size_t i = 0;
    while (i + 1 < reads_.size() && reads_[i].first < bytes) ++i;
    return std::max(shape.flops(rows) / peak_, bytes / reads_[i].second);
  }

 private:
  double peak_ = 0;
  std::vector<std::pair<double, double>> reads_;  // bytes, bytes a second
};

// A session that steps over the rows of one shape.
class Runner {
 public:
  Runner(tg_model* model, const Shape& shape, int rows, int threads)
      : x_(noise(static_cast<std::size_t>(rows) * shape.inputs())), y_(static_cast<std::size_t>(rows) * shape.outputs()) {
    require(tg_session_create(model, TG_INFER, 0, &session_));
    require(tg_session_threads(session_, threads));
    require(tg_model_find(model, "x", &input_));
    require(tg_model_find(model, "y", &output_));
  }
  ~Runner() { tg_session_destroy(session_); }
  Runner(const Runner&) = delete;

  const std::vector<float>& step() {
    const tg_feed feed{input_, x_.data(), static_cast<int64_t>(x_.size())};
    require(tg_session_step(session_, &feed, 1, output_, y_.data(), static_cast<int64_t>(y_.size())));
    return y_;
  }

 private:
  std::vector<float> x_, y_;
  tg_session* session_ = nullptr;
  int32_t input_ = 0, output_ = 0;
};

// One line of the table.
struct Line {
  Shape shape;
  int rows;
  tg_model* frozen;
  std::unique_ptr<Runner> runner;
  int calls;
  std::vector<double> times;
};

Line prepare(const Shape& shape, int rows, int threads) {
  const std::string spec = shape.spec();
  tg_model* model;
  tg_model* frozen;
  require(tg_model_create(spec.data(), spec.size(), 1, &model));
  require(tg_model_freeze(model, TG_FLOAT32, &frozen));
  Runner plain(model, shape, rows, 1);
  auto runner = std::make_unique<Runner>(frozen, shape, rows, threads);
  const std::vector<float>&expected = plain.step(), &got = runner->step();
  double apart = 0;
  for (std::size_t i = 0; i < got.size(); ++i) apart = std::max(apart, std::abs(static_cast<double>(expected[i]) - got[i]));
  if (!(apart <= 1e-5)) {
    std::fprintf(stderr, "conv: %s differs by %g\n", shape.name().c_str(), apart);
    std::exit(1);
  }
  tg_model_destroy(model);
  return {shape, rows, frozen, std::move(runner), std::max(1, static_cast<int>(4e7 / shape.flops(rows))), {}};
}

double turn(Line& line) {
  const double start = seconds();
  for (int c = 0; c < line.calls; ++c) line.runner->step();
  return (seconds() - start) / line.calls;
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 101, threads = 1, i = 1;
  std::unique_ptr<Floor> floor;
  bool usage = false;
  for (; i + 1 < argc && std::strncmp(argv[i], "--", 2) == 0; i += 2) {
    const std::string option = argv[i];
    if (option == "--rounds") {
      rounds = std::max(1, std::atoi(argv[i + 1]));
    } else if (option == "--threads") {
      threads = std::max(1, std::atoi(argv[i + 1]));
    } else if (option == "--floor") {
      floor = std::make_unique<Floor>(argv[i + 1]);
    } else {
      usage = true;
    }
  }
  std::vector<Shape> shapes;
  for (; i + 3 < argc; i += 4) {
    Shape s{};
    usage |= std::sscanf(argv[i], "%dx%dx%d", &s.filters, &s.channels, &s.kernel) != 3;
    s.stride = std::max(1, std::atoi(argv[i + 1])), s.pad = std::atoi(argv[i + 2]), s.positions = std::atoi(argv[i + 3]);
    shapes.push_back(s);
  }
  if (usage || i < argc) {
    std::fprintf(stderr, "usage: conv [--rounds N] [--threads N] [--floor FILE] [FILTERSxCHANNELSxKERNEL STRIDE PAD POSITIONS]...\n"
                         "  e.g. conv 64x128x3 2 1 4\n");
    return 2;
  }
  if (shapes.empty()) {
    shapes = {{258, 1, 256, 128, 0, 640}, {128, 129, 3, 1, 1, 4}, {64, 128, 3, 2, 1, 4}, {64, 64, 3, 2, 1, 2}, {128, 64, 3, 1, 1, 1}};
  }
  std::vector<Line> lines;
  for (const int rows : {1, 100}) {
    for (const Shape& shape : shapes) lines.push_back(prepare(shape, rows, threads));
  }
  for (int round = 0; round < rounds; ++round) {
    for (Line& line : lines) {
      turn(line);
      line.times.push_back(turn(line));
    }
  }
  std::printf("| work | rows | us, shortest | us, median | GFLOP/s | floor us | part of floor |\n");
  std::printf("| --- | --- | --- | --- | --- | --- | --- |\n");
  for (Line& line : lines) {
    const double least = *std::min_element(line.times.begin(), line.times.end());
    std::printf("| %s | %d | %.3f | %.3f | %.1f |", line.shape.name().c_str(), line.rows, least * 1e6, median(line.times) * 1e6,
                line.shape.flops(line.rows) / least * 1e-9);
    if (floor != nullptr) {
      const double bound = floor->seconds(line.shape, line.rows);
      std::printf(" %.3f | %.2f |\n", bound * 1e6, bound / least);
    } else {
      std::printf(" | |\n");
    }
    line.runner.reset();
    tg_model_destroy(line.frozen);
  }
  return 0;
}
