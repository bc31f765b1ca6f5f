// The list of all ops, generated from the list in CMakeLists.txt.
#include "ops/op.h"

namespace tidegate {

#define TG_OP(name) extern const OpKind name##_op;
#include "ops.inc"
#undef TG_OP

const std::vector<const OpKind*>& op_kinds() {
  static const std::vector<const OpKind*> kinds = {
#define TG_OP(name) &name##_op,
#include "ops.inc"
#undef TG_OP
  };
  return kinds;
}

const OpKind* find_op(const std::string& name) {
  for (const OpKind* kind : op_kinds()) {
    if (name == kind->name) return kind;
  }
  return nullptr;
}

}  // namespace tidegate
