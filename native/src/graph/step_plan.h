// The plan of a step call: made once and replayed while the same inputs are fed.
#pragma once

#include <vector>

#include "graph/node_run.h"

namespace tidegate {

struct Session::StepPlan {
  struct Fed {
    int value;
    index count;
    void* to;  // the session's copy of the input
    std::size_t bytes;
  };
  struct Carries {
    int state;
    index sequences;  // that its axis has
  };

  bool valid = false;
  std::vector<Fed> feeds;
  std::vector<NodeRun> runs;  // of the nodes to evaluate, in their order
  std::vector<Carries> states;
  std::vector<int> derived;   // the axes that are derived from those fed
  Counted<std::int32_t> ones;
  Metrics metrics;

  index bytes() const {
    return static_cast<index>(sizeof *this + feeds.capacity() * sizeof(Fed) + runs.capacity() * sizeof(NodeRun) +
                              states.capacity() * sizeof(Carries) + derived.capacity() * sizeof(int) + ones.capacity() * sizeof(std::int32_t));
  }
  bool is_for(const Feed* given, int count) const {
    if (!valid || static_cast<std::size_t>(count) != feeds.size()) return false;
    for (int i = 0; i < count; ++i) {
      if (given[i].value != feeds[i].value || given[i].count != feeds[i].count || given[i].data == nullptr) return false;
    }
    return true;
  }
};

}  // namespace tidegate
