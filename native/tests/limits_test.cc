// The memory of the process: what is counted, the limit, and where it comes from.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "check.h"
#include "core/cgroup.h"
#include "network.h"

namespace {

const char* const kSpec =
    "words = ids axis=text\n"
    "next = ids axis=text\n"
    "e = embedding words rows=50 cols=20\n"
    "h = recurrent e cell=lstm size=32\n"
    "y = linear h cols=50\n"
    "loss = cross_entropy y next label_smoothing=0.1\n";

Batch& fill(Batch& batch, std::int32_t length) {
  return batch.lengths("text", {length}).feed_ids("words", random_ids(length, 50, 1)).feed_ids("next", random_ids(length, 50, 2));
}

// Lowers the limit to what is used and `more`, until the end.
struct Limit {
  explicit Limit(std::int64_t more) { ok(tg_set_memory_limit(tg_memory_used() + more)); }
  ~Limit() { ok(tg_set_memory_limit(tg_memory_available())); }
};

// A tree of files under a folder of its own.
class Tree {
 public:
  Tree() {
    char name[] = "/tmp/tidegate-cgroup-XXXXXX";
    root = mkdtemp(name);
  }
  ~Tree() { static_cast<void>(std::system(("rm -r '" + root + "'").c_str())); }
  Tree& file(const std::string& path, const std::string& content) {
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      mkdir((root + path.substr(0, slash)).c_str(), 0700);
    }
    std::ofstream(root + path) << content;
    return *this;
  }
  std::int64_t limit() const { return tidegate::cgroup_memory_limit(root); }
  double cores() const { return tidegate::cgroup_cores(root); }
  std::string root;
};

constexpr std::int64_t kNone = INT64_MAX;
const std::string kV2Mount = "35 24 0:30 / /sys/fs/cgroup rw,nosuid,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";
const std::string kV1Mounts =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:3 master:4 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
const std::string kV1Unlimited = "9223372036854771712\n";

}  // namespace

TEST("a process without control groups has no limit of them") {
  CHECK_EQUAL(Tree().limit(), kNone);
  CHECK_EQUAL(Tree().file("/proc/self/cgroup", "0::/a\n").limit(), kNone);
  CHECK_EQUAL(Tree().file("/proc/self/cgroup", "garbage\n::\n4:memory\n").file("/proc/self/mountinfo", "- cgroup2\n - \n1 2 3\n").limit(), kNone);
}

TEST("of nested groups of version 2 the smallest limit holds") {
  const auto tree = [](const char* own, const char* around, const char* top) {
    Tree made;
    made.file("/proc/self/cgroup", "0::/pods/one/app\n").file("/proc/self/mountinfo", kV2Mount);
    if (own != nullptr) made.file("/sys/fs/cgroup/pods/one/app/memory.max", own);
    if (around != nullptr) made.file("/sys/fs/cgroup/pods/one/memory.max", around);
    if (top != nullptr) made.file("/sys/fs/cgroup/pods/memory.max", top);
    return made.limit();
  };
  CHECK_EQUAL(tree("1000\n", "max\n", "max\n"), 1000);
  CHECK_EQUAL(tree("max\n", "2000\n", "3000\n"), 2000);
  CHECK_EQUAL(tree("max\n", "3000\n", "2000\n"), 2000);
  CHECK_EQUAL(tree("max\n", "max\n", "max\n"), kNone);
  CHECK_EQUAL(tree(nullptr, nullptr, "4096\n"), 4096);  // without the controller further down
  CHECK_EQUAL(tree("\n", "99999999999999999999999\n", "-5\n"), kNone);
}

