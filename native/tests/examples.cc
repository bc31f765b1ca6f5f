#include "examples.h"

#include <algorithm>
#include <sstream>

#include "ops/op.h"
#include "ops/recurrent_layer.h"

namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::vector<std::vector<std::string>> lines_of(const std::string& spec) {
  std::istringstream in(spec);
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(words_of(line));
  return lines;
}

// One more than the greatest id that everything that reads this input accepts.
std::int64_t id_limit(const Model& model, const Batch& batch, const std::string& spec, const std::string& input) {
  std::int64_t limit = 1000;
  for (const auto& words : lines_of(spec)) {
    if (words.size() < 4 || std::find(words.begin() + 3, words.end(), input) == words.end()) continue;
    const std::string& op = words[2];
    if (op == "embedding" || op == "one_hot") {
      limit = std::min<std::int64_t>(limit, std::stoll(attribute_of(spec, words[0], "rows")));
    } else if (op == "cross_entropy" || op == "ctc" || op == "crf") {
      limit = std::min<std::int64_t>(limit, model.value(words[3]).cols);
    } else if (op == "gather") {
      limit = std::min<std::int64_t>(limit, std::max<std::int64_t>(1, batch.rows(model.value(words[3]))));
    } else {
      throw std::runtime_error("tests/examples.cc does not know which ids " + op + " reads");
    }
  }
  return limit;
}

// The id that a loss ignores in this input's targets, "" if there is none.
std::string ignored_id(const std::string& spec, const std::string& input) {
  for (const auto& words : lines_of(spec)) {
    if (words.size() > 4 && words[2] == "cross_entropy" && words[4] == input) return attribute_of(spec, words[0], "ignore");
  }
  return "";
}

}  // namespace

std::vector<Example> all_examples() {
  std::vector<Example> examples;
  for (const tidegate::OpKind* kind : tidegate::op_kinds()) {
    for (const std::string& spec : kind->examples()) examples.push_back({kind->name, spec});
  }
  return examples;
}

std::vector<std::string> cells_with_settings() {
  std::vector<std::string> all;
  for (const std::string& name : tidegate::kernels().cell_names()) {
    for (const tidegate::CellVariant& variant : tidegate::cell_variants(*tidegate::kernels().cell(name))) {
      if (variant.most) all.push_back(name + variant.attributes);
    }
  }
  return all;
}

std::string attribute_of(const std::string& spec, const std::string& node, const std::string& key) {
  for (const auto& words : lines_of(spec)) {
    if (words.empty() || words[0] != node) continue;
    for (const auto& word : words) {
      if (word.rfind(key + "=", 0) == 0) return word.substr(key.size() + 1);
    }
  }
  return "";
}

bool streams(const std::string& spec) {
  for (const auto& words : lines_of(spec)) {
    if (words.size() < 4 || (words[2] != "frames" && words[2] != "pool" && words[2] != "conv1d")) continue;
    if (!attribute_of(spec, words[0], "channels").empty()) continue;
    const std::string pad = attribute_of(spec, words[0], "pad"), end = pad.substr(pad.find(',') + 1);
    if (!end.empty() && end != "0") return false;
    if (!pad.empty() && pad != "0,0" && attribute_of(spec, words[0], "pad_mode") == "reflect") return false;
  }
  return true;
}

std::string with_input_gradients(const std::string& spec) {
  std::istringstream in(spec);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    const auto words = words_of(line);
    out += line;
    if (words.size() > 2 && words[2] == "input" && line.find("gradient=") == std::string::npos) out += " gradient=true";
    out += "\n";
  }
  return out;
}

void fill(const Model& model, const std::string& spec, const Ids& lengths, std::uint64_t seed, Batch* batch) {
  for (int a = 0; a < tg_model_axes(model.get()); ++a) {
    if (axis_info(model.get(), a).source >= 0) continue;
    batch->lengths(tg_model_axis(model.get(), a), a == 0 ? lengths : Ids(lengths.rbegin(), lengths.rend()));
  }
  for (int v = 0; v < model.values(); ++v) {
    const tg_value value = model.value(v);
    if (!value.input) continue;
    const auto rows = static_cast<std::size_t>(batch->rows(value));
    const std::uint64_t own = seed + static_cast<std::uint64_t>(v) * 131;
    if (value.kind == TG_REAL) {
      batch->feed(value.name, random_reals(rows * static_cast<std::size_t>(value.cols), own));
      continue;
    }
    Ids ids = random_ids(rows, static_cast<std::int32_t>(id_limit(model, *batch, spec, value.name)), own);
    const std::string ignored = ignored_id(spec, value.name);
    for (std::size_t i = 1; !ignored.empty() && i < rows; i += 3) ids[i] = std::stoi(ignored);
    batch->feed_ids(value.name, ids);
  }
}
