// conv1d X filters=F kernel=K [stride=1] [dilation=1] [groups=1] [pad=0] [pad_mode=zero|reflect] [bias=true] [channels=C]: convolution in
// one dimension, as PyTorch defines it (a cross-correlation):
//   y[f, m] = bias[f] + sum over the group's channels c and taps k of weight[f, c, k] * x[c, m stride - before + k dilation]
// Without channels along the steps: X [R, C] per step, y [R', F] on the axis of the windows. With channels=C inside each row, whose columns
// are [C, positions]: y [rows, F * windows], read as [F, windows].
//
// Both gather the windows as rows of a matrix, a chunk at a time, and multiply it by the weights (im2col; Chellapilla, Puri and Simard
// 2006). A window's columns are [group][tap][channel]; the weights are re-ordered alike. A row's channels are first turned to [positions,
// channels], as steps have them: then a tap of one group is copied in one piece, and without groups and dilation so is a whole window.
#include <algorithm>
#include <cmath>

#include "ops/affine.h"
#include "ops/frozen_affine.h"
#include "ops/initializer.h"
#include "ops/rows.h"
#include "ops/transpose.h"
#include "ops/windows.h"

namespace tidegate {

namespace {

constexpr index kChunk = index{1} << 16;  // elements of the windows that stay in L2 while they are multiplied

// What a frozen convolution keeps: a panel weight for each group or, where each group is one channel (depthwise), the weights by tap.
struct FrozenConvolution : public Prepared {
  std::vector<std::unique_ptr<FrozenAffine>> groups;
  Buffer<real> taps;  // [taps, F]
  Buffer<real> bias;  // [F]
  index bytes() const override {
    index total = taps.bytes() + bias.bytes();
    for (const auto& group : groups) total += group->bytes();
    return total;
  }
};

class Convolution : public NodeOp {
 public:
  void infer(Declaration& node) override;
  void check(const Run& run) const override {
    if (!in_rows_) steps_.check(run);
  }
  std::unique_ptr<Prepared> freeze(Freezing& model) const override;
  void forward(Run& run) const override;
  void backward(Run& run) const override;

 private:
  enum { kWeight, kBias };
  index group_channels() const { return channels_ / groups_; }
  index group_filters() const { return filters_ / groups_; }
  index group_width() const { return taps_ * group_channels(); }  // of a window
  index width() const { return taps_ * channels_; }
  // Every channel by itself: products of columns, gathered as one group.
  bool depthwise() const { return groups_ == channels_ && filters_ == channels_ && groups_ > 1; }
  index gathered_groups() const { return depthwise() ? 1 : groups_; }
  index each_row() const { return in_rows_ ? rows_.windows : 1; }  // windows that make an output row
  Type window_type() const { return {Kind::real, Per::step, 0, group_width()}; }

  // The weights as the windows have their columns: to [F, taps, channels of a group], for depthwise [taps, F].
  void order_weights(const real* weight, real* to) const;
  void add_ordered_gradient(const real* ordered, real* dweight) const;
  template <class Visit>
  void each_weight(const Visit& visit) const;

  index windows(const Run& run) const { return in_rows_ ? run.in(0).rows * rows_.windows : steps_.rows(run); }
  // Windows of a chunk: whole output rows.
  index chunk() const { return std::max<index>(1, std::max<index>(kChunk / width(), 16) / each_row()) * each_row(); }
  // Whether a row's [channels, positions] has to be turned to [positions, channels]; its elements then, else 0.
  bool turned() const { return in_rows_ && channels_ > 1 && rows_.positions > 1; }
  index turned_size() const { return turned() ? channels_ * rows_.positions : 0; }
  // to: group by group [count, group_width] the windows [first, first + count). turned: turned_size() elements.
  void gather(const Run& run, index first, index count, real* turned, real* to) const;
  void scatter(const Run& run, index first, index count, const real* from, real* turned, real* dx) const;
  void multiply(Run& run, const real* windows, index count, const real* weights, char* workspace, real* y) const;
  void multiply_depthwise(const Run& run, const real* windows, index count, const real* taps, const real* bias, real* y) const;
  void depthwise_backward(const Run& run, const real* windows, real* dwindows, index count, const real* taps, real* dtaps, const real* dy) const;

