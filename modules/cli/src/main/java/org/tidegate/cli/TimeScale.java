package org.tidegate.cli;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * The x axis of a chart over times: a time's place is a number of whole and broken units, so that the round numbers that the axis marks are
 * whole years, months, days, hours, minutes or seconds.
 */
enum TimeScale {
    SECONDS(ChronoUnit.SECONDS, 0), MINUTES(ChronoUnit.MINUTES, 600), HOURS(ChronoUnit.HOURS, 24 * 3600), DAYS(ChronoUnit.DAYS, 4 * 86_400),
    MONTHS(ChronoUnit.MONTHS, 90 * 86_400L), YEARS(ChronoUnit.YEARS, 8 * 366 * 86_400L);

    private static final long DAY = 86_400;

    private final ChronoUnit unit;
    /** From how many seconds on between its ends an axis is marked so. */
    private final long from;

    TimeScale(ChronoUnit unit, long from) {
        this.unit = unit;
        this.from = from;
    }

    /** The scale for an axis between two times. */
    static TimeScale between(LocalDateTime first, LocalDateTime last) {
        long seconds = ChronoUnit.SECONDS.between(first, last);
        TimeScale scale = SECONDS;
        for (TimeScale each : values()) {
            scale = seconds >= each.from ? each : scale;
        }
        return scale;
    }

    /** The number of units since 1970, or for months and years since the year 0. */
    double place(LocalDateTime time) {
        double day = time.toLocalTime().toNanoOfDay() / 1e9 / DAY;
        return switch (this) {
            case YEARS -> time.getYear() + (time.getDayOfYear() - 1 + day) / time.toLocalDate().lengthOfYear();
            case MONTHS -> 12.0 * time.getYear() + time.getMonthValue() - 1
                    + (time.getDayOfMonth() - 1 + day) / time.toLocalDate().lengthOfMonth();
            default -> (time.toLocalDate().toEpochDay() + day) * DAY / unit.getDuration().toSeconds();
        };
    }

    /** The text of a place: 1990, 1990-06, 1990-06-01, 06-01 14:00. Between two whole units it is more exact. */
    String text(double place) {
        double rounded = Math.rint(place);
        boolean whole = Math.abs(place - rounded) < 1e-6;
        return switch (this) {
            case YEARS -> whole ? String.format(Locale.ROOT, "%.0f", rounded) : MONTHS.text(Math.rint(place * 12));
            case MONTHS -> {
                YearMonth month = YearMonth.of(0, 1).plusMonths((long) Math.floor(whole ? rounded : place));
                yield whole ? month.toString() : month.atDay(1 + (int) ((place - Math.floor(place)) * month.lengthOfMonth())).toString();
            }
            case DAYS -> whole ? LocalDate.ofEpochDay((long) rounded).toString() : HOURS.text(Math.rint(place * 24));
            case MINUTES -> whole ? clock(rounded * 60) : SECONDS.text(Math.rint(place * 60));
            case HOURS -> clock(place * 3600);
            case SECONDS -> LocalDateTime.ofEpochSecond(Math.round(place), 0, ZoneOffset.UTC).toLocalTime()
                    .format(DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT));
        };
    }

    private static String clock(double seconds) {
        return LocalDateTime.ofEpochSecond(Math.round(seconds), 0, ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("MM-dd HH:mm",
                Locale.ROOT));
    }
}
