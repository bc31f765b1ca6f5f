// RMSprop (Tieleman and Hinton 2012; centered: Graves 2013), in PyTorch's form:
//   g += weight_decay p
//   s = alpha s + (1 - alpha) g^2
//   q = g / (sqrt(s) + eps); centered: a = alpha a + (1 - alpha) g, q = g / (sqrt(s - a^2) + eps)
//   p -= learning rate * q; with momentum: b = momentum b + q, p -= learning rate * b

enum RmspropHyper { kAlpha, kRmspropEps, kRmspropDecay, kRmspropMomentum, kCentered };
enum RmspropSlot { kSquareAvg, kRmspropBuffer, kGradAvg };

template <bool kWithMomentum, bool kIsCentered>
void rmsprop_step(const OptimizerRun& run) {
  const double alpha = run.hyper[kAlpha];
  const Vec rate = coefficient(-run.learning_rate), decay = coefficient(run.hyper[kRmspropDecay]);
  const Vec old_part = coefficient(alpha), new_part = coefficient(1 - alpha), eps = coefficient(run.hyper[kRmspropEps]);
  const Vec momentum = coefficient(run.hyper[kRmspropMomentum]);
  update_each(run, [=](auto u) {
    const Vec g = u.gradient(decay);
    const Vec s = fma(old_part, u.slot(kSquareAvg), new_part * g * g);
    u.slot(kSquareAvg, s);
    Vec variance = s;
    if (kIsCentered) {
      const Vec a = running_average(u.slot(kGradAvg), g, new_part);
      u.slot(kGradAvg, a);
      variance = max(set(0), s - a * a);  // rounding may leave it below 0
    }
    Vec q = g / (sqrt(variance) + eps);
    if (kWithMomentum) {
      q = fma(momentum, u.slot(kRmspropBuffer), q);
      u.slot(kRmspropBuffer, q);
    }
    u.parameter(fma(rate, q, u.parameter()));
  });
}

void rmsprop_update(const OptimizerRun& run) {
  const bool momentum = run.hyper[kRmspropMomentum] != 0, centered = run.hyper[kCentered] != 0;
  if (momentum) {
    centered ? rmsprop_step<true, true>(run) : rmsprop_step<true, false>(run);
  } else {
    centered ? rmsprop_step<false, true>(run) : rmsprop_step<false, false>(run);
  }
}

constexpr OptimizerKind rmsprop_optimizer = {
    "rmsprop",
    3,
    {{"square_avg", kNoHyper, kNoHyper}, {"momentum_buffer", kRmspropMomentum, kNoHyper}, {"grad_avg", kCentered, kNoHyper}},
    5,
    {decay_of_average("alpha", 0.99), factor("eps", 1e-8), factor("weight_decay", 0), factor("momentum", 0), switched("centered")},
    nullptr,
    rmsprop_update};
