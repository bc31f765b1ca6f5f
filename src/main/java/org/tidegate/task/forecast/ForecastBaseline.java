package org.tidegate.task.forecast;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.tidegate.data.Series;

/**
 * The forecasts that a model has to beat: each evaluation measures all of them at the moments of its own forecasts, and its verdict names
 * the best.
 */
public enum ForecastBaseline {
    /** The last value again. */
    PERSISTENCE("persistence", reading -> true, reading -> "of the last value again", (reading, targets, target, moment, step) ->
            reading.setup().persistence(targets, target, moment)),
    /** The value of a season before, where the setup has a period. */
    SEASON("seasonal", reading -> reading.setup().period() > 0, reading -> "of the value " + reading.setup().period() + " before",
            (reading, targets, target, moment, step) -> reading.setup().seasonal(targets, target, moment, step)),
    /** A linear autoregression that was fitted to the training series by least squares; no file of before there was one has it. */
    LINEAR("linear", reading -> !reading.linear().isEmpty(), reading -> "of a linear autoregression", (reading, targets, target, moment,
            step) -> reading.linear().get(target).value(at -> targets.value(target, at),
                    reading.setup().horizon() == 0 ? moment - 1 : moment, step + 1));

    private final String key;
    private final Predicate<ForecasterReading> known;
    private final Function<ForecasterReading, String> text;
    private final Value value;

    /** A baseline's forecast of a target's step after a moment; the series has the targets alone, in their order. */
    @FunctionalInterface
    private interface Value {
        double of(ForecasterReading reading, Series targets, int target, int moment, int step);
    }

    ForecastBaseline(String key, Predicate<ForecasterReading> known, Function<ForecasterReading, String> text, Value value) {
        this.key = key;
        this.known = known;
        this.text = text;
        this.value = value;
    }

    /** {@return those that a forecaster has: a season only with a period, for example} */
    static List<ForecastBaseline> of(ForecasterReading reading) {
        return Arrays.stream(values()).filter(baseline -> baseline.known.test(reading)).toList();
    }

    /** {@return its name in figures and tables: {@code persistence}} */
    public String key() {
        return key;
    }

    /** What its forecasts are made of, for people. */
    String text(ForecasterReading reading) {
        return text.apply(reading);
    }

    /** Its forecast of a target's step after a moment; the series has the targets alone, in their order. */
    double value(ForecasterReading reading, Series targets, int target, int moment, int step) {
        return value.of(reading, targets, target, moment, step);
    }
}
