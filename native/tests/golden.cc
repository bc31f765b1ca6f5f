#include "golden.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "check.h"

namespace golden {

namespace {

// Reads the header of a safetensors file that PyTorch's writer made: an object of objects whose members are strings and arrays of
// whole numbers. Not a JSON reader for anything else.
class Header {
 public:
  explicit Header(const std::string& text) : text_(text) {}

  bool next(char expected) {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    if (at_ == text_.size() || text_[at_] != expected) return false;
    ++at_;
    return true;
  }
  void need(char expected) {
    if (!next(expected)) throw std::runtime_error(std::string("safetensors header: expected ") + expected + " at " + text_.substr(at_, 20));
  }
  std::string string() {
    need('"');
    const std::size_t end = text_.find('"', at_);
    if (end == std::string::npos) throw std::runtime_error("safetensors header: a string does not end");
    const std::string found = text_.substr(at_, end - at_);
    at_ = end + 1;
    return found;
  }
  std::vector<std::int64_t> numbers() {
    std::vector<std::int64_t> found;
    need('[');
    while (!next(']')) {
      if (!found.empty()) need(',');
      std::size_t used = 0;
      found.push_back(std::stoll(text_.substr(at_, 30), &used));
      at_ += used;
    }
    return found;
  }

 private:
  const std::string& text_;
  std::size_t at_ = 0;
};

template <class Stored>
void read_values(const std::string& bytes, std::size_t begin, std::size_t end, std::vector<double>* values) {
  for (std::size_t i = begin; i + sizeof(Stored) <= end; i += sizeof(Stored)) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i, sizeof stored);
    values->push_back(static_cast<double>(stored));
  }
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

}  // namespace

Tensors::Tensors(const std::string& path) {
  const std::string bytes = read_file(path);
  std::uint64_t header_size = 0;
  if (bytes.size() < 8) throw std::runtime_error(path + " is too short");
  std::memcpy(&header_size, bytes.data(), 8);
  if (header_size > bytes.size() - 8) throw std::runtime_error(path + ": the header does not fit");
  const std::string text = bytes.substr(8, header_size);
  Header header(text);
  header.need('{');
  for (bool first = true; !header.next('}'); first = false) {
    if (!first) header.need(',');
    const std::string name = header.string();
    header.need(':');
    header.need('{');
    std::string type;
    Tensor tensor;
    std::vector<std::int64_t> offsets;
    for (bool first_member = true; !header.next('}'); first_member = false) {
      if (!first_member) header.need(',');
      const std::string member = header.string();
      header.need(':');
      if (member == "dtype") {
        type = header.string();
      } else if (member == "shape") {
        tensor.shape = header.numbers();
      } else if (member == "data_offsets") {
        offsets = header.numbers();
      } else {
        header.string();  // __metadata__
      }
    }
    if (name == "__metadata__") continue;
    const std::size_t begin = 8 + header_size + static_cast<std::size_t>(offsets.at(0));
    const std::size_t end = 8 + header_size + static_cast<std::size_t>(offsets.at(1));
    if (end > bytes.size()) throw std::runtime_error(path + ": " + name + " lies past the end");
    if (type == "F32") {
      read_values<float>(bytes, begin, end, &tensor.values);
    } else if (type == "F64") {
      read_values<double>(bytes, begin, end, &tensor.values);
    } else if (type == "I64") {
      read_values<std::int64_t>(bytes, begin, end, &tensor.values);
    } else {
      throw std::runtime_error(path + ": " + name + " is " + type);
    }
    tensors_[name] = std::move(tensor);
  }
}

const Tensor& Tensors::at(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) throw std::runtime_error("the fixture has no tensor '" + name + "'");
  return found->second;
}

const std::string& Case::word(const std::string& key) const {
  const auto found = config.find(key);
  if (found == config.end()) throw std::runtime_error("case " + id + " has no '" + key + "'");
  return found->second;
}

Tensors Case::load() const {
  if (group == "onnx") return Tensors(TG_TEST_FOLDER "/golden/onnx/" + id + ".safetensors");
  return Tensors(std::string(TG_TEST_FOLDER "/golden/") + group + "/" + id +
#ifdef TG_DOUBLE
                 ".f64.safetensors");
#else
                 ".f32.safetensors");
#endif
}

double Case::tolerance() const {
  if (group == "onnx") return std::max(2e-6, 4 * deviation);
#ifdef TG_DOUBLE
  return 1e-9;
#else
  return std::max(2e-6, 4 * deviation);
#endif
}

std::vector<Case> cases(const std::string& group) {
  std::istringstream lines(read_file(TG_TEST_FOLDER "/golden/cases.txt"));
  std::vector<Case> found;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    Case one;
    words >> one.group >> one.id >> one.op >> one.deviation;
    for (std::string pair; words >> pair;) one.config[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
    if (one.group == group) found.push_back(one);
  }
  if (found.empty()) throw std::runtime_error("golden/cases.txt has no case of group " + group);
  return found;
}

void check_all_close(const char* file, int line, const std::string& what, const double* actual, std::size_t n,
                     const std::vector<double>& expected, double tolerance) {
  if (n != expected.size()) {
    check::fail(file, line, what + " has " + std::to_string(n) + " numbers, expected " + std::to_string(expected.size()));
    return;
  }
  double largest = 1;
  for (const double x : expected) largest = std::fmax(largest, std::abs(x));
  std::size_t worst = 0;
  double worst_difference = -1;
  for (std::size_t i = 0; i < n; ++i) {
    const double difference = actual[i] == expected[i] ? 0 : std::abs(actual[i] - expected[i]);
    if (!(difference <= worst_difference)) {  // a NaN counts as worst
      worst = i;
      worst_difference = difference;
      if (std::isnan(difference)) break;
    }
  }
  if (n > 0 && !(worst_difference <= tolerance * largest)) {
    char text[300];
    std::snprintf(text, sizeof text, "[%zu] is %.17g, expected %.17g: off by %.3g of the largest magnitude, allowed %.3g", worst,
                  actual[worst], expected[worst], worst_difference / largest, tolerance);
    check::fail(file, line, what + text);
  }
}

}  // namespace golden
