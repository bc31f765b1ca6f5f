// Adam (Kingma and Ba 2015): moments-inl.h, with weight_decay * p added to the gradient.

constexpr OptimizerKind adam_optimizer = moments("adam", 0, moments_update<false>);
