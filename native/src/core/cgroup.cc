// /proc/self/cgroup says in which group the process is, a line for each hierarchy: "4:memory:/a/b" of version 1, "0::/a/b" of version 2.
// /proc/self/mountinfo says where hierarchies are mounted, and which of their groups is the mount's own root: in a container its own one.
#include "core/cgroup.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <sstream>
#include <vector>

namespace tidegate {

namespace {

constexpr index kNone = INT64_MAX;
constexpr double kNoQuota = std::numeric_limits<double>::infinity();

struct Mount {
  std::string group, folder;  // the group that is its root, and where it is mounted
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

bool lists(const std::string& names, const char* name) {
  const std::vector<std::string> all = split(names, ',');
  return std::find(all.begin(), all.end(), name) != all.end();
}

// mountinfo writes blanks and the like as \040.
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octal = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '7'; };
    if (text[i] == '\\' && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// The mounts of version 2, or those of version 1 with that controller.
std::vector<Mount> mounts(const std::string& root, const char* controller, bool second) {
  std::vector<Mount> found;
  std::ifstream file(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t dash = line.find(" - ");  // optional fields stand before it
    if (dash == std::string::npos) continue;
    const std::vector<std::string> before = split(line.substr(0, dash), ' '), after = split(line.substr(dash + 3), ' ');
    if (before.size() < 5 || after.size() < 3) continue;
    if (second ? after[0] == "cgroup2" : after[0] == "cgroup" && lists(after[2], controller)) {
      found.push_back({unescaped(before[3]), root + unescaped(before[4])});
    }
  }
  return found;
}

// "max" and what is no number: none.
index limit_in(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t bytes = 0;
  return file >> bytes && bytes < static_cast<std::uint64_t>(kNone) ? static_cast<index>(bytes) : kNone;
}

// v1: "150000" or "-1" beside a file with the period. v2: "150000 100000" or "max 100000". In microseconds.
double cores_in(const std::string& folder, bool second) {
  std::ifstream file(folder + (second ? "/cpu.max" : "/cpu.cfs_quota_us"));
  std::ifstream beside(second ? "" : folder + "/cpu.cfs_period_us");
  double quota = 0, period = 0;
  file >> quota;
  (second ? file : beside) >> period;
  return quota > 0 && period > 0 ? quota / period : kNoQuota;
}

// The smallest limit from the group up to the mount's root.
template <class Limit>
auto smallest(const Mount& mount, const std::string& group, const Limit& limit) {
  const std::string top = mount.group == "/" ? "" : mount.group;
  // A group outside of what is mounted (as seen from another namespace) has its limits where the mount begins.
  const bool inside = group.compare(0, top.size(), top) == 0 && (group.size() == top.size() || group[top.size()] == '/') &&
                      group.find("/..") == std::string::npos;
  std::string below = inside ? group.substr(top.size()) : "";
  if (below == "/") below.clear();
  auto least = limit(mount.folder + below);
  while (!below.empty()) {
    below.erase(below.rfind('/'));
    least = std::min(least, limit(mount.folder + below));
  }
  return least;
}

// The smallest limit of all groups of this process that a controller has. limit(folder, second) reads one.
template <class Number, class Limit>
Number smallest(const std::string& root, const char* controller, Number none, const Limit& limit) {
  Number least = none;
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':'), second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1), group = line.substr(second + 1);
    const bool unified = controllers.empty();
    if (!unified && !lists(controllers, controller)) continue;
    for (const Mount& mount : mounts(root, controller, unified)) {
      least = std::min(least, smallest(mount, group, [&](const std::string& folder) { return limit(folder, unified); }));
    }
  }
  return least;
}

}  // namespace

index cgroup_memory_limit(const std::string& root) {
  return smallest(root, "memory", kNone, [](const std::string& folder, bool second) {
    return limit_in(folder + (second ? "/memory.max" : "/memory.limit_in_bytes"));
  });
}

double cgroup_cores(const std::string& root) { return smallest(root, "cpu", kNoQuota, cores_in); }

}  // namespace tidegate
