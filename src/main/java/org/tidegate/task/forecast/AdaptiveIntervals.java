package org.tidegate.task.forecast;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/**
 * Intervals that follow the errors as truths come in: adaptive conformal inference (Gibbs and Candès 2021, arXiv 2106.00170), whose step is
 * taken on the ends themselves. An end that a truth has crossed moves out by much, one that has held moves in by little, so that in the
 * long run the share that holds is the probability, however the errors drift. Not thread-safe.
 */
final class AdaptiveIntervals {
    /** The step of an end, as a part of half the interval's width. */
    private static final double RATE = 0.2;
    /** More remembered numbers than these would cost more than they tell: such intervals stay as they are. */
    private static final long MOST = 1 << 20;

    private final ForecastSetup setup;
    private final double probability;
    private final int errors;
    private final double[] low;
    private final double[] high;
    private final boolean relative;
    private final boolean still;
    private final Deque<Said> waiting = new ArrayDeque<>(); // the last one first

    /** A forecast whose truths have not all come in. */
    private record Said(double[] values, double[] sizes, ForecastIntervals intervals) {
    }

    AdaptiveIntervals(ForecastSetup setup, ForecastIntervals from) {
        this.setup = setup;
        probability = from.probability();
        errors = from.errors();
        low = from.low();
        high = from.high();
        relative = from.relative();
        still = (long) setup.steps() * setup.outputs() > MOST;
    }

    /** The intervals of a reading's forecasts, if it has any. */
    static Optional<AdaptiveIntervals> of(ForecasterReading reading) {
        return reading.intervals().map(from -> new AdaptiveIntervals(reading.setup(), from));
    }

    /**
     * The intervals of the forecast after the next moment.
     *
     * @param values of the forecast {@code [steps x targets]}
     * @param truths the targets' values of the moment, NaN where one is missing
     */
    ForecastIntervals next(double[] values, IntToDoubleFunction truths) {
        if (setup.horizon() > 0) {
            judge(truths);
        }
        ForecastIntervals now = new ForecastIntervals(probability, errors, low, high, relative);
        if (!still) {
            waiting.addFirst(new Said(values, setup.sizes(values), now));
        }
        if (setup.horizon() == 0) {
            judge(truths);
        }
        while (waiting.size() > setup.lastOffset()) {
            waiting.removeLast();
        }
        return now;
    }

    /** The forecast after the moment before is judged by its first step, the one before that by its second. */
    private void judge(IntToDoubleFunction truths) {
        int targets = setup.targets().size();
        Iterator<Said> each = waiting.iterator();
        for (int ahead = 0; ahead < setup.steps() && each.hasNext(); ahead++) {
            Said said = each.next();
            for (int target = 0; target < targets; target++) {
                move(ahead * targets + target, truths.applyAsDouble(target), said);
            }
        }
    }

    private void move(int output, double truth, Said said) {
        if (Double.isNaN(truth)) {
            return;
        }
        double error = (truth - said.values[output]) / (relative ? said.sizes[output] : 1);
        double share = (1 - probability) / 2;
        double width = high[output] - low[output];
        double step = RATE * (width > 0 ? width / 2 : Math.abs(error));
        low[output] = Math.min(0, low[output] - step * ((error < said.intervals.low(output) ? 1 : 0) - share));
        high[output] = Math.max(0, high[output] + step * ((error > said.intervals.high(output) ? 1 : 0) - share));
    }
}
