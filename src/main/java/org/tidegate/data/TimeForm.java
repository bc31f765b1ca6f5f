package org.tidegate.data;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How times are written in a text. Months have English names. */
public enum TimeForm {
    /** Year, month, day: 2024-01-31, 2024/1/31, with a time of the day and a zone or without: 2024-01-31T10:00:00+01:00. */
    DATE("(?<y>\\d{4})([-/. ])(?<m>\\d{1,2})\\2(?<d>\\d{1,2})" + Clock.TIME, TimeForm::date),
    /** The same without separators, 20240131 or 20240131T1030. */
    COMPACT_DATE("(?<y>\\d{4})(?<m>\\d{2})(?<d>\\d{2})(?:[T ]?(?<hour>\\d{2})(?<minute>\\d{2})?(?<second>\\d{2})?(?<zone>Z)?)?(?:\\.0+)?",
            TimeForm::date),
    /** Day, month, year: 31.1.2024, 31/01/24, 31/01/2024 10:00. */
    DAY_FIRST("(?<d>\\d{1,2})([-/.])(?<m>\\d{1,2})\\2(?<y>\\d{4}|\\d{2})" + Clock.TIME, TimeForm::date),
    /** Month, day, year: 1/31/2024, 01/31/24 10:00 PM. */
    MONTH_FIRST("(?<m>\\d{1,2})([-/])(?<d>\\d{1,2})\\2(?<y>\\d{4}|\\d{2})" + Clock.TIME, TimeForm::date),
    /** Year of two digits, month, day: 24/01/31. */
    SHORT_YEAR_FIRST("(?<y>\\d{2})([-/.])(?<m>\\d{2})\\2(?<d>\\d{2})" + Clock.TIME, TimeForm::date),
    /** With the month's name: 31 Jan 2024, 31-Jan-24, Jan 31 2024, Wed, January 31, 2024 10:00. */
    NAMED_MONTH("(?:[A-Za-z]{3,9}\\.?,? +)??(?:(?<d>\\d{1,2})(?:st|nd|rd|th)?[-/. ]+(?<month>[A-Za-z]{3,9})[-/.,' ]+(?<y>\\d{4}|\\d{2})"
            + "|(?<month2>[A-Za-z]{3,9})[-/. ]+(?<d2>\\d{1,2})(?:st|nd|rd|th)?[-/, ]+(?<y2>\\d{4})"
            + "|(?<y3>\\d{4})[-/. ](?<month3>[A-Za-z]{3,9})[-/. ](?<d3>\\d{1,2}))" + Clock.TIME, TimeForm::namedDate),
    /** 2024-01, 2024/01, 2024M01, 202401, 01/2024, Jan-24, January 2024. */
    MONTH("(?<y>\\d{4})(?:[-/M](?<m>\\d{1,2})|(?<m3>\\d{2}))|(?<m2>\\d{1,2})[-/](?<y2>\\d{4})"
            + "|(?<month>[A-Za-z]{3,9})[-/., ']*(?<y3>\\d{4}|\\d{2})"
            + "|(?<y4>\\d{4})[-/ ]?(?<month2>[A-Za-z]{3,9})", TimeForm::month),
    /** 2024Q1, 2024-Q1, Q1 2024, 1Q24. */
    QUARTER("(?<y>\\d{4})[-/ ]?[Qq](?<q>[1-4])|[Qq](?<q2>[1-4])[-/ ]?(?<y2>\\d{4}|\\d{2})|(?<q3>[1-4])[Qq][-/ ]?(?<y3>\\d{4}|\\d{2})",
            TimeForm::quarter),
    /** Weeks of ISO 8601, 2024-W05. */
    WEEK("(?<y>\\d{4})-?[Ww](?<w>\\d{2})", TimeForm::week),
    /** 2024. */
    YEAR("(?<y>[12]\\d{3})(?:\\.0+)?", (fields, match) -> fields.date(Integer.parseInt(match.group("y")), 1, 1)),
    /** Seconds since 1970, 9 or 10 digits. */
    EPOCH_SECONDS("(?<whole>\\d{9,10})(?:\\.(?<part>\\d+))?", (fields, match) -> fields.epoch(match, 1)),
    /** Milliseconds since 1970, 12 or 13 digits. */
    EPOCH_MILLISECONDS("(?<whole>\\d{12,13})(?:\\.(?<part>0+))?", (fields, match) -> fields.epoch(match, 1000)),
    /** Microseconds since 1970, 15 or 16 digits. */
    EPOCH_MICROSECONDS("(?<whole>\\d{15,16})(?:\\.(?<part>0+))?", (fields, match) -> fields.epoch(match, 1_000_000)),
    /** Nanoseconds since 1970, 18 or 19 digits. */
    EPOCH_NANOSECONDS("(?<whole>\\d{18,19})(?:\\.(?<part>0+))?", (fields, match) -> fields.epoch(match, 1_000_000_000)),
    /** Days of a spreadsheet, 45322.5 at noon of 2024-01-31. */
    SPREADSHEET_DAYS("(?<whole>[2-7]\\d{4})(?:\\.(?<part>\\d+))?", (fields, match) -> fields.spreadsheet(match.group()));

    private static final List<String> MONTHS = List.of("january", "february", "march", "april", "may", "june", "july", "august",
            "september",
            "october", "november", "december");

    private final Pattern pattern;
    private final BiConsumer<TimeFields, Matcher> reader;

    TimeForm(String pattern, BiConsumer<TimeFields, Matcher> reader) {
        this.pattern = Pattern.compile(pattern);
        this.reader = reader;
    }

    /** The time of the day behind a date. */
    private static final class Clock {
        static final String TIME = "(?:,?[T ]+(?<hour>\\d{1,2})"
                + "(?:[:.h](?<minute>\\d{2})(?:[:.](?<second>\\d{2})(?:[.,](?<part>\\d{1,9})\\d*)?)?)?"
                + " *(?<half>[AaPp]\\.?[Mm]\\.?)? *(?<zone>Z|z|UTC|GMT|[+-]\\d{2}:?(?:\\d{2})?)?(?:\\[[^\\]]*\\])?)?";

        private Clock() {}
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
            case DATE, DAY_FIRST, MONTH_FIRST, SHORT_YEAR_FIRST, NAMED_MONTH, QUARTER, WEEK -> false;
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

    private static void namedDate(TimeFields fields, Matcher match) {
        fields.date(year(first(match, "y", "y2", "y3")), month(first(match, "month", "month2", "month3")),
                Integer.parseInt(first(match, "d", "d2", "d3")));
        fields.clock(match);
    }

    private static void month(TimeFields fields, Matcher match) {
        String number = first(match, "m", "m2", "m3");
        int month = number == null ? month(first(match, "month", "month2")) : Integer.parseInt(number);
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

    private static int month(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (int month = 0; month < MONTHS.size(); month++) {
            if (MONTHS.get(month).equals(lower) || lower.length() == 3 && MONTHS.get(month).startsWith(lower) || lower.equals("sept")
                    && month == 8) {
                return month + 1;
            }
        }
        throw new DateTimeException("no month");
    }
}