  bool in_rows_ = false;
  StepWindows steps_;
  RowWindows rows_;
  index filters_ = 0, channels_ = 0, groups_ = 1;
  index first_tap_ = 0, taps_ = 0;  // those that read more than padding
  index kernel_ = 0;
  bool bias_ = true;
};

void Convolution::infer(Declaration& node) {
  const Attributes& a = node.attributes();
  filters_ = a.integer("filters", 1, INT32_MAX);
  const WindowShape shape = WindowShape::read(node, "kernel", true);
  kernel_ = taps_ = shape.size;
  in_rows_ = a.has("channels");
  if (in_rows_) {
    rows_.infer(node, shape);
    channels_ = rows_.channels;
    while (taps_ > 1 && !rows_.reads(first_tap_)) ++first_tap_, --taps_;
    while (taps_ > 1 && !rows_.reads(first_tap_ + taps_ - 1)) --taps_;
  } else {
    steps_.infer(node, shape);
    channels_ = node.input(0).cols;
  }
  groups_ = a.integer("groups", 1, channels_, 1);
  if (channels_ % groups_ != 0 || filters_ % groups_ != 0) {
    node.fail(text("groups=", groups_, " does not divide both the ", channels_, " channels and the ", filters_, " filters"));
  }
  bias_ = a.flag("bias", true);
  const index fan_in = checked_product("weights", group_channels(), kernel_);
  const Initializer init(a, 1 / std::sqrt(static_cast<double>(fan_in)));
  node.parameter("weight", filters_, fan_in, init.weight(filters_, fan_in, true));
  if (bias_) node.parameter("bias", filters_, 0, init.bias());
  Type type = node.input(0);
  if (!in_rows_) type.axis = steps_.axis();
  type.cols = checked_product("columns", filters_, each_row());
  checked_product("window", taps_, channels_);
  node.output("", type);
}

// visit(place in the ordered weights, place in the parameter)
template <class Visit>
void Convolution::each_weight(const Visit& visit) const {
  const index channels = group_channels();
  for (index f = 0; f < filters_; ++f) {
    for (index t = 0; t < taps_; ++t) {
      for (index c = 0; c < channels; ++c) {
        const index ordered = depthwise() ? t * filters_ + f : (f * taps_ + t) * channels + c;
        visit(ordered, (f * channels + c) * kernel_ + first_tap_ + t);
      }
    }
  }
}

void Convolution::order_weights(const real* weight, real* to) const {
  each_weight([&](index ordered, index place) { to[ordered] = weight[place]; });
}

void Convolution::add_ordered_gradient(const real* ordered, real* dweight) const {
  each_weight([&](index from, index place) { dweight[place] += ordered[from]; });
}

std::unique_ptr<Prepared> Convolution::freeze(Freezing& model) const {
  auto made = std::make_unique<FrozenConvolution>();
  Buffer<real> memory;
  real* ordered = depthwise() ? made->taps.need(width()) : memory.need(checked_product("weights", filters_, group_width()));
  order_weights(model.parameter(kWeight), ordered);
  for (index g = 0; g < groups_ && !depthwise(); ++g) {
    const real* weight = ordered + g * group_filters() * group_width();
    made->groups.push_back(std::make_unique<FrozenAffine>(model, window_type(), 1, group_filters(), weight));
  }
  copy_or_clear(bias_ ? model.parameter(kBias) : nullptr, filters_, made->bias.need(filters_));
  if (bias_) model.replaced(kBias);
  model.replaced(kWeight);
  return made;
}

void Convolution::gather(const Run& run, index first, index count, real* turned_row, real* to) const {
  const real* x = run.in(0).data;
  const index groups = gathered_groups(), channels = channels_ / groups;
  // Some taps side by side, from [taps, channels_]; null for zeros.
  const auto put = [&](index window, index tap, index taps, const real* from) {
    real* target = to + (window * taps_ + tap) * channels;
    for (index g = 0; g < groups; ++g, target += count * taps_ * channels) {
      if (from == nullptr || groups == 1) {
        copy_or_clear(from, taps * channels, target);
      } else {
        for (index t = 0; t < taps; ++t) std::copy_n(from + t * channels_ + g * channels, channels, target + t * channels);
      }
    }
  };
  if (!in_rows_) {
    steps_.each(run, first, first + count, [&](index row, const StepWindows::Window& window) {
      for (index t = 0; t < taps_; ++t) put(row - first, t, 1, steps_.tap(run, x, window, t));
    });
    return;
  }
  const index row_size = channels_ * rows_.positions;
  const real* row = x + first / rows_.windows * row_size;
  for (index done = 0; done < count; done += rows_.windows, row += row_size) {
    if (turned()) transpose(row, channels_, rows_.positions, turned_row);
    const real* from = turned() ? turned_row : row;
    for (index w = 0; w < rows_.windows; ++w) {
      rows_.each_run(w, first_tap_, taps_, [&](index tap, index taps, index position) {
        put(done + w, tap, taps, position < 0 ? nullptr : from + position * channels_);
      });
    }
  }
}

// dx += the windows' gradients, which lie as gather() puts the windows.
void Convolution::scatter(const Run& run, index first, index count, const real* from, real* turned_row, real* dx) const {
  const index groups = gathered_groups(), channels = channels_ / groups;
  const auto add = [&](index window, index tap, index taps, real* target) {
    const real* d = from + (window * taps_ + tap) * channels;
    for (index g = 0; g < groups && target != nullptr; ++g, d += count * taps_ * channels) {
      if (groups == 1) {
        run.k->add(target, d, taps * channels);
      } else {
        for (index t = 0; t < taps; ++t) run.k->add(target + t * channels_ + g * channels, d + t * channels, channels);
      }
    }
  };
  if (!in_rows_) {
    steps_.each(run, first, first + count, [&](index row, const StepWindows::Window& window) {
      for (index t = 0; t < taps_; ++t) add(row - first, t, 1, steps_.tap_gradient(run, dx, window, t));
    });
    return;
  }
  const index row_size = channels_ * rows_.positions;
  real* row = dx + first / rows_.windows * row_size;
  for (index done = 0; done < count; done += rows_.windows, row += row_size) {
    if (turned()) transpose(row, channels_, rows_.positions, turned_row);
    real* target = turned() ? turned_row : row;
    for (index w = 0; w < rows_.windows; ++w) {
      rows_.each_run(w, first_tap_, taps_, [&](index tap, index taps, index position) {
        add(done + w, tap, taps, position < 0 ? nullptr : target + position * channels_);
      });
    }
    if (turned()) transpose(turned_row, rows_.positions, channels_, row);
  }
}

// y [count, F]
void Convolution::multiply_depthwise(const Run& run, const real* windows, index count, const real* taps, const real* bias, real* y) const {
  for (index w = 0; w < count; ++w, y += filters_) {
    copy_or_clear(bias, filters_, y);
    for (index t = 0; t < taps_; ++t) run.k->multiply_add(y, windows + (w * taps_ + t) * channels_, taps + t * filters_, filters_);
  }
}

// y [count, F] = bias + the products of the windows; weights: ordered, unused where the model is frozen.
void Convolution::multiply(Run& run, const real* windows, index count, const real* weights, char* workspace, real* y) const {
  const auto* frozen = static_cast<const FrozenConvolution*>(run.prepared);
  const real* bias = frozen != nullptr ? frozen->bias.data() : bias_ ? run.parameter(kBias) : nullptr;
  if (depthwise()) return multiply_depthwise(run, windows, count, frozen != nullptr ? frozen->taps.data() : weights, bias, y);
  for (index g = 0; g < groups_; ++g) {
    const index filter = g * group_filters();
    Value x;
    x.type = window_type();
    x.rows = count;
    x.data = windows + g * count * group_width();
    if (frozen != nullptr) {
      frozen->groups[g]->product().forward(x, bias + filter, y + filter, filters_, workspace, *run.threads);
    } else {
      const real* own = bias == nullptr ? nullptr : bias + filter;
      affine_forward(run, x, weights + filter * group_width(), own, group_filters(), y + filter, filters_);
    }
  }
}

void Convolution::forward(Run& run) const {
  const auto* frozen = static_cast<const FrozenConvolution*>(run.prepared);
  const index total = windows(run), most = std::min(chunk(), total), each = each_row();
  real* y = run.out(0);
  if (!in_rows_) steps_.begin(run);
  real* gathered = run.scratch->take<real>(checked_product("windows", most, width()));
  real* turned_row = run.scratch->take<real>(turned_size());
  real* weights = nullptr;
  char* workspace = nullptr;
  if (frozen == nullptr) {
    weights = run.scratch->take<real>(checked_product("weights", filters_, group_width()));
    order_weights(run.parameter(kWeight), weights);
  } else if (!depthwise()) {
    workspace = run.scratch->take<char>(checked_product("workspace", frozen->groups[0]->product().workspace(most), run.threads->most()));
  }
  real* by_window = each > 1 ? run.scratch->take<real>(checked_product("outputs", most, filters_)) : nullptr;
  for (index first = 0; first < total; first += most) {
    const index count = std::min(most, total - first);
    gather(run, first, count, turned_row, gathered);
    multiply(run, gathered, count, weights, workspace, by_window != nullptr ? by_window : y + first * filters_);
    for (index w = 0; by_window != nullptr && w < count; w += each) {
      transpose(by_window + w * filters_, each, filters_, y + (first + w) * filters_);
    }
  }
  if (!in_rows_) steps_.keep(run);
}

void Convolution::backward(Run& run) const {
  const Value& x = run.in(0);
  const real* dy = run.result(0).grad;
  if (dy == nullptr) return;
  const index total = windows(run), most = std::min(chunk(), total), each = each_row();
  real* dweight = run.gradient(kWeight);
  real* dbias = bias_ ? run.gradient(kBias) : nullptr;
  const index count_of_weights = checked_product("weights", filters_, group_width());
  real* weights = run.scratch->take<real>(count_of_weights);
  order_weights(run.parameter(kWeight), weights);
  real* dweights = dweight == nullptr ? nullptr : run.scratch->take_zeroed<real>(count_of_weights);
  real* gathered = run.scratch->take<real>(checked_product("windows", most, width()));
  real* turned_row = run.scratch->take<real>(turned_size());
  real* dgathered = x.grad == nullptr ? nullptr : run.scratch->take<real>(checked_product("windows", most, width()));
  real* by_window = each > 1 ? run.scratch->take<real>(checked_product("outputs", most, filters_)) : nullptr;
  for (index first = 0; first < total; first += most) {
    const index count = std::min(most, total - first);
    const real* d = dy + first * filters_;
    if (by_window != nullptr) {
      for (index w = 0; w < count; w += each) transpose(d + w * filters_, filters_, each, by_window + w * filters_);
      d = by_window;
    }
    if (dbias != nullptr) run.k->add_columns(dbias, d, count, filters_, filters_);
    if (dweights != nullptr) gather(run, first, count, turned_row, gathered);
    if (dgathered != nullptr) std::fill_n(dgathered, count * width(), real{0});
    if (depthwise()) {
      depthwise_backward(run, gathered, dgathered, count, weights, dweights, d);
    } else {
      for (index g = 0; g < groups_; ++g) {
        const index filter = g * group_filters(), at = g * count * group_width();
        Value window;
        window.type = window_type();
        window.rows = count;
        window.data = gathered + at;
        window.grad = dgathered == nullptr ? nullptr : dgathered + at;
        add_product_backward(run, window, weights + filter * group_width(), dweights == nullptr ? nullptr : dweights + filter * group_width(),
                             d + filter, filters_, group_filters());
      }
    }
    if (dgathered != nullptr) scatter(run, first, count, dgathered, turned_row, x.grad);
  }
  if (dweight != nullptr) add_ordered_gradient(dweights, dweight);
}

void Convolution::depthwise_backward(const Run& run, const real* windows, real* dwindows, index count, const real* taps, real* dtaps,
                                     const real* dy) const {
  for (index w = 0; w < count; ++w, dy += filters_) {
    for (index t = 0; t < taps_; ++t) {
      const index at = (w * taps_ + t) * channels_;
      if (dtaps != nullptr) run.k->multiply_add(dtaps + t * filters_, dy, windows + at, filters_);
      if (dwindows != nullptr) run.k->multiply_add(dwindows + at, dy, taps + t * filters_, filters_);
    }
  }
}

std::vector<std::string> examples() {
  const auto steps = [](const std::string& cols, const std::string& attributes, const std::string& filters) {
    return "x = input axis=a gradient=true cols=" + cols + "\n"
           "y = conv1d x filters=" + filters + " " + attributes + "\n";
  };
  const auto rows = [](const std::string& cols, const std::string& attributes, const std::string& out) {
    return "x = input axis=a gradient=true cols=" + cols + "\n"
           "y = conv1d x " + attributes + "\n"
           "target = input axis=a cols=" + out + "\n"
           "loss = mse y target\n";
  };
  return {
      steps("3", "kernel=3 pad=2,0", "2"),
      steps("2", "kernel=3 stride=2 pad=1", "3"),
      steps("4", "kernel=2 dilation=2 pad=2,2 groups=2 bias=false", "6"),
      steps("3", "kernel=2 groups=3 pad=1,0", "3"),
      steps("2", "kernel=4 stride=2 pad=3,0", "3"),
      // Chunks that stay inside; the spectrum of a signal by strides.
      rows("20", "filters=6 kernel=8 stride=4 channels=1 bias=false", "24"),
      rows("6", "filters=4 kernel=5 channels=1 pad=2 pad_mode=reflect", "24"),
      rows("12", "filters=3 kernel=3 stride=2 pad=1 channels=3", "6"),
      rows("15", "filters=3 kernel=2 pad=0,1 channels=3 pad_mode=reflect", "15"),
      rows("8", "filters=4 kernel=3 dilation=2 pad=2 channels=4 groups=4", "8"),
      // One position: only the middle tap reads anything.
      rows("4", "filters=2 kernel=3 pad=1 channels=4 groups=2", "2"),
      "x = input axis=a cols=6 per=sequence gradient=true\n"
      "y = conv1d x filters=2 kernel=2 channels=2 trainable=false\n"
      "target = input axis=a cols=4 per=sequence\n"
      "loss = mse y target\n",
  };
}

}  // namespace

TG_REGISTER_OP(conv1d) = {"conv1d", 1, 1, {}, &make_op<Convolution>, &examples};

}  // namespace tidegate
