// Adadelta (Zeiler 2012), in PyTorch's form:
//   g += weight_decay p
//   s = rho s + (1 - rho) g^2
//   d = sqrt(a + eps) / sqrt(s + eps) * g
//   a = rho a + (1 - rho) d^2
//   p -= learning rate * d

enum AdadeltaHyper { kRho, kAdadeltaEps, kAdadeltaDecay };
enum AdadeltaSlot { kAdadeltaSquares, kAccDelta };

void adadelta_update(const OptimizerRun& run) {
  const double rho = run.hyper[kRho];
  const Vec minus_rate = coefficient(-run.learning_rate), decay = coefficient(run.hyper[kAdadeltaDecay]);
  const Vec old_part = coefficient(rho), new_part = coefficient(1 - rho), eps = coefficient(run.hyper[kAdadeltaEps]);
  update_each(run, [=](auto u) {
    const Vec g = u.gradient(decay);
    const Vec s = fma(old_part, u.slot(kAdadeltaSquares), new_part * g * g);
    u.slot(kAdadeltaSquares, s);
    const Vec a = u.slot(kAccDelta), d = sqrt(a + eps) / sqrt(s + eps) * g;
    u.slot(kAccDelta, fma(old_part, a, new_part * d * d));
    u.parameter(fma(minus_rate, d, u.parameter()));
  });
}

constexpr OptimizerKind adadelta_optimizer = {
    "adadelta",
    2,
    {{"square_avg", kNoHyper, kNoHyper}, {"acc_delta", kNoHyper, kNoHyper}},
    3,
    {decay_of_average("rho", 0.9), factor("eps", 1e-6), factor("weight_decay", 0)},
    nullptr,
    adadelta_update};
