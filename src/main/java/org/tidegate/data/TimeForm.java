package org.tidegate.data;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How times are written in a text. Months have numbers or names, those of English, German, French, Spanish, Italian, Portuguese, Dutch,
 * Danish, Norwegian or Swedish, in full or their first three letters or more. Zones are offsets ({@code +01:00}, {@code UTC+1}), names
 * of the tz database ({@code Europe/Rome}), or abbreviations that stand for one offset, {@code CET} for example: {@code IST}, which has
 * several meanings, is none.
 */
public enum TimeForm {
    /** Year, month, day: 2024-01-31, 2024/1/31, with a time of the day and a zone or without: 2024-01-31T10:00:00+01:00. */
    DATE("(?<y>\\d{4})([-/. ])(?<m>\\d{1,2})\\2(?<d>\\d{1,2})" + Clock.TIME, TimeForm::date),
    /** The same without separators, 20240131, 20240131T1030 or 20240131 10:30. */
    COMPACT_DATE("(?<y>\\d{4})(?<m>\\d{2})(?<d>\\d{2})" + Clock.COMPACT + "(?:\\.0+)?", TimeForm::date),
    /** Day, month, year without separators: 31012024; of the first days the zero may be missing, 1012024. */
    COMPACT_DAY_FIRST("(?<d>\\d{1,2})(?<m>\\d{2})(?<y>\\d{4})" + Clock.COMPACT + "(?:\\.0+)?", TimeForm::compactDate),
    /** Month, day, year without separators: 01312024, or 1312024. */
    COMPACT_MONTH_FIRST("(?<m>\\d{1,2})(?<d>\\d{2})(?<y>\\d{4})" + Clock.COMPACT + "(?:\\.0+)?", TimeForm::compactDate),
    /** Day, month, year: 31.1.2024, 31/01/24, 31/01/2024 10:00. */
    DAY_FIRST("(?<d>\\d{1,2})([-/.])(?<m>\\d{1,2})\\2(?<y>\\d{4}|\\d{2})" + Clock.TIME, TimeForm::date),
    /** Month, day, year: 1/31/2024, 01/31/24 10:00 PM. */
    MONTH_FIRST("(?<m>\\d{1,2})([-/])(?<d>\\d{1,2})\\2(?<y>\\d{4}|\\d{2})" + Clock.TIME, TimeForm::date),
    /** Year of two digits, month, day: 24/01/31. */
    SHORT_YEAR_FIRST("(?<y>\\d{2})([-/.])(?<m>\\d{2})\\2(?<d>\\d{2})" + Clock.TIME, TimeForm::date),
    /**
     * With the month's name: 31 Jan 2024, 31-Jan-24, 31JAN2024, Jan 31 2024, Wed, January 31, 2024 10:00, 31. März 2024,
     * 31 de enero de 2024.
     */
    NAMED_MONTH(Names.DAY + "(?:(?<d>\\d{1,2})(?:st|nd|rd|th|er)?" + Names.GAP + "(?<month>" + Names.MONTH
            + ")(?:[-/.,' ]*| +de +)(?<y>\\d{4}|\\d{2})"
            + "|(?<month2>" + Names.MONTH + ")[-/. ]+(?<d2>\\d{1,2})(?:st|nd|rd|th)?[-/, ]+(?<y2>\\d{4})"
            + "|(?<y3>\\d{4})[-/. ](?<month3>" + Names.MONTH + ")[-/. ](?<d3>\\d{1,2}))" + Clock.TIME, TimeForm::namedDate),
    /** As C's ctime and Java's Date write it, the year last: Wed Jan 31 10:00:00 2024, Wed Jan 31 10:00:00 CET 2024. */
    CTIME(Names.DAY + "(?:(?<month>" + Names.MONTH + ") +(?<d>\\d{1,2})|(?<d2>\\d{1,2})\\.? +(?<month2>" + Names.MONTH + "))" + Clock.OF_DAY
            + Clock.HALF + "(?: +(?<zone>" + Clock.ZONE + "))? +(?<y>\\d{4})(?: +(?<zone2>[+-]\\d{4}))?", TimeForm::ctime),
    /** 2024-01, 2024/01, 2024 1, 2024M01, 202401, 01/2024, Jan-24, January 2024, janv. 2024. */
    MONTH("(?<y>\\d{4})(?:[-/M ](?<m>\\d{1,2})|(?<m3>\\d{2}))|(?<m2>\\d{1,2})[-/](?<y2>\\d{4})"
            + "|(?<month>" + Names.MONTH + ")(?:[-/., ']*| +de +)(?<y3>\\d{4}|\\d{2})"
            + "|(?<y4>\\d{4})[-/ ]?(?<month2>" + Names.MONTH + ")\\.?", TimeForm::month),
    /** 2024Q1, 2024-Q1, Q1 2024, 1Q24. */
    QUARTER("(?<y>\\d{4})[-/ ]?[Qq](?<q>[1-4])|[Qq](?<q2>[1-4])[-/ ]?(?<y2>\\d{4}|\\d{2})|(?<q3>[1-4])[Qq][-/ ]?(?<y3>\\d{4}|\\d{2})",
            TimeForm::quarter),
    /** Weeks of ISO 8601, 2024-W05. */
    WEEK("(?<y>\\d{4})-?[Ww](?<w>\\d{2})", TimeForm::week),
    /** 2024. */
    YEAR("(?<y>[12]\\d{3})(?:\\.0+)?", (fields, match) -> fields.date(Integer.parseInt(match.group("y")), 1, 1)),
    /** Years with the part of the year that is over, 2024.0833 for February 2024; {@link TimeAxis} knows months by all of a column. */
    DECIMAL_YEAR("(?<y>1[5-9]\\d{2}|2[01]\\d{2})(?:[.,](?<part>\\d+))?", (fields, match) -> fields.decimalYear(match.group())),
    /** Seconds since 1970, 9 or 10 digits. */
    EPOCH_SECONDS("(?<whole>\\d{9,10})(?:\\.(?<part>\\d+))?", (fields, match) -> fields.epoch(match, 1)),
    /** Milliseconds since 1970, 12 or 13 digits. */
    EPOCH_MILLISECONDS("(?<whole>\\d{12,13})(?:\\.(?<part>0+))?", (fields, match) -> fields.epoch(match, 1000)),
    /** Microseconds since 1970, 15 or 16 digits. */
    EPOCH_MICROSECONDS("(?<whole>\\d{15,16})(?:\\.(?<part>0+))?", (fields, match) -> fields.epoch(match, 1_000_000)),
    /** Nanoseconds since 1970, 18 or 19 digits. */
    EPOCH_NANOSECONDS("(?<whole>\\d{18,19})(?:\\.(?<part>0+))?", (fields, match) -> fields.epoch(match, 1_000_000_000)),
    /** Days of a spreadsheet, 45322.5 at noon of 2024-01-31. */
    SPREADSHEET_DAYS("(?<whole>[2-7]\\d{4})(?:[.,](?<part>\\d+))?", (fields, match) -> fields.spreadsheet(match.group()));

