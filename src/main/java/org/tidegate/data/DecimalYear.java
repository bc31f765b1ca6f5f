package org.tidegate.data;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A year with the part of it that is over: 1959.0833 for February 1959 ({@code time()} of R), 1959.0417 for the middle of January.
 *
 * @param year the year
 * @param part of the year, from 0 to below 1
 * @param digits how many decimals say so
 */
record DecimalYear(int year, double part, int digits) {
    private static final long DAY = 86_400;
    private static final int MONTHS = 12;
    /** The greatest distance from a twelfth of the year: of days of a calendar, some are farther from it. */
    private static final double NEAR = 0.065;
    private static final int DIGITS_OF_DAYS = 3;
    private static final double NEARLY_A_DAY = 0.9 / 366;

    static DecimalYear of(String text) {
        BigDecimal value = new BigDecimal(text.replace(',', '.'));
        int year = value.intValue();
        return new DecimalYear(year, value.subtract(BigDecimal.valueOf(year)).doubleValue(), value.scale());
    }

    /** Seconds since 1970, rounded to the minute. */
    long minute() {
        return start() + BigDecimal.valueOf(part * days() * DAY / 60).setScale(0, RoundingMode.HALF_UP).longValue() * 60;
    }

    private long start() {
        return LocalDate.of(year, 1, 1).toEpochDay() * DAY;
    }

    private int days() {
        return LocalDate.of(year, 1, 1).lengthOfYear();
    }

    /**
     * The times of a column in seconds since 1970: the first of months where all are twelfths of a year, in the middle of twelfths, or a
     * year, a point and a month (1871.09, 1871.1 for October); else midnights, where no two are on one day; else minutes. Empty where there
     * are too few decimals to know a day.
     */
    static Optional<long[]> column(List<String> texts) {
        List<DecimalYear> times = texts.stream().map(DecimalYear::of).toList();
        int digits = times.stream().mapToInt(DecimalYear::digits).max().orElse(0);
        double rounding = 0.5 * Math.pow(10, -digits);
        double near = Math.min(NEAR, MONTHS * rounding + 1e-4);
        for (double share : new double[] {0, 0.5}) {
            if (times.stream().allMatch(time -> time.distance(share) <= near)) {
                return Optional.of(times.stream().mapToLong(time -> time.month(Math.round(MONTHS * time.part - share))).toArray());
            }
        }
        if (digits == 2 && times.stream().allMatch(DecimalYear::isMonth)) {
            return Optional.of(times.stream().mapToLong(time -> time.month(Math.round(100 * time.part) - 1)).toArray());
        }
        if (digits < DIGITS_OF_DAYS) {
            return Optional.empty();
        }
        double[] years = times.stream().mapToDouble(time -> time.year + time.part).sorted().toArray();
        boolean onDays = IntStream.range(1, years.length).allMatch(i -> years[i] - years[i - 1] >= NEARLY_A_DAY - 2 * rounding);
        return Optional.of(times.stream().mapToLong(time -> onDays ? time.day(rounding) : time.minute()).toArray());
    }

    private boolean isMonth() {
        long hundredths = Math.round(100 * part);
        return Math.abs(100 * part - hundredths) < 1e-9 && hundredths >= 1 && hundredths <= MONTHS;
    }

    /** How far the part is from a whole number of twelfths and a share of one. */
    private double distance(double share) {
        double twelfths = MONTHS * part - share;
        return Math.abs(twelfths - Math.rint(twelfths));
    }

    private long month(long months) {
        return LocalDate.of(year, 1, 1).plusMonths(months).toEpochDay() * DAY;
    }

    /** The start of the day; a day's start that was rounded down is still that day's. */
    private long day(double rounding) {
        return start() + (long) Math.floor((part + rounding) * days() + 1e-6) * DAY;
    }
}
