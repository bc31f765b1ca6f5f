// The functions of one value of simd/elementwise.def, and the activations among them by name, for nodes and cells.
#pragma once

#include <string>
#include <vector>

#include "core/attributes.h"
#include "isa/kernels.h"

namespace tidegate {

// A number that a function takes, and the attribute of its node.
struct FunctionSetting {
  const char* key;
  double least, greatest, standard;
};

// What the table calls none, alpha(0.01), ...
struct FunctionSettings {
  int count;
  FunctionSetting setting[2];
  bool bounds;  // the first is at most the second, and one of them at least is given

  // What the attributes say of them, the standard number where they say nothing.
  struct Numbers {
    double a = 0, b = 0;
    bool given = false;
  };
  Numbers read(const Attributes& attributes) const;
};

enum class FunctionOp { named, activation };
enum class Domain { anywhere, positive };

struct Function {
  FunctionOp op;
  const char* name;
  FunctionSettings settings;
  Domain domain;
  void (*Kernels::*forward)(real* y, const real* x, real a, real b, index n);
  void (*Kernels::*backward)(real* dx, const real* dy, const real* x, const real* y, real a, real b, index n);
};

// The kinds of activation, in the order of the table.
std::vector<const Function*> activations();
// The one that the attribute says by its name; throws invalid_spec with all names.
const Function& activation_of(const Attributes& attributes, const std::string& key);

}  // namespace tidegate
