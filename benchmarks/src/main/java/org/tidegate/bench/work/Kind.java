package org.tidegate.bench.work;

/** What one timed call does. */
public enum Kind {
    /** One step of one stream, or of each of several; the states are carried from call to call. */
    STREAM,
    /** Whole sequences forward, from a state of zeros. */
    FORWARD,
    /** A training step: forward, mean squared error, backward, clipping by norm, AdamW. */
    TRAIN
}
