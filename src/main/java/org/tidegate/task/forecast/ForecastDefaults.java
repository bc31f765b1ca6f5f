package org.tidegate.task.forecast;

import org.tidegate.task.Layers;

/** What suits the training of a forecaster where nothing else is asked for, by the length of its series. */
public final class ForecastDefaults {
    private static final double HELD_OUT = 0.1;
    private static final double MOST_HELD_OUT = 0.25;
    private static final int ENOUGH_HELD_OUT = 40;
    private static final int FEW = 500;
    private static final int FEW_HIDDEN = 8;
    private static final double FEW_LEARNING_RATE = 1e-2;
    private static final double LEARNING_RATE = 3e-3;

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
        return isShort(moments) ? ForecasterBuilder.LAYERS.hidden(FEW_HIDDEN) : ForecasterBuilder.LAYERS;
    }

    /**
     * {@return the initial learning rate: 0.003, for less than 500 moments 0.01}
     *
     * @param moments the number of moments to train on and to hold out
     */
    public static double learningRate(int moments) {
        return isShort(moments) ? FEW_LEARNING_RATE : LEARNING_RATE;
    }

    /** Whether a series is so short that little can be learned from many moments of a window, or by many units. */
    static boolean isShort(int moments) {
        return moments < FEW;
    }
}
