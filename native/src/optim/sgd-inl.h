// Stochastic gradient descent with momentum (Sutskever, Martens, Dahl and Hinton 2013, in PyTorch's form):
//   g += weight_decay p
//   b = momentum b + (1 - dampening) g, and b = g at the first step
//   p -= learning rate * (nesterov: g + momentum b; momentum alone: b; neither: g)

enum SgdHyper { kMomentum, kDampening, kNesterov, kSgdDecay };
enum SgdSlot { kMomentumBuffer };

void sgd_plain(const OptimizerRun& run) {
  const Vec rate = coefficient(-run.learning_rate), decay = coefficient(run.hyper[kSgdDecay]);
  update_each(run, [=](auto u) { u.parameter(fma(rate, u.gradient(decay), u.parameter())); });
}

template <bool kWithNesterov>
void sgd_momentum(const OptimizerRun& run) {
  const bool first = run.step == 1;
  const Vec rate = coefficient(-run.learning_rate), decay = coefficient(run.hyper[kSgdDecay]);
  const Vec momentum = coefficient(run.hyper[kMomentum]);
  const Vec old_part = first ? set(0) : momentum, new_part = first ? set(1) : coefficient(1 - run.hyper[kDampening]);
  update_each(run, [=](auto u) {
    const Vec g = u.gradient(decay);
    const Vec b = fma(old_part, u.slot(kMomentumBuffer), new_part * g);
    u.slot(kMomentumBuffer, b);
    u.parameter(fma(rate, kWithNesterov ? fma(momentum, b, g) : b, u.parameter()));
  });
}

void sgd_update(const OptimizerRun& run) {
  if (run.hyper[kMomentum] == 0) {
    sgd_plain(run);
  } else if (run.hyper[kNesterov] != 0) {
    sgd_momentum<true>(run);
  } else {
    sgd_momentum<false>(run);
  }
}

const char* sgd_conflict(const double* hyper) {
  const bool wrong = hyper[kNesterov] != 0 && (hyper[kMomentum] == 0 || hyper[kDampening] != 0);
  return wrong ? "nesterov=true needs a momentum above 0 and no dampening" : nullptr;
}

constexpr OptimizerKind sgd_optimizer = {
    "sgd",
    1,
    {{"momentum_buffer", kMomentum, kNoHyper}},
    4,
    {factor("momentum", 0), factor("dampening", 0), switched("nesterov"), factor("weight_decay", 0)},
    sgd_conflict,
    sgd_update};
