// What a call with two threads costs beside neighbours: other processes that keep the cores busy, a quota of processor time, a single core.
//
//   neighbours [--calls N] [--threads N] [--load NAME]... [CELL H B]...
//
// Loads: alone, busy1, busy2, busy4 (so many busy processes), quota1.0, quota1.5 (cores, by a control group of its own, where the system
// lets it make one), pinned (one core for all threads). Each load has a process of its own, in which calls with one thread and calls with
// several take turns, T=100 steps at batch 1 and 50 in a batch; every call's bits are compared. The table shows medians, 99 % quantiles and
// ratios, above 1 where several threads are faster.
#include "measure.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <numeric>

namespace {

struct Work {
  std::string cell;
  int h, b;
  int steps() const { return b == 1 ? 100 : 50; }
};

class Runner {
 public:
  Runner(tg_model* model, const Work& w, int threads) : w_(w), x_(noise(static_cast<std::size_t>(w.steps()) * w.b * w.h)), lengths_(w.b, w.steps()) {
    require(tg_session_create(model, TG_INFER, 0, &session_));
    require(tg_session_threads(session_, threads));
    require(tg_model_find(model, "x", &input_));
    require(tg_model_find(model, "h", &output_));
  }
  ~Runner() { tg_session_destroy(session_); }
  Runner(const Runner&) = delete;

  // Returns the seconds of a call whose bits must be the expected ones; the first call sets what is expected.
  double call(std::vector<float>& expected) {
    const tg_axis_lengths axis{0, w_.b, lengths_.data()};
    const tg_feed feed{input_, x_.data(), static_cast<int64_t>(x_.size())};
    const tg_batch batch{&axis, 1, &feed, 1};
    const double start = seconds();
    require(tg_session_forward(session_, &batch, nullptr));
    const double took = seconds() - start;
    tg_tensor out;
    require(tg_session_output(session_, output_, &out));
    if (expected.empty()) expected.assign(out.data, out.data + x_.size());
    if (std::memcmp(out.data, expected.data(), expected.size() * sizeof(float)) != 0) {
      std::fprintf(stderr, "neighbours: other bits\n");
      std::exit(1);
    }
    return took;
  }

 private:
  const Work w_;
  std::vector<float> x_;
  std::vector<int32_t> lengths_;
  tg_session* session_ = nullptr;
  int32_t input_ = 0, output_ = 0;
};

double mean(const std::vector<double>& times) { return std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size()); }

double quantile(std::vector<double> times, double part) {
  std::sort(times.begin(), times.end());
  return times[static_cast<std::size_t>(part * static_cast<double>(times.size() - 1))] * 1e6;
}

void measure(const std::string& load, const Work& w, int threads, int calls) {
  const std::string spec = "x = input axis=time cols=" + std::to_string(w.h) + "\nh = recurrent x cell=" + w.cell + " size=" + std::to_string(w.h) + "\n";
  tg_model *model, *frozen;
  require(tg_model_create(spec.data(), spec.size(), 1, &model));
  require(tg_model_freeze(model, TG_FLOAT32, &frozen));
  {
    Runner one(frozen, w, 1), several(frozen, w, threads);
    Runner* const runners[] = {&one, &several};
    std::vector<double> times[2];
    std::vector<float> expected;
    constexpr int kTurn = 10;
    for (int turn = -1; turn * kTurn < calls; ++turn) {  // the first turn warms up
      for (int r = 0; r < 2; ++r) {
        for (int c = 0; c < kTurn; ++c) {
          const double took = runners[r]->call(expected);
          if (turn >= 0) times[r].push_back(took);
        }
      }
    }
    const double p50[] = {quantile(times[0], 0.5), quantile(times[1], 0.5)};
    std::printf("| %s | %s | %d | %d | %.0f | %.0f | %.0f | %.0f | %.2f | %.2f |\n", load.c_str(), w.cell.c_str(), w.h, w.b, p50[0],
                quantile(times[0], 0.99), p50[1], quantile(times[1], 0.99), p50[0] / p50[1], mean(times[0]) / mean(times[1]));
    std::fflush(stdout);
  }
  tg_model_destroy(frozen);
  tg_model_destroy(model);
}

bool write_to(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.flush();
  return file.good();
}

// The control group of this process for processor time, of version 1: "/" if it knows none.
std::string own_group() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.find(":cpu");
    if (at != std::string::npos && line.compare(at, 7, ":cpuset") != 0) return line.substr(line.find(':', at + 1) + 1) + "/";
  }
  return "/";
}

