package org.tidegate.data;

import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/**
 * What leads from one moment of a series to the next: 15 minutes, a day, a business day, a month.
 *
 * @param unit the unit
 * @param count how many of it, 1 or more
 */
public record TimeStep(Unit unit, long count) {
    private static final long SECOND = 1_000_000_000L;
    private static final int BUSINESS_DAYS = 5;
    private static final int MONTHS_OF_YEAR = 12;

    /** Units of steps. */
    public enum Unit {
        /** Of exact length, for everything below a day. */
        NANOSECONDS("nanosecond"),
        /** Days of the calendar. */
        DAYS("day"),
        /** Monday to Friday. */
        BUSINESS_DAYS("business day"),
        /** Months of the calendar; the day of the month stays, or is the last where there are fewer. */
        MONTHS("month"),
        /** From the last day of a month to that of another. */
        MONTH_ENDS("month's end");

        private final String text;

        Unit(String text) {
            this.text = text;
        }
    }

    /**
     * Checks the count.
     *
     * @param unit the unit
     * @param count how many of it, 1 or more
     * @throws IllegalArgumentException if it is less than 1, or beyond 100 years
     */
    public TimeStep {
        long most = unit == Unit.NANOSECONDS ? Long.MAX_VALUE : 36_525;
        if (count < 1 || count > most) {
            throw new IllegalArgumentException("a step of " + count + " " + unit.text + "s; expected 1 to " + most);
        }
    }

    /**
     * {@return the time so many steps after another}
     *
     * @param time the time
     * @param steps the number of steps, 0 or more
     */
    public LocalDateTime after(LocalDateTime time, long steps) {
        long units = unit == Unit.NANOSECONDS ? 0 : Math.multiplyExact(count, steps);
        return switch (unit) {
            case NANOSECONDS -> time.plus(Duration.ofNanos(count).multipliedBy(steps));
            case DAYS -> time.plusDays(units);
            case BUSINESS_DAYS -> businessDaysAfter(time, units);
            case MONTHS -> time.plusMonths(units);
            case MONTH_ENDS -> time.plusMonths(units).with(TemporalAdjusters.lastDayOfMonth());
        };
    }

    private static LocalDateTime businessDaysAfter(LocalDateTime time, long days) {
        int weekday = Math.min(time.getDayOfWeek().getValue(), DayOfWeek.FRIDAY.getValue()) - 1;   // of a weekend, Friday
        LocalDateTime monday = time.minusDays(time.getDayOfWeek().getValue() - 1L);
        return days == 0 ? time : monday.plusDays((weekday + days) / BUSINESS_DAYS * 7 + (weekday + days) % BUSINESS_DAYS);
    }

    /** {@return the step as text: "day", "15 minutes", "2 weeks", "business day"} */
    public String text() {
        if (unit == Unit.DAYS && count % 7 == 0) {
            return times(count / 7, "week");
        }
        if (unit == Unit.MONTHS && count % MONTHS_OF_YEAR == 0) {
            return times(count / MONTHS_OF_YEAR, "year");
        }
        if (unit != Unit.NANOSECONDS) {
            return times(count, unit.text);
        }
        long seconds = count / SECOND;
        if (count % SECOND != 0) {
            return String.format(Locale.ROOT, "%s seconds", BigDecimal.valueOf(count, 9).stripTrailingZeros().toPlainString());
        }
        return seconds % 3600 == 0 ? times(seconds / 3600, "hour") : seconds % 60 == 0 ? times(seconds / 60, "minute")
                : times(seconds, "second");
    }

    private static String times(long count, String unit) {
        return count == 1 ? unit : count + " " + (unit.equals("month's end") ? "months' ends" : unit + "s");
    }
}