TEST("of nested groups of version 1 the smallest limit holds, and that of the memory controller alone") {
  Tree made;
  made.file("/proc/self/cgroup", "9:name=systemd:/\n4:memory:/a/b c\n2:cpu,cpuacct:/a\n0::/\n").file("/proc/self/mountinfo", kV1Mounts);
  CHECK_EQUAL(made.limit(), kNone);
  made.file("/sys/fs/cgroup/memory/memory.limit_in_bytes", kV1Unlimited).file("/sys/fs/cgroup/cpu,cpuacct/a/memory.limit_in_bytes", "1\n");
  CHECK_EQUAL(made.limit(), std::int64_t{9223372036854771712});
  made.file("/sys/fs/cgroup/memory/a/memory.limit_in_bytes", "7000\n");
  CHECK_EQUAL(made.limit(), 7000);
  made.file("/sys/fs/cgroup/memory/a/b c/memory.limit_in_bytes", "5000\n");
  CHECK_EQUAL(made.limit(), 5000);
  made.file("/sys/fs/cgroup/unified/memory.max", "3000\n");  // both versions side by side
  CHECK_EQUAL(made.limit(), 3000);
}

TEST("a container finds its own group at the root of the mount") {
  Tree first, second, other;
  // Version 1 without a namespace: the mount's root is the group itself.
  first.file("/proc/self/cgroup", "3:memory,hugetlb:/docker/0a1b\n")
      .file("/proc/self/mountinfo", "7 6 0:9 /docker/0a1b /sys/fs/cgroup/mem\\040ory ro master:11 - cgroup cgroup rw,memory,hugetlb\n")
      .file("/sys/fs/cgroup/mem ory/memory.limit_in_bytes", "536870912\n");
  CHECK_EQUAL(first.limit(), 536870912);
  // Version 2 in a namespace.
  second.file("/proc/self/cgroup", "0::/\n").file("/proc/self/mountinfo", kV2Mount).file("/sys/fs/cgroup/memory.max", "268435456\n");
  CHECK_EQUAL(second.limit(), 268435456);
  // A group that is not below what is mounted.
  other.file("/proc/self/cgroup", "0::/../sibling\n").file("/proc/self/mountinfo", kV2Mount).file("/sys/fs/cgroup/memory.max", "4096\n");
  CHECK_EQUAL(other.limit(), 4096);
}

TEST("the quota of processor time is the smallest of the nested groups, of both versions") {
  const double none = std::numeric_limits<double>::infinity();
  Tree second;
  CHECK_EQUAL(second.cores(), none);
  second.file("/proc/self/cgroup", "0::/pods/one\n").file("/proc/self/mountinfo", kV2Mount);
  CHECK_EQUAL(second.cores(), none);
  second.file("/sys/fs/cgroup/pods/one/cpu.max", "max 100000\n");
  CHECK_EQUAL(second.cores(), none);
  second.file("/sys/fs/cgroup/pods/cpu.max", "150000 100000\n");
  CHECK_EQUAL(second.cores(), 1.5);
  second.file("/sys/fs/cgroup/pods/one/cpu.max", "50000 50000\n");
  CHECK_EQUAL(second.cores(), 1.0);
  second.file("/sys/fs/cgroup/pods/one/cpu.max", "garbage\n");
  CHECK_EQUAL(second.cores(), 1.5);

  Tree first;
  first.file("/proc/self/cgroup", "4:memory:/a\n2:cpu,cpuacct:/a/b\n1:cpuset:/c\n0::/\n").file("/proc/self/mountinfo", kV1Mounts);
  first.file("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "-1\n").file("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n");
  CHECK_EQUAL(first.cores(), none);
  first.file("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "25000\n");  // no period beside it
  CHECK_EQUAL(first.cores(), none);
  first.file("/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "10000\n");
  CHECK_EQUAL(first.cores(), 2.5);
  first.file("/sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "75000\n");
  CHECK_EQUAL(first.cores(), 0.75);
  first.file("/sys/fs/cgroup/unified/cpu.max", "20000 100000\n");
  CHECK_EQUAL(first.cores(), 0.2);
}

TEST("the limit is no more than the machine's memory") {
  const std::int64_t machine = std::int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  CHECK(tg_memory_available() > 0);
  CHECK(tg_memory_available() <= machine);
  CHECK_EQUAL(tg_memory_limit(), tg_memory_available());
  CHECK_EQUAL(tg_set_memory_limit(0), TG_INVALID_ARGUMENT);
  CHECK_EQUAL(tg_memory_limit(), tg_memory_available());
}

TEST("all that is taken is counted, and given back") {
  const std::int64_t before = tg_memory_used();
  {
    Model model(kSpec);
    CHECK_EQUAL(tg_memory_used() - before, tg_model_bytes(model.get()));
    Session session(model);
    Optimizer optimizer(model, "adam");
    const std::int64_t made = tg_memory_used();
    CHECK(std::abs(made - before - tg_model_bytes(model.get()) * 3 - tg_session_bytes(session.get())) < 4096);
    Batch batch(model);
    const tg_step step = {0.1, 1, 0, TG_NORM_L2};
    fill(batch, 40);
    for (int i = 0; i < 3; ++i) ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, nullptr));
    const std::int64_t worked = tg_memory_used();
    CHECK(std::abs(worked - before - tg_model_bytes(model.get()) * 3 - tg_session_bytes(session.get())) < 4096);
    for (int i = 0; i < 5; ++i) ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, nullptr));
    CHECK_EQUAL(tg_memory_used(), worked);
    Model frozen(model, TG_INT8);
    CHECK(tg_memory_used() > worked);
  }
  CHECK_EQUAL(tg_memory_used(), before);
}

