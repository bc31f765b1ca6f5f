package org.tidegate.task.forecast;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.tidegate.Attribute;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.NodeSpec;
import org.tidegate.json.JsonObject;

/**
 * What a forecaster minimises, of e = truth − forecast in standard deviations of what it forecasts:
 *
 * <ul>
 * <li>{@link Kind#MSE}: e². The forecast is the mean of what may come.
 * <li>{@link Kind#MAE}: |e|. It is the median.
 * <li>{@link Kind#HUBER}: e² / 2 up to |e| = δ, then δ (|e| − δ / 2) (Huber 1964). Outliers count less than in the mean.
 * <li>{@link Kind#QUANTILE}: for each level τ the pinball loss max(τ e, (τ − 1) e) (Koenker and Bassett 1978). The network gives each level
 *     a number of its own; the level nearest 0.5 is the forecast, the outermost ones are its interval.
 * </ul>
 *
 * @param kind which loss
 * @param delta δ of {@link Kind#HUBER}, more than 0; 0 for the others
 * @param levels the levels of {@link Kind#QUANTILE}, increasing, between 0 and 1; empty for the others
 */
public record ForecastLoss(Kind kind, double delta, List<Double> levels) {
    /** The delta of {@link #huber()}. */
    public static final double DELTA = 1;
    /** The levels of {@link #quantile()}. */
    public static final List<Double> LEVELS = List.of(0.1, 0.5, 0.9);

    /** The kinds of losses. */
    public enum Kind {
        /** Mean squared error. */
        MSE("mse", "squared error"),
        /** Mean absolute error. */
        MAE("l1", "absolute error"),
        /** The Huber loss. */
        HUBER("huber", "Huber loss"),
        /** The pinball loss of several levels. */
        QUANTILE("quantile", "pinball loss");

        private final String op;
        private final String noun;

        Kind(String op, String noun) {
            this.op = op;
            this.noun = noun;
        }
    }

    /**
     * Checks the settings.
     *
     * @param kind which loss
     * @param delta δ of {@link Kind#HUBER}, more than 0; 0 for the others
     * @param levels the levels of {@link Kind#QUANTILE}, increasing, between 0 and 1; empty for the others
     * @throws IllegalArgumentException if delta or the levels are not as they must be for this kind
     */
    public ForecastLoss {
        levels = List.copyOf(levels);
        if (kind == Kind.HUBER ? !(delta > 0 && Double.isFinite(delta)) : delta != 0) {
            throw new IllegalArgumentException("the delta is " + delta + "; expected "
                    + (kind == Kind.HUBER ? "a number more than 0" : "none for the loss " + kind.name().toLowerCase(Locale.ROOT)));
        }
        if (kind == Kind.QUANTILE) {
            checkLevels(levels);
        } else if (!levels.isEmpty()) {
            throw new IllegalArgumentException("the levels are " + levels + "; expected none for the loss "
                    + kind.name().toLowerCase(Locale.ROOT));
        }
    }

    /** {@return the mean squared error, the default} */
    public static ForecastLoss mse() {
        return new ForecastLoss(Kind.MSE, 0, List.of());
    }

    /** {@return the mean absolute error} */
    public static ForecastLoss mae() {
        return new ForecastLoss(Kind.MAE, 0, List.of());
    }

    /** {@return the Huber loss with {@link #DELTA}} */
    public static ForecastLoss huber() {
        return huber(DELTA);
    }

    /**
     * {@return the Huber loss}
     *
     * @param delta from which error on it grows linearly, in standard deviations of what is forecast
     * @throws IllegalArgumentException if it is not more than 0
     */
    public static ForecastLoss huber(double delta) {
        return new ForecastLoss(Kind.HUBER, delta, List.of());
    }

    /** {@return the pinball loss of {@link #LEVELS}: the median and an interval of 80 %} */
    public static ForecastLoss quantile() {
        return new ForecastLoss(Kind.QUANTILE, 0, LEVELS);
    }

