package org.tidegate.data;

import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A cycle of the clock or the calendar that a time lies in. As an input it is a sine and a cosine, so that 23 and 0 o'clock are neighbours.
 */
public enum CalendarFeature {
    /** The hour of the day, with its minutes. */
    HOUR(Duration.ofDays(1), time -> time.toLocalTime().toNanoOfDay() / 86_400e9),
    /** The day of the week. */
    WEEKDAY(Duration.ofDays(7), time -> (time.getDayOfWeek().getValue() - 1) / 7.0),
    /** The month of the year, with its days. */
    MONTH(Duration.ofDays(365), time ->
            (time.getMonthValue() - 1 + (time.getDayOfMonth() - 1.0) / time.toLocalDate().lengthOfMonth()) / 12);

    private static final int PERIODS = 2;

    private final Duration period;
    private final ToDoubleFunction<LocalDateTime> phase;

    CalendarFeature(Duration period, ToDoubleFunction<LocalDateTime> phase) {
        this.period = period;
        this.phase = phase;
    }

    /**
     * {@return the cycles that times can tell: they step through them several times faster than they last, and last at least two of them}
     *
     * @param times the times
     */
    public static List<CalendarFeature> of(TimeAxis times) {
        int last = times.length() - 1;
        if (last < 1) {
            return List.of();
        }
        Duration span = Duration.between(times.at(0), times.at(last));
        Duration step = span.dividedBy(last);
        return Arrays.stream(values()).filter(each -> step.multipliedBy(PERIODS).compareTo(each.period) <= 0
                && span.plus(step).compareTo(each.period.multipliedBy(PERIODS)) >= 0).toList();
    }

    /**
     * {@return the feature of a name}
     *
     * @param name {@code hour}, {@code weekday} or {@code month}
     * @throws IllegalArgumentException if there is none
     */
    public static CalendarFeature named(String name) {
        return Arrays.stream(values()).filter(each -> each.toString().equals(name)).findFirst().orElseThrow(() ->
                new IllegalArgumentException("\"" + name + "\" is no part of a calendar; expected one of " + Arrays.toString(values())));
    }

    /**
     * {@return the sine of a time's place in the cycle}
     *
     * @param time the time
     */
    public double sine(LocalDateTime time) {
        return Math.sin(2 * Math.PI * phase.applyAsDouble(time));
    }

    /**
     * {@return the cosine of a time's place in the cycle}
     *
     * @param time the time
     */
    public double cosine(LocalDateTime time) {
        return Math.cos(2 * Math.PI * phase.applyAsDouble(time));
    }

    /** The name, {@code hour} for example. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
