// Adagrad (Duchi, Hazan and Singer 2011), in PyTorch's form:
//   g += weight_decay p
//   s += g^2, from initial_accumulator_value
//   p -= learning rate / (1 + (t - 1) lr_decay) * g / (sqrt(s) + eps)

enum AdagradHyper { kLrDecay, kAdagradDecay, kInitialAccumulator, kAdagradEps };
enum AdagradSlot { kSum };

void adagrad_update(const OptimizerRun& run) {
  const double rate = run.learning_rate / (1 + static_cast<double>(run.step - 1) * run.hyper[kLrDecay]);
  const Vec minus_rate = coefficient(-rate), decay = coefficient(run.hyper[kAdagradDecay]);
  const Vec eps = coefficient(run.hyper[kAdagradEps]);
  update_each(run, [=](auto u) {
    const Vec g = u.gradient(decay);
    const Vec s = fma(g, g, u.slot(kSum));
    u.slot(kSum, s);
    u.parameter(fma(minus_rate, g / (sqrt(s) + eps), u.parameter()));
  });
}

constexpr OptimizerKind adagrad_optimizer = {
    "adagrad",
    1,
    {{"sum", kNoHyper, kInitialAccumulator}},
    4,
    {factor("lr_decay", 0), factor("weight_decay", 0), factor("initial_accumulator_value", 0), factor("eps", 1e-10)},
    nullptr,
    adagrad_update};
