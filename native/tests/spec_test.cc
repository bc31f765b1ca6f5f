// Specs that are wrong: each is refused with a status and a text that names the line, the node and what is the matter. Specs that
// are right: their canonical form builds the same model.
#include <cstring>

#include <sys/resource.h>

#include "check.h"
#include "examples.h"

namespace {

struct Wrong {
  const char* what;
  std::string spec;
  tg_status status;
  std::vector<std::string> names;  // that the text must hold
};

const std::string kWords = "words = ids axis=text\n";
const std::string kReals = "x = input axis=text cols=3\n";

const std::vector<Wrong> kWrong = {
    {"an empty spec", "", TG_INVALID_SPEC, {"empty"}},
    {"a spec of comments and spaces", "  # nothing\n\n \t \n", TG_INVALID_SPEC, {"empty"}},
    {"no op", kWords + "e =\n", TG_INVALID_SPEC, {"line 2", "e"}},
    {"no equals sign", kWords + "embedding words rows=3 cols=2\n", TG_INVALID_SPEC, {"line 2", "embedding"}},
    {"an unknown op", kWords + "e = embeding words rows=3 cols=2\n", TG_INVALID_SPEC, {"line 2", "e", "embeding", "embedding"}},
    {"an unknown node", kWords + "e = embedding wrods rows=3 cols=2\n", TG_INVALID_SPEC, {"line 2", "'e'", "wrods"}},
    {"a node that is defined below", "y = linear x cols=2\n" + kReals, TG_INVALID_SPEC, {"line 1", "'y'", "'x'"}},
    {"a node that reads itself", kReals + "y = add y x\n", TG_INVALID_SPEC, {"line 2", "'y'"}},
    {"a cycle of two", kReals + "a = add x b\nb = add x a\n", TG_INVALID_SPEC, {"line 2", "'a'", "'b'"}},
    {"a port that is not there", kReals + "h = recurrent x cell=gru size=2\ny = linear h.c_n cols=2\n", TG_INVALID_SPEC,
     {"line 3", "'y'", "h.c_n"}},
    {"a name given twice", kReals + "x = linear x cols=2\n", TG_INVALID_SPEC, {"line 2", "x", "twice"}},
    {"a name that is none", "1x = ids axis=text\n", TG_INVALID_SPEC, {"line 1", "1x"}},
    {"an unknown attribute", kReals + "y = linear x cols=2 colour=red\n", TG_INVALID_SPEC, {"line 2", "'y'", "colour"}},
    {"an attribute given twice", kReals + "y = linear x cols=2 cols=3\n", TG_INVALID_SPEC, {"line 2", "'y'", "cols"}},
    {"a missing attribute", kReals + "y = linear x\n", TG_INVALID_SPEC, {"line 2", "'y'", "cols"}},
    {"an attribute without a value", kReals + "y = linear x cols=\n", TG_INVALID_SPEC, {"line 2", "'y'", "cols="}},
    {"a size of zero", kReals + "h = recurrent x cell=gru size=0\n", TG_INVALID_SPEC, {"line 2", "'h'", "size", "0"}},
    {"a negative size", kReals + "h = recurrent x cell=gru size=-4\n", TG_INVALID_SPEC, {"line 2", "'h'", "size", "-4"}},
    {"a size that is no number", kReals + "h = recurrent x cell=gru size=many\n", TG_INVALID_SPEC, {"line 2", "'h'", "size", "many"}},
    {"a size with a fraction", kReals + "h = recurrent x cell=gru size=2.5\n", TG_INVALID_SPEC, {"line 2", "'h'", "size", "2.5"}},
    {"a size beyond 64 bits", kReals + "y = linear x cols=99999999999999999999999\n", TG_INVALID_SPEC, {"line 2", "'y'", "cols"}},
    {"sizes whose product overflows", kWords + "e = embedding words rows=2147483647 cols=2147483647\n", TG_OUT_OF_MEMORY, {"line 2", "'e'"}},
    {"a parameter larger than memory", kWords + "e = embedding words rows=2147483647 cols=30000\n", TG_OUT_OF_MEMORY, {}},
    {"no layer", kReals + "h = recurrent x cell=rnn size=2 layers=0\n", TG_INVALID_SPEC, {"line 2", "'h'", "layers"}},
    {"a cell that is not there", kReals + "h = recurrent x size=2 cell=lmst\n", TG_INVALID_SPEC, {"line 2", "'h'", "lmst", "lstm"}},
    {"a recurrent layer without a cell", kReals + "h = recurrent x size=2\n", TG_INVALID_SPEC, {"line 2", "'h'", "cell", "lstm"}},
    {"a projection of a cell that has none", kReals + "h = recurrent x size=2 cell=gru proj=1\n", TG_INVALID_SPEC, {"line 2", "'h'", "gru"}},
    {"a setting of another cell", kReals + "h = recurrent x size=2 cell=gru peepholes=true\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "peepholes=true", "clip", "activation"}},
    {"a setting of a cell that has none", kReals + "h = recurrent x size=2 cell=min_gru clip=1\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "clip=1"}},
    {"a negative clip", kReals + "h = recurrent x size=2 cell=rnn clip=-1\n", TG_INVALID_SPEC, {"line 2", "'h'", "clip=-1", "from 0"}},
    {"an activation that is not there", kReals + "h = recurrent x size=2 cell=gru activation=elu\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "activation=elu", "tanh, relu, sigmoid"}},
    {"activations of a cell with one of its own", kReals + "h = recurrent x size=2 cell=rnn_relu activations=tanh\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "activations=tanh", "clip"}},
    {"too few activations", kReals + "h = recurrent x size=2 cell=lstm activations=tanh,tanh\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "activations=tanh,tanh", "cell=lstm", "3 functions", "sigmoid,tanh,tanh", "got 2"}},
    {"no activation", kReals + "h = recurrent x size=2 cell=rnn activations=\n", TG_INVALID_SPEC, {"line 2", "activations"}},
    {"activations that are not there", kReals + "h = recurrent x size=2 cell=gru activations=Sigmoid,tanh\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "activations=Sigmoid,tanh", "one of: tanh, relu, sigmoid", "thresholded_relu"}},
    {"a number of an activation that takes none", kReals + "h = recurrent x size=2 cell=gru activations=sigmoid:1,tanh\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "'sigmoid:1'", "takes no number"}},
    {"a beta of an activation that takes alpha alone", kReals + "h = recurrent x size=2 cell=gru activations=sigmoid,elu:1:2\n",
     TG_INVALID_SPEC, {"line 2", "'h'", "'elu:1:2'", "takes one number, got 2"}},
    {"an alpha that is no number", kReals + "h = recurrent x size=2 cell=rnn activations=hard_sigmoid::0.5\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "hard_sigmoid::0.5", "alpha", "a number from"}},
    {"an alpha beyond floats", kReals + "h = recurrent x size=2 cell=rnn activations=elu:1e39\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "elu:1e39", "alpha=1e39", "a number from"}},
    {"a candidate with two activations", kReals + "h = recurrent x size=2 cell=gru activation=relu activations=sigmoid,elu\n",
     TG_INVALID_SPEC, {"line 2", "'h'", "activation and activations", "activations alone"}},
    {"a normalised cell with other activations", kReals + "h = recurrent x size=2 cell=lstm layer_norm=true activations=tanh,tanh,tanh\n",
     TG_INVALID_SPEC, {"line 2", "'h'", "layer_norm=true", "activations"}},
    {"a normalised cell with peepholes", kReals + "h = recurrent x size=2 cell=lstm layer_norm=true peepholes=true\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "cell=lstm", "layer_norm=true", "peepholes"}},
    {"a forget bias of coupled gates", kReals + "h = recurrent x size=2 cell=lstm coupled=true forget_bias=1\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "cell=lstm coupled=true", "forget_bias"}},
    {"weight_drop of a cell without recurrent weights", kReals + "h = recurrent x size=2 cell=min_gru weight_drop=0.5\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "cell=min_gru has no recurrent weight for weight_drop"}},
    {"c0 for a cell without a memory", kReals + "c = input axis=text per=sequence cols=2\nh = recurrent x size=2 cell=gru c0=c\n",
     TG_INVALID_SPEC, {"line 3", "'h'", "c0"}},
    {"h0 of the wrong width", kReals + "s = input axis=text per=sequence cols=3\nh = recurrent x size=2 cell=gru h0=s\n", TG_INVALID_SPEC,
     {"line 3", "'h'", "h0", "2", "'s'", "3"}},
    {"h0 per step", kReals + "h = recurrent x size=3 cell=gru h0=x\n", TG_INVALID_SPEC, {"line 2", "'h'", "h0", "'x'"}},
    {"a dot product of other widths", kReals + "k = input axis=text cols=4\ny = attention x k\n", TG_INVALID_SPEC,
     {"line 3", "'y'", "score=dot", "'x'", "3", "'k'", "4", "general"}},
    {"keys per sequence", kReals + "k = input axis=text cols=3 per=sequence\ny = attention x k\n", TG_INVALID_SPEC,
     {"line 3", "'y'", "'k'", "step"}},
    {"keys that are ids", kWords + "x = input axis=text cols=3\ny = attention x words\n", TG_INVALID_SPEC, {"line 3", "'y'", "'words'"}},
    {"a loss that asks", kReals + "l = mse x x\ny = attention l x score=general\n", TG_INVALID_SPEC, {"line 3", "'y'", "'l'"}},
    {"a score that is not there", kReals + "y = attention x x score=cosine\n", TG_INVALID_SPEC, {"line 2", "'y'", "cosine", "additive"}},
    {"a size that the score has no use for", kReals + "y = attention x x size=4\n", TG_INVALID_SPEC, {"line 2", "'y'", "size", "score=dot"}},
    {"weights in no column", kReals + "y = attention x x weights=0\n", TG_INVALID_SPEC, {"line 2", "'y'", "weights", "0"}},
    {"a decoder over ids", kWords + "k = input axis=text cols=4\nh = attention_decoder words k cell=gru size=4\n", TG_INVALID_SPEC,
     {"line 3", "'h'", "'words'"}},
    {"a decoder whose h does not fit the keys", kReals + "h = attention_decoder x x cell=gru size=4 score=dot\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "score=dot", "h (4 columns)", "'x'", "3"}},
    {"an attention size without a use", kReals + "h = attention_decoder x x cell=gru size=3 score=dot attention_size=2\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "attention_size", "score=dot"}},
    {"a decoder of two layers", kReals + "h = attention_decoder x x cell=gru size=3 layers=2\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "layers"}},
    {"a decoder's c0 without a memory",
     kReals + "c = input axis=text per=sequence cols=3\nh = attention_decoder x x size=3 cell=gru c0=c\n", TG_INVALID_SPEC,
     {"line 3", "'h'", "c0"}},
    {"dropout above one", kReals + "y = dropout x p=1.5\n", TG_INVALID_SPEC, {"line 2", "'y'", "1.5"}},
    {"dropout that is no number", kReals + "y = dropout x p=nan\n", TG_INVALID_SPEC, {"line 2", "'y'", "nan"}},
    {"a flag that is neither true nor false", kReals + "y = linear x cols=2 bias=maybe\n", TG_INVALID_SPEC, {"line 2", "'y'", "bias", "maybe"}},
    {"too few inputs", kReals + "loss = mse x\n", TG_INVALID_SPEC, {"line 2", "'loss'", "2"}},
    {"too many inputs", kReals + "y = linear x x cols=2\n", TG_INVALID_SPEC, {"line 2", "'y'", "2"}},
    {"ids where reals belong", kWords + "y = linear words cols=2\n", TG_INVALID_SPEC, {"line 2", "'y'", "'words'", "ids"}},
    {"reals where ids belong", kReals + "e = embedding x rows=3 cols=2\n", TG_INVALID_SPEC, {"line 2", "'e'", "'x'"}},
    {"columns that differ", kReals + "z = input axis=text cols=4\ny = add x z\n", TG_INVALID_SPEC, {"line 3", "'y'", "'z'", "4", "3"}},
    {"rows of two axes", kReals + "z = input axis=other cols=3\ny = add x z\n", TG_INVALID_SPEC, {"line 3", "'y'", "other", "text"}},
    {"rows per step and per sequence", kReals + "z = input axis=text per=sequence cols=3\ny = concat x z\n", TG_INVALID_SPEC,
     {"line 3", "'y'", "per sequence"}},
    {"targets on another axis", kReals + "t = ids axis=other\nloss = cross_entropy x t\n", TG_INVALID_SPEC, {"line 3", "'loss'", "other"}},
    {"a class weight for each class but one", kReals + "t = ids axis=text\nloss = cross_entropy x t class_weights=1,2\n", TG_INVALID_SPEC,
     {"line 3", "'loss'", "3", "2"}},
    {"a padding id that is no row", kWords + "e = embedding words rows=3 cols=2 padding=3\n", TG_INVALID_SPEC, {"line 2", "'e'", "padding"}},
    {"a weight tied to a node that is not there", kReals + "y = tied_linear x to=e\n", TG_INVALID_SPEC,
     {"line 2", "'y'", "no node 'e'", "embedding"}},
    {"a weight tied to a node that is below", kReals + kWords + "y = tied_linear x to=e\ne = embedding words rows=4 cols=3\n",
     TG_INVALID_SPEC, {"line 3", "'y'", "no node 'e' above it"}},
    {"a weight tied to what is no embedding", kReals + "z = linear x cols=3\ny = tied_linear x to=z\n", TG_INVALID_SPEC,
     {"line 3", "'y'", "'z'", "linear", "embedding"}},
    {"a tied weight of another width", kReals + kWords + "e = embedding words rows=4 cols=5\ny = tied_linear x to=e\n", TG_INVALID_SPEC,
     {"line 4", "'y'", "'x'", "3 columns", "expected 5", "'e'"}},
    {"a weight tied to nothing", kReals + "y = tied_linear x\n", TG_INVALID_SPEC, {"line 2", "'y'", "to"}},
    {"weight_drop of all weights", kReals + "h = recurrent x cell=gru size=2 weight_drop=1\n", TG_INVALID_SPEC,
     {"line 2", "'h'", "weight_drop"}},
    {"tags of another axis", kReals + "t = ids axis=other\nloss = crf x t\n", TG_INVALID_SPEC, {"line 3", "'loss'", "other"}},
    {"labels per sequence", kReals + "t = ids axis=other per=sequence\nloss = ctc x t\n", TG_INVALID_SPEC, {"line 3", "'loss'", "'t'", "per step"}},
    {"a blank that is no class", kReals + "t = ids axis=other\nloss = ctc x t blank=3\n", TG_INVALID_SPEC, {"line 3", "'loss'", "blank"}},
    {"a kind of activation that is not there", kReals + "y = activation x kind=selu\n", TG_INVALID_SPEC,
     {"line 2", "'y'", "selu", "tanh, relu, sigmoid, gelu"}},
    {"an alpha without a use", kReals + "y = activation x kind=gelu alpha=1\n", TG_INVALID_SPEC, {"line 2", "'y'", "alpha"}},
    {"a clip without bounds", kReals + "y = clip x\n", TG_INVALID_SPEC, {"line 2", "'y'", "min=", "max="}},
    {"a clip whose bounds are swapped", kReals + "y = clip x min=1 max=0\n", TG_INVALID_SPEC, {"line 2", "'y'", "min=1", "max=0"}},
    {"a bound that is no number", kReals + "y = clip x min=-inf\n", TG_INVALID_SPEC, {"line 2", "'y'", "min=-inf"}},
    {"an operation of one value", kReals + "y = mul x\n", TG_INVALID_SPEC, {"line 2", "'y'", "value=", "parameter=true"}},
    {"an operation of three values", kReals + "y = mul x x x\n", TG_INVALID_SPEC, {"line 2", "'y'", "at most 2", "3"}},
    {"an operation of two values and a constant", kReals + "y = mul x x value=2\n", TG_INVALID_SPEC, {"line 2", "'y'", "value=", "2"}},
    {"two values in reverse", kReals + "y = sub x x reverse=true\n", TG_INVALID_SPEC, {"line 2", "'y'", "reverse=true", "2"}},
    {"a constant and a parameter", kReals + "y = mul x value=2 parameter=true\n", TG_INVALID_SPEC,
     {"line 2", "'y'", "value=", "parameter=true"}},
    {"a constant that is no number", kReals + "y = mul x value=nan\n", TG_INVALID_SPEC, {"line 2", "'y'", "value=nan"}},
    {"an operation of other columns", kReals + "z = input axis=text cols=4\ny = mul x z\n", TG_INVALID_SPEC,
     {"line 3", "'y'", "'z'", "4", "'x'", "3", "or one"}},
    {"a sum of three with a column", kReals + "z = input axis=text cols=1\ny = add x x z\n", TG_INVALID_SPEC,
     {"line 3", "'y'", "'z'", "'x'"}},
    {"an operation of a step and a sequence", kReals + "z = input axis=text cols=3 per=sequence\ny = mul x z\n", TG_INVALID_SPEC,
     {"line 3", "'y'", "'z'", "'x'", "same rows"}},
    {"a function of ids", kWords + "y = exp words\n", TG_INVALID_SPEC, {"line 2", "'y'", "'words'", "ids"}},
    {"a softmax of ids", kWords + "y = softmax words\n", TG_INVALID_SPEC, {"line 2", "'y'", "'words'", "ids"}},
    {"a slice past the end", kReals + "y = slice x first=1 count=3\n", TG_INVALID_SPEC, {"line 2", "'y'", "'x'", "count=2", "3"}},
    {"a slice from no column", kReals + "y = slice x first=3 count=1\n", TG_INVALID_SPEC, {"line 2", "'y'", "first=3"}},
    {"a slice that stands still", kReals + "y = slice x first=0 count=2 stride=0\n", TG_INVALID_SPEC, {"line 2", "'y'", "stride=0"}},
    {"a slice past the beginning", kReals + "y = slice x first=1 count=3 stride=-1\n", TG_INVALID_SPEC, {"line 2", "'y'", "count=2"}},
    {"parts of other columns", kReals + "y = split x sizes=1,1\n", TG_INVALID_SPEC, {"line 2", "'y'", "sizes=1,1", "'x'", "3"}},
    {"a part of no column", kReals + "y = split x sizes=3,0\n", TG_INVALID_SPEC, {"line 2", "'y'", "sizes=3,0"}},
    {"a split without sizes", kReals + "y = split x\n", TG_INVALID_SPEC, {"line 2", "'y'", "sizes="}},
    {"an order that names a column twice", kReals + "y = permute x order=0,1,1\n", TG_INVALID_SPEC, {"line 2", "'y'", "order=0,1,1", "1"}},
    {"an order of a column that is not there", kReals + "y = permute x order=0,1,3\n", TG_INVALID_SPEC,
     {"line 2", "'y'", "order=0,1,3", "2"}},
    {"an order that does not divide the columns", kReals + "y = permute x order=1,0\n", TG_INVALID_SPEC,
     {"line 2", "'y'", "order=1,0", "'x'"}},
    {"a permutation without an order", kReals + "y = permute x\n", TG_INVALID_SPEC, {"line 2", "'y'", "order=", "transpose="}},
    {"an order and a transposition", kReals + "y = permute x order=0,1,2 transpose=3\n", TG_INVALID_SPEC, {"line 2", "'y'", "order="}},
    {"a transposition that does not divide the columns", kReals + "y = permute x transpose=2\n", TG_INVALID_SPEC,
     {"line 2", "'y'", "transpose=2", "'x'"}},
    {"a window that is longer than a stream can count", kReals + "y = conv1d x filters=1 kernel=17 dilation=1048576\n", TG_INVALID_SPEC,
     {"line 2", "'y'", "16777217 rows", "at most 16777216"}},
    {"windows in a row that are more than there can be columns",
     "x = input axis=t cols=67108864\nf = frames x size=1048576\ny = pool f kind=max channels=70368744177664 window=1048576 stride=1 pad=1048575\n",
     TG_OUT_OF_MEMORY, {"line 3", "'y'", "columns: 70368744177664 x 1048576"}},
    {"bytes that are not UTF-8", "x = input axis=t\xff\xfe cols=3\n", TG_INVALID_SPEC, {"line 1"}},
    {"a cut UTF-8 sequence in a comment", kReals + "# caf\xc3\n", TG_INVALID_SPEC, {"line 2", "UTF-8"}},
    {"a zero byte", std::string("x = input axis=t\0 cols=3\n", 25), TG_INVALID_SPEC, {"line 1"}},
};

}  // namespace

TEST("every wrong spec is refused with its status, and the text names line, node and reason") {
  for (const Wrong& wrong : kWrong) {
    check::About about(wrong.what);
    tg_model* model = nullptr;
    const tg_status status = tg_model_create(wrong.spec.data(), wrong.spec.size(), 1, &model);
    CHECK_EQUAL(status, wrong.status);
    CHECK(model == nullptr);
    tg_model_destroy(model);
    if (status == TG_OK) continue;
    const std::string text = tg_last_error();
    for (const std::string& name : wrong.names) {
      if (text.find(name) == std::string::npos) check::fail(__FILE__, __LINE__, "'" + name + "' is missing in: " + text);
    }
  }
}

TEST("sizes that overflow only when they are added up are refused") {
  std::string layers = "x = input axis=t cols=2097152\n";
  for (int i = 0; i < 2000; ++i) layers += "h" + std::to_string(i) + " = recurrent x cell=lstm size=2097152 layers=64 init=zero\n";
  std::string columns = "x0 = input axis=t cols=1073741824\n";
  for (int i = 1; i < 8; ++i) {
    columns += "x" + std::to_string(i) + " = concat";
    for (int copies = 0; copies < 64; ++copies) columns += " x" + std::to_string(i - 1);
    columns += "\n";
  }
  for (const auto& [spec, name] : {std::pair(layers, "'h"), std::pair(columns, "'x3'")}) {
    check::About about(name);
    tg_model* model = nullptr;
    CHECK_EQUAL(tg_model_create(spec.data(), spec.size(), 1, &model), TG_OUT_OF_MEMORY);
    CHECK(std::string(tg_last_error()).find(name) != std::string::npos);
    tg_model_destroy(model);
  }
}

TEST("a model without large parameters is made at once, whatever sizes its lines name") {
  struct rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  for (const std::string spec : {"x = input axis=t cols=1\ny = conv1d x filters=1 channels=1 kernel=1048576 dilation=1048576 pad=1099510579200\n",
                                 "x = input axis=t cols=2147483647\nu = input axis=t cols=2147483647\nloss = binary_cross_entropy x u\n"}) {
    Model model(spec);
  }
  getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 1 << 20);  // KiB
  CHECK(after.ru_utime.tv_sec - before.ru_utime.tv_sec < 60);
}

TEST("a length that no string can have is out of memory, not a defect of the library") {
  tg_model* model = nullptr;
  CHECK_EQUAL(tg_model_create("x", SIZE_MAX, 1, &model), TG_OUT_OF_MEMORY);
  CHECK(model == nullptr);
}

TEST("a spec need not end in a zero or a newline, and may hold comments in UTF-8") {
  const std::string spec = "# größe\nx = input axis=t cols=3   # three\r\n\n\ty = linear x cols=2";
  Model model(spec);
  CHECK_EQUAL(std::string(tg_model_spec(model.get())), "x = input axis=t cols=3\ny = linear x cols=2\n");
  std::string longer = spec + " colour=red";
  tg_model* cut = nullptr;
  ok(tg_model_create(longer.data(), spec.size(), 1, &cut));
  tg_model_destroy(cut);
}

TEST("the canonical spec leaves defaults out and builds the same model again") {
  Model plain("x = input axis=t cols=3 per=step gradient=false\nh = recurrent x cell=gru size=2 layers=1 bidirectional=false bias=true dropout=0\n");
  CHECK_EQUAL(std::string(tg_model_spec(plain.get())), "x = input axis=t cols=3\nh = recurrent x cell=gru size=2\n");
  Model settings("x = input axis=t cols=3\nh = recurrent x cell=lstm peepholes=false size=2 clip=0 layer_norm=false coupled=true\n");
  CHECK_EQUAL(std::string(tg_model_spec(settings.get())), "x = input axis=t cols=3\nh = recurrent x cell=lstm size=2 coupled=true\n");
  Model same("x = input axis=t cols=3\nh = recurrent x cell=gru size=2 activations=sigmoid,tanh\n");
  CHECK_EQUAL(std::string(tg_model_spec(same.get())), "x = input axis=t cols=3\nh = recurrent x cell=gru size=2\n");
  const std::string other = "x = input axis=t cols=3\nh = recurrent x cell=gru size=2 activations=hard_sigmoid:0.2,elu:-0.5\n";
  CHECK_EQUAL(std::string(tg_model_spec(Model(other).get())), other);
  for (const Example& example : all_examples()) {
    check::About about(example.spec);
    Model model(example.spec, 9);
    const std::string canonical = tg_model_spec(model.get());
    Model again(canonical, 9);
    CHECK_EQUAL(std::string(tg_model_spec(again.get())), canonical);
    CHECK_EQUAL(again.values(), model.values());
    CHECK(again.all_parameters() == model.all_parameters());
    for (int v = 0; v < std::min(model.values(), again.values()); ++v) {
      const tg_value a = model.value(v), b = again.value(v);
      CHECK_EQUAL(std::string(a.name), std::string(b.name));
      CHECK(a.kind == b.kind && a.per == b.per && a.axis == b.axis && a.cols == b.cols && a.input == b.input && a.loss == b.loss);
    }
  }
}

TEST("wrong optimizer texts are refused by name") {
  Model model("x = input axis=t cols=3\ny = linear x cols=2\n");
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"", "empty"},           {"adamm", "adamm"},           {"adam beta1=2", "beta1"}, {"adam beta=0.9", "beta"},
      {"sgd momentum", "momentum"}, {"sgd momentum=x", "momentum"}, {"adam eps=nan", "eps"},  {"sgd momentum=0.9 momentum=0.8", "momentum"}};
  for (const auto& [text, name] : wrong) {
    check::About about("'" + text + "'");
    tg_optimizer* optimizer = nullptr;
    CHECK_EQUAL(tg_optimizer_create(model.get(), text.c_str(), &optimizer), TG_INVALID_SPEC);
    CHECK(optimizer == nullptr);
    tg_optimizer_destroy(optimizer);
    const std::string error = tg_last_error();
    if (!text.empty() && error.find(name) == std::string::npos) check::fail(__FILE__, __LINE__, "'" + name + "' is missing in: " + error);
    CHECK(!error.empty());
  }
}