    private final Pattern pattern;
    private final BiConsumer<TimeFields, Matcher> reader;

    TimeForm(String pattern, BiConsumer<TimeFields, Matcher> reader) {
        this.pattern = Pattern.compile(pattern);
        this.reader = reader;
    }

    /** The time of the day behind a date. */
    private static final class Clock {
        static final String OF_DAY = "(?:,?[T ]+|:| +at +|, *)(?<hour>\\d{1,2})"
                + "(?:[:.h](?<minute>\\d{2})(?:[:.](?<second>\\d{2})(?:[.,](?<part>\\d{1,9})\\d*)?)?)?";
        static final String HALF = "(?:[ \u00A0\u202F]*(?:Uhr|(?<half>[AaPp]\\.?[Mm]\\.?(?![A-Za-z]))))?";
        static final String ZONE = "(?:UTC|GMT)?[+-]\\d{1,2}:?(?:\\d{2})?|[A-Za-z]{1,5}|[A-Za-z]+(?:/[A-Za-z0-9_+-]+){1,2}";
        /** Behind the zone what it is called: in brackets, or its abbreviation behind an offset. */
        static final String ZONED = " *(?<zone>" + ZONE + ")?(?:\\[[^\\]]*\\]| *\\([^)]*\\)|(?<=\\d) [A-Z]{3,5})?";
        static final String TIME = "(?:" + OF_DAY + HALF + ZONED + ")?";
        static final String COMPACT = "(?:[T ]?(?<hour>(?<= )\\d{1,2}|\\d{2})(?::?(?<minute>\\d{2})(?::?(?<second>\\d{2})"
                + "(?:[.,](?<part>\\d{1,9})\\d*)?)?)?" + HALF + ZONED + ")?";

