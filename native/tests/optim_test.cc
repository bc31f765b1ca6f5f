// The optimizers against PyTorch's trajectories, clipping, and what an Optimizer owns.
#include <algorithm>
#include <cctype>
#include <limits>

#include "check.h"
#include "core/error.h"
#include "golden.h"
#include "graph/clip.h"
#include "graph/optimizer.h"

namespace tidegate {
namespace {

std::string lower(std::string word) {
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word;
}

// PyTorch's constructor arguments as an optimizer's text.
std::string as_text(const golden::Case& c) {
  std::string spec = lower(c.op);
  for (const auto& [key, value] : c.config) {
    if (key == "lr" || key == "steps") continue;
    if (key == "betas") {
      const std::size_t comma = value.find(',');
      spec += " beta1=" + value.substr(0, comma) + " beta2=" + value.substr(comma + 1);
    } else {
      spec += " " + key + "=" + value;
    }
  }
  return spec;
}

void put(const std::vector<double>& from, std::size_t first, std::size_t count, real* to) {
  for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<real>(from[first + i]);
}

std::string error_of(const std::string& spec) {
  try {
    Optimizer optimizer(spec, 4);
  } catch (const Error& e) {
    CHECK(e.status == Status::invalid_spec);
    return e.what();
  }
  return "no error";
}

void check_says(const std::string& spec, const std::string& words) {
  const check::About about(spec);
  const std::string said = error_of(spec);
  CHECK_EQUAL(said.find(words) == std::string::npos ? said : words, words);
}

TEST("every optimizer follows PyTorch's trajectory") {
  int trajectories = 0;
  for (const golden::Case& c : golden::cases("optim")) {
    if (c.op == "clip_grad_norm_") continue;
    ++trajectories;
    const check::About about(c.id);
    const golden::Tensors t = c.load();
    const std::vector<double>&a = t.at("param.a").values, &b = t.at("param.b").values;
    const std::size_t size = a.size() + b.size();
    std::vector<real> parameters(size), gradients(size);
    put(a, 0, a.size(), parameters.data());
    put(b, 0, b.size(), parameters.data() + a.size());
    Optimizer optimizer(as_text(c), static_cast<index>(size));
    const index middle = static_cast<index>(a.size()), end = static_cast<index>(size);
    for (std::size_t step = 0; step < static_cast<std::size_t>(c.integer("steps")); ++step) {
      put(t.at("grads.a").values, step * a.size(), a.size(), gradients.data());
      put(t.at("grads.b").values, step * b.size(), b.size(), gradients.data() + a.size());
      optimizer.begin_step();
      optimizer.update(parameters.data(), gradients.data(), 0, middle, c.number("lr"));
      optimizer.update(parameters.data(), gradients.data(), middle, end, c.number("lr"));
      const check::About at("step " + std::to_string(step + 1));
      for (const auto& [name, first, count] :
           {std::tuple("trajectory.a", std::size_t{0}, a.size()), std::tuple("trajectory.b", a.size(), b.size())}) {
        const std::vector<double>& all = t.at(name).values;
        const auto from = all.begin() + static_cast<std::ptrdiff_t>(step * count);
        CHECK_ALL_CLOSE(name, std::vector<real>(parameters.begin() + static_cast<std::ptrdiff_t>(first),
                                                parameters.begin() + static_cast<std::ptrdiff_t>(first + count)),
                        std::vector<double>(from, from + static_cast<std::ptrdiff_t>(count)), c.tolerance());
      }
    }
  }
  CHECK(trajectories >= 16);
}

TEST("clipping by each norm gives PyTorch's gradients and norm") {
  for (const golden::Case& c : golden::cases("optim")) {
    if (c.op != "clip_grad_norm_") continue;
    const check::About about(c.id);
    const golden::Tensors t = c.load();
    std::vector<real> gradients;
    std::vector<double> expected;
    std::vector<Range> ranges;
    for (int j = 0; t.has("grad_in." + std::to_string(j)); ++j) {
      const std::vector<double>& in = t.at("grad_in." + std::to_string(j)).values;
      const std::vector<double>& out = t.at("grad_out." + std::to_string(j)).values;
      ranges.push_back({static_cast<index>(gradients.size()), static_cast<index>(gradients.size() + in.size())});
      gradients.insert(gradients.end(), in.begin(), in.end());
      expected.insert(expected.end(), out.begin(), out.end());
    }
    REQUIRE(ranges.size() > 1);
    const std::string& type = c.word("norm_type");
    const double norm = gradient_norm(gradients.data(), ranges, type == "inf" ? Norm::max : type == "1.0" ? Norm::l1 : Norm::l2);
    CHECK_CLOSE(norm, t.at("total_norm").values[0], c.tolerance());
    clip_norm(gradients.data(), ranges, norm, c.number("max_norm"));
    CHECK_ALL_CLOSE("clipped gradients", gradients, expected, c.tolerance());
  }
}

TEST("the norm of gradients whose squares overflow a float is finite, and of one NaN is NaN") {
  std::vector<real> gradients(19, static_cast<real>(1e30));
  CHECK_CLOSE(gradient_norm(gradients.data(), {{0, 10}, {10, 19}}, Norm::l2) / 1e30, std::sqrt(19.0), 1e-7);
  gradients[13] = std::numeric_limits<real>::quiet_NaN();
  CHECK(std::isnan(gradient_norm(gradients.data(), {{0, 10}, {10, 19}}, Norm::l2)));
  CHECK_CLOSE(gradient_norm(gradients.data(), {{0, 13}, {14, 19}}, Norm::l2) / 1e30, std::sqrt(18.0), 1e-7);
}

TEST("every norm of gradients with a NaN is a NaN, wherever it stands, and with an infinity is infinite") {
  for (const Norm norm : {Norm::l2, Norm::l1, Norm::max}) {
    for (std::size_t at = 0; at < 19; ++at) {
      std::vector<real> gradients(19, -2);
      gradients[at] = std::numeric_limits<real>::quiet_NaN();
      CHECK(std::isnan(gradient_norm(gradients.data(), {{0, 10}, {10, 19}}, norm)));
      gradients[at] = -std::numeric_limits<real>::infinity();
      CHECK(std::isinf(gradient_norm(gradients.data(), {{0, 10}, {10, 19}}, norm)));
    }
  }
}

TEST("the sum and the greatest of the magnitudes are taken over the ranges alone") {
  const std::vector<real> gradients = {-3, 1, 100, 0.5, -7, 2};
  CHECK_EQUAL(gradient_norm(gradients.data(), {{0, 2}, {3, 6}}, Norm::l1), 13.5);
  CHECK_EQUAL(gradient_norm(gradients.data(), {{0, 2}, {3, 6}}, Norm::max), 7.0);
  CHECK_EQUAL(gradient_norm(gradients.data(), {{3, 4}, {0, 2}}, Norm::max), 3.0);
  CHECK_EQUAL(gradient_norm(gradients.data(), {}, Norm::max), 0.0);
}

TEST("clipping by value limits the ranges that it is given and nothing else") {
  std::vector<real> gradients = {-3, -1, 2, 5, 7, -9, 0};
  clip_value(gradients.data(), {{0, 3}, {5, 7}}, 1.5);
  const std::vector<real> expected = {-1.5, -1, 1.5, 5, 7, -1.5, 0};
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK_EQUAL(gradients[i], expected[i]);
}

TEST("clipping by a norm that is not exceeded changes no bit") {
  std::vector<real> gradients = {static_cast<real>(0.1), static_cast<real>(-0.7)};
  const std::vector<real> before = gradients;
  clip_norm(gradients.data(), {{0, 2}}, gradient_norm(gradients.data(), {{0, 2}}, Norm::l2), 1);
  CHECK(gradients == before);
}

TEST("an update leaves what is outside its range alone") {
  for (const char* name : {"sgd momentum=0.9", "adam", "adamw", "rmsprop", "adagrad", "adadelta"}) {
    const check::About about(name);
    std::vector<real> parameters(40, 2), gradients(40, 1);
    Optimizer optimizer(name, 40);
    optimizer.begin_step();
    optimizer.update(parameters.data(), gradients.data(), 7, 30, 0.1);
    for (int i = 0; i < 40; ++i) {
      const bool inside = i >= 7 && i < 30;
      CHECK((parameters[static_cast<std::size_t>(i)] != 2) == inside);
      CHECK((optimizer.slot(0)[i] != 0) == inside);
    }
  }
}

TEST("an optimizer with its slots and its step count put back goes on with the same bits") {
  for (const char* name : {"sgd momentum=0.9 dampening=0.1", "adam amsgrad=true", "adamw", "rmsprop momentum=0.5 centered=true",
                           "adagrad lr_decay=0.1", "adadelta rho=0.8"}) {
    const check::About about(name);
    constexpr index n = 21;
    std::vector<real> parameters(n), gradients(n);
    for (index i = 0; i < n; ++i) parameters[i] = static_cast<real>(std::sin(i));
    Optimizer first(name, n);
    const auto step = [&](Optimizer& optimizer, int s) {
      for (index i = 0; i < n; ++i) gradients[i] = static_cast<real>(std::cos(3 * i + s));
      optimizer.begin_step();
      optimizer.update(parameters.data(), gradients.data(), 0, n, 0.01);
    };
    step(first, 0);
    step(first, 1);
    const std::vector<real> parameters_then = parameters;
    Optimizer second(name, n);
    second.set_steps(first.steps());
    for (int s = 0; s < first.slots(); ++s) std::copy(first.slot(s), first.slot(s) + n, second.slot(s));
    step(first, 2);
    const std::vector<real> expected = parameters;
    parameters = parameters_then;
    step(second, 2);
    CHECK(parameters == expected);
    CHECK_EQUAL(second.steps(), 3);
  }
}

TEST("slots are kept only where the hyperparameters need them, under PyTorch's names") {
  const auto names = [](const char* spec) {
    Optimizer optimizer(spec, 3);
    std::string all;
    for (int s = 0; s < optimizer.slots(); ++s) all += (s == 0 ? "" : " ") + std::string(optimizer.slot_name(s));
    return all;
  };
  CHECK_EQUAL(names("sgd"), "");
  CHECK_EQUAL(names("sgd momentum=0.9"), "momentum_buffer");
  CHECK_EQUAL(names("adam"), "exp_avg exp_avg_sq");
  CHECK_EQUAL(names("adamw amsgrad=true"), "exp_avg exp_avg_sq max_exp_avg_sq");
  CHECK_EQUAL(names("rmsprop"), "square_avg");
  CHECK_EQUAL(names("rmsprop centered=true"), "square_avg grad_avg");
  CHECK_EQUAL(names("adagrad"), "sum");
  CHECK_EQUAL(names("adadelta"), "square_avg acc_delta");
  Optimizer adagrad("adagrad initial_accumulator_value=0.5", 3);
  for (int i = 0; i < 3; ++i) CHECK_EQUAL(adagrad.slot(0)[i], 0.5);
}

TEST("a text that is not understood is an error that says what was given and what was expected") {
  check_says("", "no optimizer ''; expected one of: sgd, adam");
  check_says("lion", "no optimizer 'lion'");
  check_says("adam beta3=0.9", "beta3");
  check_says("adam beta1", "'beta1': expected key=value");
  check_says("adam beta1=1", "a number from 0 to 0.999999");
  check_says("adam beta1=x", "beta1=x");
  check_says("adam eps=nan", "eps=nan");
  check_says("adam amsgrad=1", "true");
  check_says("sgd weight_decay=-0.1", "weight_decay=-0.1");
  check_says("sgd momentum=0.9 momentum=0.8", "given twice");
  check_says("sgd nesterov=true", "nesterov=true needs a momentum above 0");
  check_says("sgd nesterov=true momentum=0.9 dampening=0.1", "no dampening");
  CHECK_EQUAL(error_of("sgd nesterov=true momentum=0.9"), "no error");
}

}  // namespace
}  // namespace tidegate
