// How much memory and processor time the control groups of this process allow (Linux; cgroups(7), proc(5)).
#pragma once

#include <string>

#include "core/real.h"

namespace tidegate {

// The smallest limit of the group of this process and of those around it, of version 1 and 2; INT64_MAX where there is none. root: what
// stands before each path, "" but for tests.
index cgroup_memory_limit(const std::string& root);

// The same for processor time, in cores: the quota of a period by its length. Infinity where there is none.
double cgroup_cores(const std::string& root);

}  // namespace tidegate
