package org.tidegate.bench.work;

/** What one timed call does. */
public enum Kind {
    /** One step of one sequence; the state is carried from call to call. */
    STREAM,
    /** Whole sequences forward, from a state of zeros. */
    FORWARD,
    /** A training step: forward, mean squared error, backward, clipping by norm, AdamW. */
    TRAIN
}
