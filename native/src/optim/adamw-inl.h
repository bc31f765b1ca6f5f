// AdamW (Loshchilov and Hutter 2019): moments-inl.h, with p shrunk by 1 - learning rate * weight_decay before the step.

constexpr OptimizerKind adamw_optimizer = moments("adamw", 0.01, moments_update<true>);
