// PyTorch's results and gradients, reproduced through the C ABI.
#include "golden.h"

#include <numeric>

#include "check.h"
#include "network.h"

namespace {

using golden::Case;
using golden::Tensors;

std::string lowercase(std::string word) {
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

Reals reals(const golden::Tensor& tensor) { return Reals(tensor.values.begin(), tensor.values.end()); }
Ids ids(const golden::Tensor& tensor) { return Ids(tensor.values.begin(), tensor.values.end()); }

// PyTorch keeps states as [layers*directions, N, size]; ours is a row for each sequence, [N, layers*directions*size].
Reals states_by_sequence(const golden::Tensor& states) {
  const auto blocks = states.dim(0), n = states.dim(1), size = states.dim(2);
  Reals rows(states.values.size());
  for (std::int64_t b = 0; b < blocks; ++b) {
    for (std::int64_t s = 0; s < n; ++s) {
      for (std::int64_t c = 0; c < size; ++c) rows[(s * blocks + b) * size + c] = static_cast<tg_real>(states.values[(b * n + s) * size + c]);
    }
  }
  return rows;
}
std::vector<double> wide(const Reals& values) { return std::vector<double>(values.begin(), values.end()); }

// The file's parameters "param.<prefix>x" become the node's "x".
void load_parameters(const Tensors& file, const std::string& prefix, const std::string& node, Model& model) {
  for (const auto& [name, tensor] : file.all()) {
    if (name.rfind("param." + prefix, 0) == 0) model.set(node + "." + name.substr(6 + prefix.size()), reals(tensor));
  }
}

void check_parameter_gradients(const Tensors& file, const std::string& prefix, const std::string& node, const Session& session,
                               double tolerance) {
  int checked = 0;
  for (const auto& [name, tensor] : file.all()) {
    if (name.rfind("grad.param." + prefix, 0) != 0) continue;
    const std::string parameter = node + "." + name.substr(11 + prefix.size());
    CHECK_ALL_CLOSE(name, session.parameter_gradient(parameter), tensor.values, tolerance);
    ++checked;
  }
  CHECK(checked > 0);
}

std::string recurrent_line(const Case& c, const std::string& from) {
  const bool projected = c.has("proj_size") && c.integer("proj_size") > 0;
  std::string cell = c.op == "rnn_tanh" ? "rnn" : c.op;
  if (projected) cell += "_projected proj=" + c.word("proj_size");
  std::string line = "h = recurrent " + from + " cell=" + cell + " size=" + c.word("hidden_size") + " layers=" + c.word("num_layers");
  if (c.flag("bidirectional")) line += " bidirectional=true";
  if (!c.flag("bias")) line += " bias=false";
  return line;
}

void run_recurrent(const Case& c) {
  const Tensors file = c.load();
  const bool lstm = c.op == "lstm", given = c.word("initial_state") == "given", batch_first = c.flag("batch_first");
  const auto steps = c.integer("seq"), n = c.integer("batch"), cols = c.integer("input_size");
  const auto blocks = c.integer("num_layers") * (c.flag("bidirectional") ? 2 : 1);
  const auto width = c.integer("proj_size") > 0 ? c.integer("proj_size") : c.integer("hidden_size");

  std::string spec = "x = input axis=time gradient=true cols=" + c.word("input_size") + "\n";
  if (given) spec += "h0 = input axis=time per=sequence gradient=true cols=" + std::to_string(blocks * width) + "\n";
  if (given && lstm) spec += "c0 = input axis=time per=sequence gradient=true cols=" + std::to_string(blocks * c.integer("hidden_size")) + "\n";
  spec += recurrent_line(c, "x") + (given ? " h0=h0" : "") + (given && lstm ? " c0=c0" : "") + "\n";
  Model model(spec);
  load_parameters(file, "", "h", model);

  Ids lengths(static_cast<std::size_t>(n), static_cast<std::int32_t>(steps));
  if (file.has("lengths")) lengths = ids(file.at("lengths"));
  Batch batch(model);
  batch.lengths("time", lengths).feed("x", pack(file.at("input").values, lengths, steps, cols, batch_first));
  if (given) batch.feed("h0", states_by_sequence(file.at("h0")));
  if (given && lstm) batch.feed("c0", states_by_sequence(file.at("c0")));

  Session session(model);
  session.forward(batch);
  const auto directions = c.flag("bidirectional") ? 2 : 1;
  std::vector<std::pair<std::string, Reals>> seeds = {
      {"h", pack(file.at("w.output").values, lengths, steps, directions * width, batch_first)},
      {"h.h_n", states_by_sequence(file.at("w.hn"))}};
  if (lstm) seeds.push_back({"h.c_n", states_by_sequence(file.at("w.cn"))});
  const double tolerance = c.tolerance();
  CHECK_ALL_CLOSE("output", unpack(session.output("h"), lengths, steps, directions * width, batch_first), file.at("output").values,
                  tolerance);
  CHECK_ALL_CLOSE("hn", session.output("h.h_n"), wide(states_by_sequence(file.at("hn"))), tolerance);
  if (lstm) CHECK_ALL_CLOSE("cn", session.output("h.c_n"), wide(states_by_sequence(file.at("cn"))), tolerance);

  session.backward(seeds);
  CHECK_ALL_CLOSE("grad.input", unpack(session.gradient("x"), lengths, steps, cols, batch_first), file.at("grad.input").values,
                  tolerance);
  if (given) CHECK_ALL_CLOSE("grad.h0", session.gradient("h0"), wide(states_by_sequence(file.at("grad.h0"))), tolerance);
  if (given && lstm) CHECK_ALL_CLOSE("grad.c0", session.gradient("c0"), wide(states_by_sequence(file.at("grad.c0"))), tolerance);
  check_parameter_gradients(file, "", "h", session, tolerance);
}

// One step of one cell: as PyTorch's cell modules, which name their parameters without a layer.
void run_cell(const Case& c) {
  const Tensors file = c.load();
  const bool lstm = c.op == "lstm_cell";
  const std::string size = c.word("hidden_size");
  std::string spec = "x = input axis=time gradient=true cols=" + c.word("input_size") +
                     "\nh0 = input axis=time per=sequence gradient=true cols=" + size + "\n";
  if (lstm) spec += "c0 = input axis=time per=sequence gradient=true cols=" + size + "\n";
  spec += "h = recurrent x cell=" + std::string(lstm ? "lstm" : c.op == "gru_cell" ? "gru" : "rnn") + " size=" + size + " h0=h0" +
          (lstm ? " c0=c0" : "") + "\n";
  Model model(spec);
  const std::vector<std::string> names = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
  for (const auto& name : names) model.set("h." + name + "_l0", reals(file.at("param." + name)));
  Batch batch(model);
  batch.lengths("time", Ids(static_cast<std::size_t>(c.integer("batch")), 1)).feed("x", reals(file.at("input")));
  batch.feed("h0", reals(file.at("h0")));
  if (lstm) batch.feed("c0", reals(file.at("c0")));
  Session session(model);
  session.forward(batch);
  std::vector<std::pair<std::string, Reals>> seeds = {{"h", reals(file.at("w.h1"))}};
  if (lstm) seeds.push_back({"h.c_n", reals(file.at("w.c1"))});
  const double tolerance = c.tolerance();
  CHECK_ALL_CLOSE("h1", session.output("h"), file.at("h1").values, tolerance);
  if (lstm) CHECK_ALL_CLOSE("c1", session.output("h.c_n"), file.at("c1").values, tolerance);
  session.backward(seeds);
  CHECK_ALL_CLOSE("grad.input", session.gradient("x"), file.at("grad.input").values, tolerance);
  CHECK_ALL_CLOSE("grad.h0", session.gradient("h0"), file.at("grad.h0").values, tolerance);
  if (lstm) CHECK_ALL_CLOSE("grad.c0", session.gradient("c0"), file.at("grad.c0").values, tolerance);
  for (const auto& name : names) {
    CHECK_ALL_CLOSE("grad.param." + name, session.parameter_gradient("h." + name + "_l0"), file.at("grad.param." + name).values, tolerance);
  }
}

// A node of ONNX. Its gates are in another order, i o f g and z r n; both biases stand in one row, peepholes as i o f.
void run_onnx(const Case& c) {
  const Tensors file = c.load();
  const bool lstm = c.op == "lstm", gru = c.op == "gru";
  const auto size = static_cast<std::size_t>(c.integer("hidden_size")), cols = static_cast<std::size_t>(c.integer("input_size"));
  const int directions = c.flag("bidirectional") ? 2 : 1;
  const auto n = c.integer("batch"), steps = c.integer("seq");
  std::string spec = "x = input axis=time cols=" + c.word("input_size") + "\n";
  const bool given = file.has("initial_h"), given_memory = file.has("initial_c");
  const std::string states = std::to_string(directions * static_cast<int>(size));
  if (given) spec += "h0 = input axis=time per=sequence cols=" + states + "\n";
  if (given_memory) spec += "c0 = input axis=time per=sequence cols=" + states + "\n";
  spec += "h = recurrent x size=" + c.word("hidden_size") + " cell=" + (gru && !c.flag("linear_before_reset") ? "gru_reset_before" : c.op);
  for (const char* setting : {"clip", "peepholes", "coupled", "activation", "bidirectional"}) {
    if (c.has(setting)) spec += " " + std::string(setting) + "=" + c.word(setting);
  }
  Model model(spec + (given ? " h0=h0" : "") + (given_memory ? " c0=c0" : "") + "\n");

  // where[g]: our gate g in theirs.
  std::vector<std::size_t> where = {0};
  if (lstm) where = {0, 2, 3, 1};
  if (gru) where = {1, 0, 2};
  const auto gates = [&](const std::string& tensor, int direction, std::size_t width, std::size_t first = 0) {
    const std::vector<double>& all = file.at(tensor).values;
    const std::size_t each = all.size() / static_cast<std::size_t>(directions);
    Reals ours;
    for (const std::size_t gate : where) {
      const auto from = all.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(direction) * each + first + gate * size * width);
      ours.insert(ours.end(), from, from + static_cast<std::ptrdiff_t>(size * width));
    }
    return ours;
  };
  for (int d = 0; d < directions; ++d) {
    const std::string suffix = d == 0 ? "_l0" : "_l0_reverse";
    model.set("h.weight_ih" + suffix, gates("param.W", d, cols));
    model.set("h.weight_hh" + suffix, gates("param.R", d, size));
    model.set("h.bias_ih" + suffix, gates("param.B", d, 1));
    model.set("h.bias_hh" + suffix, gates("param.B", d, 1, where.size() * size));
    if (!file.has("param.P")) continue;
    int at = 0;
    for (const char* name : {"h.weight_ci", "h.weight_co", "h.weight_cf"}) {
      const auto from = file.at("param.P").values.begin() + static_cast<std::ptrdiff_t>(size) * (d * 3 + at++);
      model.set(name + suffix, Reals(from, from + static_cast<std::ptrdiff_t>(size)));
    }
  }

  Ids lengths(static_cast<std::size_t>(n), static_cast<std::int32_t>(steps));
  if (file.has("sequence_lens")) lengths = ids(file.at("sequence_lens"));
  Batch batch(model);
  batch.lengths("time", lengths).feed("x", pack(file.at("X").values, lengths, steps, c.integer("input_size"), false));
  if (given) batch.feed("h0", states_by_sequence(file.at("initial_h")));
  if (given_memory) batch.feed("c0", states_by_sequence(file.at("initial_c")));
  Session session(model, TG_INFER);
  session.forward(batch);
  // Y is [T, directions, N, H]; ours has the directions side by side.
  const golden::Tensor& y = file.at("Y");
  std::vector<double> expected(y.values.size());
  for (std::int64_t t = 0; t < steps; ++t) {
    for (std::int64_t d = 0; d < directions; ++d) {
      for (std::int64_t s = 0; s < n; ++s) {
        const auto from = y.values.begin() + ((t * directions + d) * n + s) * c.integer("hidden_size");
        std::copy_n(from, size, expected.begin() + ((t * n + s) * directions + d) * c.integer("hidden_size"));
      }
    }
  }
  const double tolerance = c.tolerance();
  CHECK_ALL_CLOSE("Y", unpack(session.output("h"), lengths, steps, directions * c.integer("hidden_size"), false), expected, tolerance);
  CHECK_ALL_CLOSE("Y_h", session.output("h.h_n"), wide(states_by_sequence(file.at("Y_h"))), tolerance);
  if (lstm) CHECK_ALL_CLOSE("Y_c", session.output("h.c_n"), wide(states_by_sequence(file.at("Y_c"))), tolerance);
}

void run_module(const Case& c) {
  const Tensors file = c.load();
  const double tolerance = c.tolerance();
  std::string spec;
  if (c.op == "embedding") {
    spec = "x = ids axis=rows\ny = embedding x rows=" + c.word("num_embeddings") + " cols=" + c.word("embedding_dim");
    if (c.word("padding_idx") != "none") spec += " padding=" + c.word("padding_idx");
  } else if (c.op == "linear") {
    spec = "x = input axis=rows gradient=true cols=" + c.word("in_features") + "\ny = linear x cols=" + c.word("out_features") +
           (c.flag("bias") ? "" : " bias=false");
  } else if (c.op == "layernorm") {
    spec = "x = input axis=rows gradient=true cols=" + c.word("normalized_shape") + "\ny = layer_norm x eps=" + c.word("eps") +
           (c.flag("elementwise_affine") ? "" : " affine=false");
  } else if (c.op == "softmax" || c.op == "log_softmax") {
    spec = "x = input axis=rows gradient=true cols=" + std::to_string(file.at("input").shape.back()) + "\ny = " + c.op + " x";
  } else {
    throw std::runtime_error("no spec for module " + c.op);
  }
  Model model(spec + "\n");
  load_parameters(file, "", "y", model);
  const auto& output = file.at("output");
  const auto rows = static_cast<std::int32_t>(output.values.size()) / static_cast<std::int32_t>(output.shape.back());
  Batch batch(model);
  batch.lengths("rows", {rows});
  if (c.op == "embedding") {
    batch.feed_ids("x", ids(file.at("ids")));
  } else {
    batch.feed("x", reals(file.at("input")));
  }
  Session session(model);
  session.forward(batch);
  CHECK_ALL_CLOSE("output", session.output("y"), output.values, tolerance);
  session.backward({{"y", reals(file.at("w.output"))}});
  if (c.op != "embedding") CHECK_ALL_CLOSE("grad.input", session.gradient("x"), file.at("grad.input").values, tolerance);
  if (model.parameters() > 0) check_parameter_gradients(file, "", "y", session, tolerance);
}

void run_cross_entropy(const Case& c) {
  const Tensors file = c.load();
  const bool each = c.word("reduction") == "none";
  std::string spec = "y = input axis=rows gradient=true cols=" + c.word("classes") +
                     "\nt = ids axis=rows\nloss = cross_entropy y t reduction=" + c.word("reduction");
  if (c.word("ignore_index") != "none") spec += " ignore=" + c.word("ignore_index");
  if (c.number("label_smoothing") != 0) spec += " label_smoothing=" + c.word("label_smoothing");
  if (c.flag("class_weight")) {
    std::string weights;
    for (const double w : file.at("class_weight").values) {
      char number[40];
      std::snprintf(number, sizeof number, "%.17g", w);
      weights += (weights.empty() ? "" : ",") + std::string(number);
    }
    spec += " class_weights=" + weights;
  }
  Model model(spec + "\n");
  Batch batch(model);
  batch.lengths("rows", {static_cast<std::int32_t>(c.integer("rows"))});
  batch.feed("y", reals(file.at("logits"))).feed_ids("t", ids(file.at("targets")));
  Session session(model);
  const tg_metrics metrics = session.forward(batch);
  const double tolerance = c.tolerance();
  CHECK_ALL_CLOSE("loss", session.output("loss"), file.at("loss").values, tolerance);
  if (each) {
    session.backward({{"loss", reals(file.at("w.loss"))}});
  } else {
    CHECK_CLOSE(metrics.loss, file.at("loss").values[0], tolerance);
    session.backward();
  }
  CHECK_ALL_CLOSE("grad.logits", session.gradient("y"), file.at("grad.logits").values, tolerance);
}

void run_ctc(const Case& c) {
  const Tensors file = c.load();
  const bool each = c.word("reduction") == "none";
  Model model("y = input axis=frames gradient=true cols=" + c.word("classes") + "\nt = ids axis=labels\nloss = ctc y t blank=" +
              c.word("blank") + " zero_infinity=" + c.word("zero_infinity") + " reduction=" + c.word("reduction") + "\n");
  const Ids frames = ids(file.at("input_lengths")), labels = ids(file.at("target_lengths"));
  const auto steps = c.integer("T"), classes = c.integer("classes"), longest = file.at("targets").dim(1);
  std::vector<double> targets = file.at("targets").values;
  Ids lengths = labels;
  for (std::size_t s = 0; s < labels.size(); ++s) {
    if (labels[s] > 0) continue;
    lengths[s] = 1;  // an empty target is one blank
    targets[s * static_cast<std::size_t>(longest)] = c.number("blank");
  }
  const Reals packed = pack(targets, lengths, longest, 1, true);
  Batch batch(model);
  batch.lengths("frames", frames).feed("y", pack(file.at("logits").values, frames, steps, classes, false));
  batch.lengths("labels", lengths).feed_ids("t", Ids(packed.begin(), packed.end()));
  Session session(model);
  const tg_metrics metrics = session.forward(batch);
  const double tolerance = c.tolerance();
  CHECK_ALL_CLOSE("loss", session.output("loss"), file.at("loss").values, tolerance);
  if (each) {
    session.backward({{"loss", reals(file.at("w.loss"))}});
  } else {
    CHECK_EQUAL(metrics.targets, c.integer("batch"));
    session.backward();
  }
  CHECK_ALL_CLOSE("grad.logits", unpack(session.gradient("y"), frames, steps, classes, false), file.at("grad.logits").values, tolerance);
}

void run_elementwise(const Case& c) {
  const Tensors file = c.load();
  const auto& input = file.at("input");
  const std::string cols = std::to_string(input.dim(1));
  std::string op = c.op == "binary_cross_entropy_with_logits" ? "binary_cross_entropy" : c.op.substr(0, c.op.find("_loss"));
  op += op == "huber" ? " y t delta=" + c.word("beta_or_delta") : op == "smooth_l1" ? " y t beta=" + c.word("beta_or_delta") : " y t";
  Model model("y = input axis=rows gradient=true cols=" + cols + "\nt = input axis=rows cols=" + cols +
              "\nloss = " + op + " reduction=" + c.word("reduction") + "\n");
  Batch batch(model);
  batch.lengths("rows", {static_cast<std::int32_t>(input.dim(0))}).feed("y", reals(input)).feed("t", reals(file.at("targets")));
  Session session(model);
  CHECK_CLOSE(session.forward(batch).loss, file.at("loss").values[0], c.tolerance());
  session.backward();
  CHECK_ALL_CLOSE("grad.input", session.gradient("y"), file.at("grad.input").values, c.tolerance());
}

// A query a sequence over keys that are values too; `masked`: the sequences differ in length. The weights' gradient is nobody's.
void run_attention(const Case& c) {
  const Tensors file = c.load();
  const bool additive = c.op == "bahdanau";
  const auto n = c.integer("batch"), steps = c.integer("seq"), cols = c.integer("key_size");
  const std::string score = additive ? "additive size=" + c.word("attention_size") : c.op.substr(c.op.find('_') + 1);
  Model model("q = input axis=asking per=sequence gradient=true cols=" + c.word("query_size") +
              "\nkeys = input axis=time gradient=true cols=" + c.word("key_size") + "\ny = attention q keys score=" + score +
              " weights=" + c.word("seq") + "\n");
  std::vector<std::pair<std::string, std::string>> names;
  if (additive) names = {{"W_q", "weight_q"}, {"W_k", "weight_k"}, {"v", "v"}};
  if (c.op == "luong_general") names = {{"W", "weight"}};
  for (const auto& [theirs, ours] : names) model.set("y." + ours, reals(file.at("param." + theirs)));
  Ids lengths(static_cast<std::size_t>(n), static_cast<std::int32_t>(steps));
  if (c.flag("masked")) lengths = ids(file.at("lengths"));
  Batch batch(model);
  batch.lengths("asking", Ids(lengths.size(), 1)).lengths("time", lengths);
  batch.feed("q", reals(file.at("query"))).feed("keys", pack(file.at("keys").values, lengths, steps, cols, true));
  Session session(model);
  session.forward(batch);
  const double tolerance = c.tolerance();
  CHECK_ALL_CLOSE("output", session.output("y"), file.at("output").values, tolerance);
  CHECK_ALL_CLOSE("weights", session.output("y.weights"), file.at("weights").values, tolerance);
  session.backward({{"y", reals(file.at("w.output"))}});
  CHECK_ALL_CLOSE("grad.query", session.gradient("q"), file.at("grad.query").values, tolerance);
  CHECK_ALL_CLOSE("grad.keys", unpack(session.gradient("keys"), lengths, steps, cols, true), file.at("grad.keys").values, tolerance);
  for (const auto& [theirs, ours] : names) {
    CHECK_ALL_CLOSE("grad.param." + theirs, session.parameter_gradient("y." + ours), file.at("grad.param." + theirs).values, tolerance);
  }
}

std::string optimizer_text(const Case& c) {
  std::string text = lowercase(c.word("optimiser"));
  for (const char* key : {"momentum", "weight_decay"}) {
    if (c.has(key)) text += " " + std::string(key) + "=" + c.word(key);
  }
  return text;
}

void run_training(const Case& c) {
  const Tensors file = c.load();
  const std::vector<std::pair<std::string, std::string>> nodes = {{"embedding.", "e"}, {"rnn.", "h"}, {"linear.", "y"}};
  Model model("words = ids axis=time\nnext = ids axis=time\ne = embedding words rows=" + c.word("vocab") + " cols=" +
              c.word("embedding") + " padding=0\nh = recurrent e cell=" + c.word("cell") + " size=" + c.word("hidden") + " layers=" +
              c.word("num_layers") + " bidirectional=" + c.word("bidirectional") + "\ny = linear h cols=" + c.word("classes") +
              "\nloss = cross_entropy y next ignore=-100\n");
  for (const auto& [prefix, node] : nodes) load_parameters(file, prefix, node, model);
  const Ids lengths = ids(file.at("lengths"));
  const auto steps = file.at("ids").dim(1), classes = c.integer("classes");
  const auto packed_ids = [&](const char* name) {
    const Reals rows = pack(file.at(name).values, lengths, steps, 1, true);
    return Ids(rows.begin(), rows.end());
  };
  Batch batch(model);
  batch.lengths("time", lengths).feed_ids("words", packed_ids("ids")).feed_ids("next", packed_ids("targets"));
  Session session(model);
  const double tolerance = c.tolerance();

  session.forward(batch);
  CHECK_ALL_CLOSE("output", session.output("y"), wide(pack(file.at("output").values, lengths, steps, classes, true)), tolerance);
  session.backward();
  for (const auto& [prefix, node] : nodes) check_parameter_gradients(file, prefix, node, session, tolerance);
  ok(tg_session_zero_gradients(session.get()));

  Optimizer optimizer(model, optimizer_text(c));
  const tg_step step = {c.number("lr"), c.number("clip_grad_norm"), 0, TG_NORM_L2};
  std::vector<double> losses, norms;
  for (std::int64_t i = 0; i < c.integer("steps"); ++i) {
    tg_metrics metrics;
    ok(tg_session_train(session.get(), batch.get(), optimizer.get(), &step, &metrics));
    losses.push_back(metrics.loss);
    norms.push_back(metrics.gradient_norm);
  }
  CHECK_ALL_CLOSE("losses", losses, file.at("losses").values, tolerance);
  CHECK_ALL_CLOSE("grad_norms", norms, file.at("grad_norms").values, tolerance);
  int checked = 0;
  for (const auto& [prefix, node] : nodes) {
    for (const auto& [name, tensor] : file.all()) {
      if (name.rfind("final." + prefix, 0) != 0) continue;
      CHECK_ALL_CLOSE(name, model.get(node + "." + name.substr(6 + prefix.size())), tensor.values, tolerance);
      ++checked;
    }
  }
  CHECK_EQUAL(checked, model.parameters());
  CHECK_EQUAL(tg_optimizer_step(optimizer.get()), c.integer("steps"));
}

void each_case(const char* group, const std::string& op, void (*run)(const Case&)) {
  int count = 0;
  for (const Case& c : golden::cases(group)) {
    if (!op.empty() && c.op != op) continue;
    check::About about(c.id);
    try {
      run(c);
    } catch (const std::exception& e) {
      check::fail(__FILE__, __LINE__, e.what());
    }
    ++count;
  }
  CHECK(count > 0);
}

}  // namespace