TEST("what would pass the limit is refused by use and limit, and the same call succeeds when there is room") {
  Model model(kSpec);
  Session session(model), untouched(model);
  Optimizer optimizer(model, "sgd");
  Batch small(model), large(model);
  fill(small, 3);
  fill(large, 4000);
  ok(tg_session_forward(session.get(), small.get(), nullptr));
  tg_metrics metrics, expected;
  ok(tg_session_forward(untouched.get(), small.get(), nullptr));
  ok(tg_session_forward(untouched.get(), large.get(), &expected));
  {
    const Limit limit(100000);
    CHECK_EQUAL(tg_session_forward(session.get(), large.get(), &metrics), TG_OUT_OF_MEMORY);
    const std::string text = tg_last_error();
    CHECK(text.find(" are in use, and the limit is ") != std::string::npos);
    CHECK_EQUAL(tg_session_repeatable(session.get()), 1);
    ok(tg_session_forward(session.get(), small.get(), nullptr));
    tg_session* more = nullptr;
    ok(tg_set_memory_limit(tg_memory_used() + 1));
    CHECK_EQUAL(tg_session_create(model.get(), TG_TRAIN, 1, &more), TG_OUT_OF_MEMORY);
    CHECK(more == nullptr);
    tg_model* another = nullptr;
    CHECK_EQUAL(tg_model_create(kSpec, std::strlen(kSpec), 1, &another), TG_OUT_OF_MEMORY);
  }
  ok(tg_session_set_random(session.get(), 1));
  ok(tg_session_forward(session.get(), large.get(), &metrics));
  CHECK_EQUAL(metrics.loss, expected.loss);
}

TEST("a call that lost what an earlier one had computed is not repeatable") {
  Model model(
      "keys = input axis=source cols=4\n"
      "read = recurrent keys cell=gru size=8\n"
      "words = input axis=text cols=8\n"
      "y = attention words read\n");
  Session session(model, TG_INFER);
  Batch first(model), second(model);
  ok(tg_session_forward(session.get(), first.lengths("source", {50}).feed("keys", random_reals(200, 1)).get(), nullptr));
  second.lengths("text", {5000}).feed("words", random_reals(40000, 2));
  const Limit limit(1000);
  CHECK_EQUAL(tg_session_forward(session.get(), second.get(), nullptr), TG_OUT_OF_MEMORY);
  CHECK_EQUAL(tg_session_repeatable(session.get()), 0);
}