// A control group with a quota, of version 1 or 2; it ends when this does, once no process is in it any more.
class Quota {
 public:
  explicit Quota(double cores) {
    const std::string name = "tidegate-neighbours-" + std::to_string(getpid()), quota = std::to_string(static_cast<int>(cores * 100000));
    for (const std::string& root : {"/sys/fs/cgroup/cpu" + own_group(), "/sys/fs/cgroup/cpu,cpuacct" + own_group(), std::string("/sys/fs/cgroup/")}) {
      folder_ = root + name;
      if (mkdir(folder_.c_str(), 0755) != 0) continue;
      if (write_to(folder_ + "/cpu.cfs_period_us", "100000") && write_to(folder_ + "/cpu.cfs_quota_us", quota)) return;
      if (write_to(folder_ + "/cpu.max", quota + " 100000")) return;
      rmdir(folder_.c_str());
    }
    folder_.clear();
  }
  ~Quota() {
    if (!folder_.empty()) rmdir(folder_.c_str());
  }
  Quota(const Quota&) = delete;
  bool enter() const { return !folder_.empty() && write_to(folder_ + "/cgroup.procs", "0"); }

 private:
  std::string folder_;
};

// A process that is busy until this process or the object ends.
class Busy {
 public:
  Busy() : process_(fork()) {
    if (process_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (volatile unsigned work = 0;; work = work + 1) {
    }
  }
  ~Busy() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  Busy(const Busy&) = delete;

 private:
  const pid_t process_;
};

// Runs work() in a process of its own. False where it failed.
template <class Run>
bool apart(const Run& work) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    work();
    std::fflush(nullptr);
    _exit(0);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool measure_under(const std::string& load, const std::vector<Work>& works, int threads, int calls) {
  const auto all = [&] {
    for (const Work& w : works) measure(load, w, threads, calls);
  };
  if (load.compare(0, 5, "quota") == 0) {
    const Quota quota(std::atof(load.c_str() + 5));
    return apart([&] {
      if (quota.enter()) return all();
      std::printf("| %s | not permitted here |\n", load.c_str());
    });
  }
  std::vector<std::unique_ptr<Busy>> busy;
  if (load.compare(0, 4, "busy") == 0) {
    for (int i = 0; i < std::atoi(load.c_str() + 4); ++i) busy.push_back(std::make_unique<Busy>());
  }
  return apart([&] {
    if (load == "pinned") {
      cpu_set_t allowed, one;
      CPU_ZERO(&one);
      sched_getaffinity(0, sizeof allowed, &allowed);
      for (std::size_t core = 0; CPU_COUNT(&one) == 0; ++core) {
        if (CPU_ISSET(core, &allowed)) CPU_SET(core, &one);
      }
      sched_setaffinity(0, sizeof one, &one);
    }
    all();
  });
}

}  // namespace

namespace {

bool is_load(const std::string& load) {
  const auto count = [&](std::size_t from) { return load.size() > from && load.find_first_not_of("0123456789.", from) == std::string::npos; };
  return load == "alone" || load == "pinned" || (load.compare(0, 4, "busy") == 0 && count(4)) || (load.compare(0, 5, "quota") == 0 && count(5));
}

}  // namespace

int main(int argc, char** argv) {
  int calls = 200, threads = 2, i = 1;
  std::vector<std::string> loads;
  bool understood = true;
  for (; i + 1 < argc && std::strncmp(argv[i], "--", 2) == 0; i += 2) {
    const std::string option = argv[i], value = argv[i + 1];
    if (option == "--calls") {
      calls = std::max(1, std::atoi(value.c_str()));
    } else if (option == "--threads") {
      threads = std::max(1, std::atoi(value.c_str()));
    } else if (option == "--load") {
      understood &= is_load(value);
      loads.push_back(value);
    } else {
      understood = false;
    }
  }
  std::vector<Work> works;
  for (; i + 2 < argc; i += 3) works.push_back({argv[i], std::max(1, std::atoi(argv[i + 1])), std::max(1, std::atoi(argv[i + 2]))});
  if (i < argc || !understood) {
    std::fprintf(stderr, "usage: neighbours [--calls N] [--threads N] [--load alone|busy1|busy2|busy4|quota1.0|quota1.5|pinned]... [CELL H B]...\n");
    return 2;
  }
  if (works.empty()) works = {{"lstm", 256, 1}, {"lstm", 512, 1}, {"lstm", 1024, 1}, {"lstm", 256, 32}};
  if (loads.empty()) loads = {"alone", "busy1", "busy2", "busy4", "quota1.0", "quota1.5", "pinned"};
  std::printf("| load | cell | H | B | one thread p50 us | p99 | %d threads p50 us | p99 | ratio of p50 | of means |\n", threads);
  std::printf("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  bool good = true;
  for (const std::string& load : loads) good = measure_under(load, works, threads, calls) && good;
  return good ? 0 : 1;
}
