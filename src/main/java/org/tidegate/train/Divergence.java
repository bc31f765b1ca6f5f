package org.tidegate.train;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.tidegate.Tensor;

/**
 * Tells a run that diverged with finite numbers from one that is merely bad, by two signs together: one of the last ten losses is above
 * {@value #LOSS} times the first one (or that number, where the first is below 1 or negative), or the held-out loss above
 * {@value #HELD_OUT_LOSS} times; and the values of a parameter are on the average more than {@value #GROWTH} times as large as at the start.
 * Odd data alone do not do it, nor a loss that starts at 0.
 */
final class Divergence {
    /** Of a loss, beside the first one. */
    static final double LOSS = 1000;
    /** Of a held-out loss, which is that of the very weights and of all held-out data, not of one batch by chance. */
    static final double HELD_OUT_LOSS = 100;
    /** Of a parameter's root mean square, beside the first one; a bias that starts at 0 counts as {@link #SMALL}. */
    static final double GROWTH = 10;
    private static final double SMALL = 0.1;
    /** Losses that count; and steps after which the losses before each step tell enough. */
    private static final int LAST = 10;

    private final List<Tensor> parameters;
    private final Map<String, Double> before = new HashMap<>();
    private double limit;
    private long steps;
    private long highAt = -LAST; // the latest step whose loss was above the limit

    /** Of a run from here on; firstLoss: of the run that is resumed, NaN for the first batch's. */
    Divergence(List<Tensor> parameters, double firstLoss) {
        this.parameters = parameters.stream().filter(Tensor::trainable).toList();
        this.parameters.forEach(parameter -> before.put(parameter.name(), size(parameter)));
        limit = limit(firstLoss);
    }

    /** Takes the loss of a batch before its step. */
    void add(double loss) {
        if (Double.isNaN(limit)) {
            limit = limit(loss);
        }
        highAt = loss > limit ? steps : highAt;
        steps++;
    }

    /** Whether so few steps were made that it takes the loss of the last batch after its step to tell. */
    boolean isUnsure() {
        return steps > 0 && steps < LAST;
    }

    /** The parameter that has grown out of all proportion, if the losses have. after: the last batch's after its step, if it was taken. */
    Optional<String> found(OptionalDouble after) {
        return steps - highAt <= LAST || after.orElse(0) > limit ? grown() : Optional.empty();
    }

    /** The parameter that has grown out of all proportion, if the held-out loss has. */
    Optional<String> foundBy(double heldOutLoss) {
        return heldOutLoss > limit / LOSS * HELD_OUT_LOSS ? grown() : Optional.empty();
    }

    private Optional<String> grown() {
        return parameters.stream().filter(parameter -> size(parameter) > GROWTH * Math.max(before.get(parameter.name()), SMALL))
                .map(Tensor::name).findFirst();
    }

    private static double limit(double firstLoss) {
        return LOSS * Math.max(1, firstLoss); // NaN stays NaN
    }

    /** The root mean square of a parameter. */
    static double size(Tensor parameter) {
        float[] part = new float[(int) Math.min(parameter.size(), 1 << 16)];
        double sum = 0;
        for (long at = 0; at < parameter.size(); at += part.length) {
            int count = (int) Math.min(part.length, parameter.size() - at);
            parameter.get(at, part, 0, count);
            for (int i = 0; i < count; i++) {
                sum += (double) part[i] * part[i];
            }
        }
        return Math.sqrt(sum / parameter.size());
    }
}
