// The golden fixtures: inputs, parameters, results and gradients that PyTorch computed (golden/cases.txt lists them). Loads the
// file of this build's precision; every number is handed out as double. The group onnx has results of onnxruntime, in float32 alone:
// param.W, R, B, P, X, initial_h, initial_c, sequence_lens, Y, Y_h, Y_c of a single node LSTM, GRU or RNN in ONNX's layouts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace golden {

struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<double> values;  // row-major; int64 tensors too

  std::int64_t dim(int i) const { return shape.at(static_cast<std::size_t>(i)); }
};

// The tensors of one safetensors file by name. at() throws with the name if there is none.
class Tensors {
 public:
  explicit Tensors(const std::string& path);
  bool has(const std::string& name) const { return tensors_.count(name) != 0; }
  const Tensor& at(const std::string& name) const;
  const std::map<std::string, Tensor>& all() const { return tensors_; }

 private:
  std::map<std::string, Tensor> tensors_;
};

// One line of cases.txt. A key that the case lacks: has() is false, word() throws.
struct Case {
  std::string group, id, op;
  double deviation;  // of PyTorch's float32 results from its float64 ones; onnx: from those of NumPy
  std::map<std::string, std::string> config;

  bool has(const std::string& key) const { return config.count(key) != 0; }
  const std::string& word(const std::string& key) const;
  std::int64_t integer(const std::string& key) const { return std::stoll(word(key)); }
  double number(const std::string& key) const { return std::stod(word(key)); }
  bool flag(const std::string& key) const { return word(key) == "true"; }

  Tensors load() const;
  // What a result may differ from the fixture, relative to max(1, the tensor's largest magnitude).
  double tolerance() const;
};

// The cases of a group: recurrent, cells, modules, attention, losses, optim, training, onnx. Throws if there are none.
std::vector<Case> cases(const std::string& group);

// Checks n numbers against a fixture's values; a failure names the worst one. file and line: the caller's.
void check_all_close(const char* file, int line, const std::string& what, const double* actual, std::size_t n,
                     const std::vector<double>& expected, double tolerance);
template <class Number>
void check_all_close(const char* file, int line, const std::string& what, const std::vector<Number>& actual,
                     const std::vector<double>& expected, double tolerance) {
  const std::vector<double> values(actual.begin(), actual.end());
  check_all_close(file, line, what, values.data(), values.size(), expected, tolerance);
}

}  // namespace golden

// actual: a vector of float or double; expected: a fixture's values.
#define CHECK_ALL_CLOSE(what, actual, expected, tolerance) \
  golden::check_all_close(__FILE__, __LINE__, what, actual, expected, tolerance)
