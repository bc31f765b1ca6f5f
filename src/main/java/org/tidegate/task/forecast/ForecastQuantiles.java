package org.tidegate.task.forecast;

import java.math.BigDecimal;
import java.util.List;

/**
 * The quantiles of a forecast, in the targets' own units: the numbers below which the truth lies with the probabilities of the levels. They
 * increase with the level: where those of the network cross, they are sorted, which never raises their pinball loss (rearrangement:
 * Chernozhukov, Fernández-Val and Galichon 2010).
 *
 * @param levels the levels, increasing
 * @param values {@code [levels x steps x targets]}, level by level
 */
public record ForecastQuantiles(List<Double> levels, double[] values) {
    /**
     * Takes copies.
     *
     * @param levels the levels, increasing
     * @param values {@code [levels x steps x targets]}, level by level
     * @throws IllegalArgumentException if there are no levels, or not as many values for each
     */
    public ForecastQuantiles {
        levels = List.copyOf(levels);
        if (levels.isEmpty() || values.length % levels.size() != 0) {
            throw new IllegalArgumentException(values.length + " quantiles of the levels " + levels + "; expected as many for each level");
        }
        values = values.clone();
    }

    /** {@return the quantiles {@code [levels x steps x targets]}, level by level, in an array of the caller's own} */
    @Override
    public double[] values() {
        return values.clone();
    }

    /** {@return the probability of the interval between the outermost levels: their difference; 0 of a single level} */
    public double probability() {
        return BigDecimal.valueOf(levels.get(levels.size() - 1)).subtract(BigDecimal.valueOf(levels.get(0))).doubleValue();
    }

    /** A quantile of an output. */
    double value(int level, int output) {
        return values[level * (values.length / levels.size()) + output];
    }
}
