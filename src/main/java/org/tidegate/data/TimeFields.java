package org.tidegate.data;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;

/** A time while it is read: of the clock on the wall, and how far that is from UTC where the text says it. */
final class TimeFields {
    private static final long DAY = 86_400;
    private static final int NANOS = 1_000_000_000;
    private static final LocalDate SPREADSHEET_ZERO = LocalDate.of(1899, 12, 30);

    /** Seconds since 1970 of the clock on the wall. */
    long seconds;
    int nanos;
    boolean zoned;
    /** Seconds ahead of UTC. */
    int offset;

    void clear() {
        seconds = 0;
        nanos = 0;
        zoned = false;
        offset = 0;
    }

    void date(int year, int month, int day) {
        seconds = LocalDate.of(year, month, day).toEpochDay() * DAY;
    }

    /** The groups hour, minute, second, part, half and zone, of which all may be missing. */
    void clock(Matcher match) {
        if (match.group("hour") == null) {
            return;
        }
        String half = match.group("half");
        int hour = Integer.parseInt(match.group("hour"));
        int minute = number(match.group("minute"));
        int second = number(match.group("second"));
        if (half != null) {
            if (hour < 1 || hour > 12) {
                throw new DateTimeException("no hour of half a day");
            }
            hour = hour % 12 + (half.charAt(0) == 'p' || half.charAt(0) == 'P' ? 12 : 0);
        }
        if (hour > 24 || minute > 59 || second > 59 || hour == 24 && minute + second > 0) {
            throw new DateTimeException("no time of the day");
        }
        seconds += hour * 3600L + minute * 60L + second;
        if (match.group("part") != null) {
            nanos = Integer.parseInt((match.group("part") + "00000000").substring(0, 9));
        }
        String zone = match.group("zone");
        if (zone != null) {
            zone(zone);
        }
    }

    /** The zone of the time that was read. */
    void zone(String name) {
        zoned = true;
        offset = ZoneNames.offset(name, LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC)).getTotalSeconds();
    }

    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /** Since 1970, in UTC. */
    void epoch(Matcher match, long unitsOfSecond) {
        long whole = Long.parseLong(match.group("whole"));
        seconds = whole / unitsOfSecond;
        nanos = (int) (whole % unitsOfSecond * (NANOS / unitsOfSecond));
        if (unitsOfSecond == 1 && match.group("part") != null) {
            nanos = Integer.parseInt((match.group("part") + "00000000").substring(0, 9));
        }
        zoned = true;
    }

    /** As the year passes; rounded to the minute. */
    void decimalYear(String text) {
        seconds = DecimalYear.of(text).minute();
    }

    /** Rounded to the millisecond, as their fractions of a day are. */
    void spreadsheet(String days) {
        long millis = new BigDecimal(days.replace(',', '.'))
                .multiply(BigDecimal.valueOf(DAY * 1000)).setScale(0, RoundingMode.HALF_UP).longValueExact();
        seconds = SPREADSHEET_ZERO.toEpochDay() * DAY + millis / 1000;
        nanos = (int) (millis % 1000) * 1_000_000;
    }
}
