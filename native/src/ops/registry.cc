// The list of all ops, generated from the list of files in CMakeLists.txt.
#include "ops/op.h"

namespace tidegate {

#define TG_OPS(file) extern const OpGroup file##_ops;
#include "ops.inc"
#undef TG_OPS

const std::vector<const OpKind*>& op_kinds() {
  static const std::vector<const OpKind*> kinds = [] {
    std::vector<const OpKind*> all;
    for (const OpGroup& group : {
#define TG_OPS(file) file##_ops,
#include "ops.inc"
#undef TG_OPS
         }) {
      for (int i = 0; i < group.count; ++i) all.push_back(group.kinds + i);
    }
    return all;
  }();
  return kinds;
}

const OpKind* find_op(const std::string& name) {
  for (const OpKind* kind : op_kinds()) {
    if (name == kind->name) return kind;
  }
  return nullptr;
}

}  // namespace tidegate
