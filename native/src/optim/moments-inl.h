// The step that adam and adamw share (Kingma and Ba 2015; amsgrad: Reddi, Kale and Kumar 2018):
//   m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2
//   p -= learning rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
// With amsgrad the greatest v so far stands for v in the second line.

enum MomentsHyper { kBeta1, kBeta2, kMomentsEps, kMomentsDecay, kAmsgrad };
enum MomentsSlot { kExpAvg, kExpAvgSq, kMaxExpAvgSq };

// x^n
inline double power(double x, std::int64_t n) { return __builtin_pow(x, static_cast<double>(n)); }

// kDecoupled: weight decay shrinks the parameters (adamw), or it is a part of the gradient (adam).
template <bool kWithAmsgrad, bool kDecoupled>
void moments_step(const OptimizerRun& run) {
  const double beta1 = run.hyper[kBeta1], beta2 = run.hyper[kBeta2], decay = run.hyper[kMomentsDecay];
  const double correction2 = __builtin_sqrt(1 - power(beta2, run.step));
  const Vec step_size = coefficient(run.learning_rate / (1 - power(beta1, run.step)));
  const Vec per_correction2 = coefficient(1 / correction2);
  const Vec keep = coefficient(1 - run.learning_rate * decay);
  const Vec l2 = coefficient(decay), eps = coefficient(run.hyper[kMomentsEps]);
  const Vec new1 = coefficient(1 - beta1), old2 = coefficient(beta2), new2 = coefficient(1 - beta2);
  update_each(run, [=](auto u) {
    const Vec g = kDecoupled ? u.gradient() : u.gradient(l2);
    const Vec p = kDecoupled ? u.parameter() * keep : u.parameter();
    const Vec m = running_average(u.slot(kExpAvg), g, new1);
    Vec v = fma(old2, u.slot(kExpAvgSq), new2 * g * g);
    u.slot(kExpAvg, m);
    u.slot(kExpAvgSq, v);
    if (kWithAmsgrad) {
      v = max(u.slot(kMaxExpAvgSq), v);
      u.slot(kMaxExpAvgSq, v);
    }
    u.parameter(p - step_size * m / fma(sqrt(v), per_correction2, eps));
  });
}

template <bool kDecoupled>
void moments_update(const OptimizerRun& run) {
  if (run.hyper[kAmsgrad] != 0) {
    moments_step<true, kDecoupled>(run);
  } else {
    moments_step<false, kDecoupled>(run);
  }
}

constexpr OptimizerKind moments(const char* name, double weight_decay, void (*update)(const OptimizerRun&)) {
  return {name,
          3,
          {{"exp_avg", kNoHyper, kNoHyper}, {"exp_avg_sq", kNoHyper, kNoHyper}, {"max_exp_avg_sq", kAmsgrad, kNoHyper}},
          5,
          {decay_of_average("beta1", 0.9), decay_of_average("beta2", 0.999), factor("eps", 1e-8),
           factor("weight_decay", weight_decay), switched("amsgrad")},
          nullptr,
          update};
}
