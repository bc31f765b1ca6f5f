package org.tidegate.task.forecast;

import org.tidegate.task.Layers;

/** What suits the training of a forecaster where nothing else is asked for, by the length of its series. */
public final class ForecastDefaults {
    private static final double HELD_OUT = 0.1;
    private static final double MOST_HELD_OUT = 0.25;
    private static final int ENOUGH_HELD_OUT = 40;
    private static final int FEW = 500;
    private static final int FEW_HIDDEN = 8;

    private ForecastDefaults() {
    }

    /**
     * {@return the part of a series that is held out in training: a tenth; of short ones as much as makes 40 moments, at most a quarter}
     * Fewer tell too little of whether the network is better than its linear start, and of how wide intervals must be.
     *
     * @param moments the number of moments to train on and to hold out, 1 or more
     */
    public static double validation(int moments) {
        return Math.max(HELD_OUT, Math.min(MOST_HELD_OUT, (double) ENOUGH_HELD_OUT / moments));
    }

    /**
     * {@return the recurrent layers: {@link ForecasterBuilder#LAYERS}, of 8 units for less than 500 moments}
     *
     * @param moments the number of moments to train on and to hold out
     */
    public static Layers layers(int moments) {
        return moments < FEW ? ForecasterBuilder.LAYERS.hidden(FEW_HIDDEN) : ForecasterBuilder.LAYERS;
    }
}