TEST("the tanh RNN gives PyTorch's outputs, states and gradients") { each_case("recurrent", "rnn_tanh", run_recurrent); }
TEST("the relu RNN gives PyTorch's outputs, states and gradients") { each_case("recurrent", "rnn_relu", run_recurrent); }
TEST("the LSTM, projected or not, gives PyTorch's outputs, states and gradients") { each_case("recurrent", "lstm", run_recurrent); }
TEST("the GRU gives PyTorch's outputs, states and gradients") { each_case("recurrent", "gru", run_recurrent); }
TEST("peepholes, coupled gates, clipped inputs and other activations give onnxruntime's results") { each_case("onnx", "", run_onnx); }
TEST("one step gives what PyTorch's cell modules give") { each_case("cells", "", run_cell); }
TEST("embedding, linear and layer_norm give PyTorch's outputs and gradients") { each_case("modules", "", run_module); }
TEST("cross_entropy gives PyTorch's losses and gradients") { each_case("losses", "cross_entropy", run_cross_entropy); }
TEST("the rows of a reduced cross_entropy are PyTorch's unreduced losses") {
  for (const Case& c : golden::cases("losses")) {
    if (c.op != "cross_entropy" || c.word("reduction") != "none" || c.word("ignore_index") == "2") continue;
    const Tensors file = c.load();
    Model model("y = input axis=rows cols=7\nt = ids axis=rows\nloss = cross_entropy y t label_smoothing=" + c.word("label_smoothing") + "\n");
    Batch batch(model);
    batch.lengths("rows", {static_cast<std::int32_t>(c.integer("rows"))});
    batch.feed("y", reals(file.at("logits"))).feed_ids("t", ids(file.at("targets")));
    Session session(model);
    session.forward(batch);
    check::About about(c.id);
    CHECK_ALL_CLOSE("loss.rows", session.output("loss.rows"), file.at("loss").values, c.tolerance());
  }
}
TEST("ctc gives PyTorch's losses and gradients") { each_case("losses", "ctc_loss", run_ctc); }
TEST("mse, l1, smooth_l1, huber and binary_cross_entropy give PyTorch's losses and gradients") {
  for (const char* op : {"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy_with_logits"}) {
    each_case("losses", op, run_elementwise);
  }
}
TEST("attention gives PyTorch's contexts, weights and gradients, for every score") { each_case("attention", "", run_attention); }
TEST("a training of eight steps follows PyTorch's losses, gradient norms and parameters") { each_case("training", "", run_training); }
