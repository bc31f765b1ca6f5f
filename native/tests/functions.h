// The functions of one value of simd/elementwise.def by the C++ library's, in double: the oracle of nodes and cells.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

struct OracleNumbers {
  std::string text;  // as a node says them
  double a, b;
};

// slope: dy/dx, with PyTorch's choice where there is none.
struct FunctionOracle {
  std::vector<OracleNumbers> settings;
  std::function<double(double x, double a, double b)> value, slope;
};

const std::map<std::string, FunctionOracle>& functions();