        private Clock() {}
    }

    /** Names in a date. */
    private static final class Names {
        static final String MONTH = "[\\p{L}\\p{M}]{3,10}";
        static final String DAY = "(?:[\\p{L}\\p{M}-]{2,14}\\.?,? +)??";
        static final String GAP = "(?:[-/. ]*| +de +)";

        private Names() {}
    }

    /** {@return whether a text is a time of this form that exists}
     *
     * @param text the text, without spaces around it
     */
    public boolean matches(String text) {
        return read(text, new TimeFields());
    }

    /** {@return whether a number alone can be a time of this form, 20240131 for example} */
    public boolean isNumber() {
        return switch (this) {
            case DATE, DAY_FIRST, MONTH_FIRST, SHORT_YEAR_FIRST, NAMED_MONTH, CTIME, QUARTER, WEEK -> false;
            default -> true;
        };
    }

    /** Reads a text; false if it is no time of this form. */
    boolean read(String text, TimeFields fields) {
        Matcher match = pattern.matcher(text);
        if (!match.matches()) {
            return false;
        }
        fields.clear();
        try {
            reader.accept(fields, match);
            return true;
        } catch (DateTimeException | ArithmeticException e) {
            return false;
        }
    }

    private static void date(TimeFields fields, Matcher match) {
        fields.date(year(match.group("y")), Integer.parseInt(match.group("m")), Integer.parseInt(match.group("d")));
        fields.clock(match);
    }

    /** Eight digits are many things: years that files are about. */
    private static void compactDate(TimeFields fields, Matcher match) {
        int year = Integer.parseInt(match.group("y"));
        if (year < 1700 || year > 2199) {
            throw new DateTimeException("a number, not a year");
        }
        date(fields, match);
    }

    private static void ctime(TimeFields fields, Matcher match) {
        fields.date(year(match.group("y")), MonthNames.month(first(match, "month", "month2")), Integer.parseInt(first(match, "d", "d2")));
        fields.clock(match);
        if (match.group("zone2") != null) {
            fields.zone(match.group("zone2"));
        }
    }

    private static void namedDate(TimeFields fields, Matcher match) {
        fields.date(year(first(match, "y", "y2", "y3")), MonthNames.month(first(match, "month", "month2", "month3")),
                Integer.parseInt(first(match, "d", "d2", "d3")));
        fields.clock(match);
    }

    private static void month(TimeFields fields, Matcher match) {
        String number = first(match, "m", "m2", "m3");
        int month = number == null ? MonthNames.month(first(match, "month", "month2")) : Integer.parseInt(number);
        fields.date(year(first(match, "y", "y2", "y3", "y4")), month, 1);
    }

    private static void quarter(TimeFields fields, Matcher match) {
        fields.date(year(first(match, "y", "y2", "y3")), 3 * Integer.parseInt(first(match, "q", "q2", "q3")) - 2, 1);
    }

    private static void week(TimeFields fields, Matcher match) {
        LocalDate start = LocalDate.of(Integer.parseInt(match.group("y")), 1, 4).with(DayOfWeek.MONDAY);
        LocalDate monday = start.plusWeeks(Integer.parseInt(match.group("w")) - 1L);
        if (monday.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR) != Integer.parseInt(match.group("w"))) {
            throw new DateTimeException("no such week");
        }
        fields.date(monday.getYear(), monday.getMonthValue(), monday.getDayOfMonth());
    }

    private static String first(Matcher match, String... groups) {
        for (String group : groups) {
            if (match.group(group) != null) {
                return match.group(group);
            }
        }
        return null;
    }

    /** Of two digits, 1969 to 2068. */
    private static int year(String digits) {
        int year = Integer.parseInt(digits);
        if (digits.length() == 4 && (year < 1000 || year > 2999)) {
            throw new DateTimeException("a number, not a year");
        }
        return digits.length() > 2 ? year : year < 69 ? 2000 + year : 1900 + year;
    }
}
