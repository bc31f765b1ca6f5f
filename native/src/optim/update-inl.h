// An update's view of its operands, one vector of parameters, gradients and slots, and the loop over a run of parameters.
//
//   u.parameter()   u.parameter(v)    the parameters, read and written
//   u.gradient()    u.gradient(d)     the gradients; with d * parameter added (weight decay as an L2 term)
//   u.slot(s)       u.slot(s, v)      slot s, read and written
//
// Coefficients are worked out in double once a run, and handed to the loop as vectors.

template <class Part>
struct ParameterVector {
  const OptimizerRun& run;
  const index i;
  const Part part;

  Vec parameter() const { return part.load(run.parameter + i); }
  void parameter(Vec v) const { part.store(run.parameter + i, v); }
  Vec gradient() const { return part.load(run.gradient + i); }
  Vec gradient(Vec weight_decay) const { return fma(weight_decay, parameter(), gradient()); }
  Vec slot(int s) const { return part.load(run.slot[s] + i); }
  void slot(int s, Vec v) const { part.store(run.slot[s] + i, v); }
};

template <class Body>
inline void update_each(const OptimizerRun& run, const Body& body) {
  for_each_vector(run.n, [&](index i, auto part) { body(ParameterVector<decltype(part)>{run, i, part}); });
}

inline Vec coefficient(double x) { return set(static_cast<real>(x)); }

// average + (x - average) * (1 - decay)
inline Vec running_average(Vec average, Vec x, Vec one_minus_decay) { return fma(x - average, one_minus_decay, average); }

// The ranges that hyperparameters share.
constexpr double kMostDecay = 0.999999;  // of an average: below 1, or nothing new would ever enter it
constexpr double kMostFactor = 1e6;

constexpr Hyper decay_of_average(const char* name, double standard) { return {name, 0, kMostDecay, standard, false}; }
constexpr Hyper factor(const char* name, double standard) { return {name, 0, kMostFactor, standard, false}; }
constexpr Hyper switched(const char* name) { return {name, 0, 1, 0, true}; }