    /**
     * {@return the pinball loss}
     *
     * @param levels of the quantiles, increasing: {@code quantile(0.05, 0.5, 0.95)}
     * @throws IllegalArgumentException if there are none, one is not between 0 and 1, or they do not increase
     */
    public static ForecastLoss quantile(double... levels) {
        return new ForecastLoss(Kind.QUANTILE, 0, DoubleStream.of(levels).boxed().toList());
    }

    static ForecastLoss of(JsonObject json) {
        json.only("kind", "delta", "levels");
        Kind kind = json.constant("kind", Kind.class);
        return new ForecastLoss(kind, json.has("delta") ? json.number("delta") : 0,
                json.has("levels") ? DoubleStream.of(json.numbers("levels")).boxed().toList() : List.of());
    }

    JsonObject toJson() {
        var json = JsonObject.builder().put("kind", kind.name().toLowerCase(Locale.ROOT));
        if (kind == Kind.HUBER) {
            json.put("delta", delta);
        }
        if (kind == Kind.QUANTILE) {
            json.put("levels", levelsArray());
        }
        return json.build();
    }

    /** {@return whether forecasts have quantiles, and intervals that are learned} */
    public boolean givesQuantiles() {
        return kind == Kind.QUANTILE;
    }

    /** The numbers that the network gives for each number of a forecast: one for each level. */
    int outputs() {
        return Math.max(1, levels.size());
    }

    /** The position of the level that is the forecast: the one nearest 0.5, of two the lower. */
    int point() {
        return IntStream.range(0, levels.size()).reduce(0,
                (best, l) -> Math.abs(levels.get(l) - 0.5) < Math.abs(levels.get(best) - 0.5) ? l : best);
    }

    /** The loss in words, of scaled numbers: "scaled squared error". */
    String unit() {
        return "scaled " + kind.noun;
    }

    /** Adds the loss to a network. */
    void add(ModelBuilder net, Node forecast, Node truth, Attribute name) {
        switch (kind) {
            case MSE, MAE -> net.node(kind.op, List.of(forecast, truth), name);
            case HUBER -> net.node(kind.op, List.of(forecast, truth), name, Attribute.of("delta", delta));
            default -> net.quantile(forecast, truth, levelsArray(), name);
        }
    }

    /** Whether a network's node has this loss, with these settings. */
    boolean isOf(NodeSpec node) {
        double[] found = node.attribute("levels").map(text -> Arrays.stream(text.split(",")).mapToDouble(Double::parseDouble).toArray())
                .orElse(new double[0]);
        return node.op().equals(kind.op) && (kind != Kind.HUBER || node.attribute("delta").map(Double::parseDouble).orElse(1.0) == delta)
                && Arrays.equals(found, levelsArray());
    }

    private double[] levelsArray() {
        return levels.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /**
     * The loss of one number of a forecast.
     *
     * @param error truth − forecast, in standard deviations
     * @param level the position of the level, 0 where there are none
     */
    double of(double error, int level) {
        double size = Math.abs(error);
        return switch (kind) {
            case MSE -> error * error;
            case MAE -> size;
            case HUBER -> size <= delta ? error * error / 2 : delta * (size - delta / 2);
            case QUANTILE -> pinball(error, levels.get(level));
        };
    }

    /** The pinball loss of truth − forecast. */
    static double pinball(double error, double level) {
        return Math.max(level * error, (level - 1) * error);
    }

    private static void checkLevels(List<Double> levels) {
        for (int l = 0; l < levels.size(); l++) {
            if (!(levels.get(l) > 0 && levels.get(l) < 1)) {
                throw new IllegalArgumentException("a level of the quantiles is " + levels.get(l)
                        + "; expected more than 0 and less than 1, such as 0.1,0.5,0.9");
            }
            if (l > 0 && levels.get(l) <= levels.get(l - 1)) {
                throw new IllegalArgumentException("the levels of the quantiles are " + levels + "; expected each to be more than the one"
                        + " before it, such as 0.1,0.5,0.9");
            }
        }
        if (levels.isEmpty()) {
            throw new IllegalArgumentException("there are no levels of the quantiles; expected one or more, such as 0.1,0.5,0.9");
        }
    }
}
