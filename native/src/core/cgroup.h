// How much memory the control groups of this process allow (Linux; cgroups(7), proc(5)).
#pragma once

#include <string>

#include "core/real.h"

namespace tidegate {

// The smallest limit of the group of this process and of those around it, of version 1 and 2; INT64_MAX where there is none. root: what
// stands before each path, "" but for tests.
index cgroup_memory_limit(const std::string& root);

}  // namespace tidegate
