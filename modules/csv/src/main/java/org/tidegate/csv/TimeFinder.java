package org.tidegate.csv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.data.TimeAxis;
import org.tidegate.data.TimeColumn;
import org.tidegate.data.TimeForm;

/**
 * Finds the times of a table's lines, and checks their order. Texts are times where all of a column are; numbers only where they are in
 * order and their column's name or place says so too.
 */
final class TimeFinder {
    /** Words in the name of a column of times. */
    private static final Set<String> WORDS = Set.of("date", "time", "timestamp", "datetime", "dt", "ts", "ds", "t", "epoch", "unix",
            "unixtime",
            "day", "month", "year", "yr", "quarter", "week", "period", "when", "datum", "zeit", "uhrzeit", "zeitpunkt", "zeitstempel",
                "tag",
            "monat", "jahr", "woche", "quartal", "fecha", "hora", "año", "jour", "heure", "mois", "année", "annee", "data", "dteday");
    /** Of these also a column of years with decimals. */
    private static final Set<String> YEARS = Set.of("year", "years", "yr", "date", "decimal", "jahr", "datum", "fecha",
            "año", "année", "anno");
    private static final Set<String> HOURS = Set.of("hour", "hours", "hr", "h", "time", "stunde", "uhrzeit", "zeit", "heure", "hora");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}]+|(?<=\\p{Ll})(?=\\p{Lu})");
    private static final Pattern CLOCK = Pattern.compile("\\d{1,2}[:.]\\d{2}([:.]\\d{2}([.,]\\d+)?)?( ?[AaPp][Mm])?");
    private static final Pattern HOUR = Pattern.compile("[01]?\\d|2[0-4]");
    /** The share of a column that makes the rest of it errors. */
    private static final double MOST = 0.9;
    private static final int LOOKED_AT = 3;
    private static final int SEVERAL = 3;
    private static final String WITHOUT = "or read the lines as they stand, without times (--time none)";

    private final Numeric numeric;
    private final CsvTable table;

    private final List<String> notes; // what a user should know

    TimeFinder(Numeric numeric, List<String> notes) {
        this.numeric = numeric;
        this.notes = notes;
        table = numeric.table();
    }

    /**
     * A column that may hold the times.
     *
     * @param columns the positions, of a date and a time of the day two
     * @param axis the times, in any order
     * @param known whether they are read as those of another file, whose user was told
     */
    record Candidate(List<Integer> columns, TimeAxis axis, boolean known) {
        Candidate(List<Integer> columns, TimeAxis axis) {
            this(columns, axis, false);
        }

        boolean isOrdered() {
            return axis.firstDisorder().isEmpty() || axis.isDescending();
        }
    }

    /** The columns that hold times, the best first. An error if most of a column are times, and one is not. */
    List<Candidate> all(List<String> readAsNumbers) {
        return candidates(readAsNumbers, true);
    }

    /** None; an error if there are times, and the newest line stands first. */
    List<Candidate> noneOfNewestFirst(List<String> readAsNumbers) {
        candidates(readAsNumbers, false).stream().findFirst().filter(best -> isMostlyDescending(best.axis)).ifPresent(best -> {
            String what = "the newest line stands first, as " + ColumnNames.list(best.columns.stream().map(table.names()::get).toList())
                    + " has it, and the model was trained without times: it takes the lines as they stand, the oldest first. Turn the lines"
                    + " round, or train a model with the times";
            if (best.axis.isDescending()) {
                throw new IllegalArgumentException(table.file() + ": " + what);
            }
            notes.add("for most lines " + what);
        });
        return List.of();
    }

    private List<Candidate> candidates(List<String> readAsNumbers, boolean whole) {
        List<Candidate> candidates = new ArrayList<>();
        for (int column = 0; column < table.names().size(); column++) {
            if (!readAsNumbers.contains(table.names().get(column)) && mayBeTimes(column)) {
                List<String> texts = texts(List.of(column));
                List<Integer> position = List.of(column);
                Optional<Candidate> found = TimeAxis.recognise(texts).map(axis -> new Candidate(position, axis));
                if (whole && found.isEmpty() && !numeric.of(column).isNumeric()) {
                    checkOthers(column, texts);
                }
                found.filter(this::isMeant).ifPresent(candidates::add);
            }
        }
        candidates.sort(Comparator.comparing((Candidate each) -> !each.isOrdered()).thenComparing(each -> !isNamed(each.columns.get(0))));
        if (!candidates.isEmpty() && !candidates.get(0).isOrdered()) {
            candidates.set(0, withClock(candidates.get(0)));
        }
        if (candidates.isEmpty() || !candidates.get(0).isOrdered()) {
            inParts(readAsNumbers).ifPresent(found -> candidates.add(0, found));
        }
        return candidates;
    }

    /** What is said where no times were found, though the name of a column promises some. */
    Optional<String> unread() {
        return IntStream.range(0, table.names().size()).filter(column -> isNamed(column) && !numeric.of(column).counts())
                .mapToObj(column -> "no times are read from " + ColumnNames.list(List.of(table.names().get(column))) + " ("
                        + table.field(0, column) + "): the lines are taken as they stand, which must be the oldest first; of all forms"
                        + " 2024-01-31 is read best").findFirst();
    }

    /** The times of columns that are named. */
    Candidate of(List<String> names) {
        List<Integer> columns = names.stream().map(table::column).toList();
        List<String> texts = texts(columns);
        TimeAxis axis = TimeAxis.recognise(texts).orElseThrow(() -> {
            checkOthers(columns.get(0), texts);
            return new IllegalArgumentException(table.where(0, columns.get(0)) + ": '" + texts.get(0)
                    + "' and the others are no times of one"
                    + " form; expected such as 2024-01-31, 31.1.2024, 2024-01-31T10:00Z or 2024Q1, " + WITHOUT);
        });
        return new Candidate(columns, axis);
    }

    /** The times as they were found in another file; empty if the columns are missing here. */
    Optional<Candidate> of(TimeColumn other) {
        if (!table.names().containsAll(other.columns())) {
            return Optional.empty();
        }
        List<Integer> columns = other.columns().stream().map(table::column).toList();
        return Optional.of(TimeAxis.of(texts(columns), other.form()).map(axis -> new Candidate(columns, axis, true))
                .orElseGet(() -> of(other.columns())));
    }

    private List<String> texts(List<Integer> columns) {
        return IntStream.range(0, table.lines().size())
                .mapToObj(line -> columns.stream().map(column -> table.field(line, column)).collect(Collectors.joining(" "))).toList();
    }

    private boolean mayBeTimes(int column) {
        return IntStream.range(0, Math.min(LOOKED_AT, table.lines().size())).anyMatch(line -> forms(table.field(line, column)).count() > 0);
    }

    private static Stream<TimeForm> forms(String text) {
        return Arrays.stream(TimeForm.values()).filter(form -> form.matches(text));
    }

    /** An error at the first text that is no time, if most are times of one form. */
    private void checkOthers(int column, List<String> texts) {
        for (TimeForm form : texts.stream().limit(LOOKED_AT).flatMap(TimeFinder::forms).distinct().toList()) {
            long times = texts.stream().filter(form::matches).count();
            if (times >= MOST * texts.size() && times >= SEVERAL) {
                int line = IntStream.range(0, texts.size()).filter(i -> !form.matches(texts.get(i))).findFirst().orElse(0);
                String other = texts.stream().filter(form::matches).findFirst().orElseThrow();
                throw new IllegalArgumentException(table.where(line, column) + ": "
                        + (Numbers.isMissing(texts.get(line)) ? "the time is missing" : "'" + texts.get(line) + "' is no time")
                        + "; the other lines have such as " + other + ". Mend it, " + WITHOUT);
            }
        }
    }

    /** Whether the times of a column that could as well hold numbers are meant. */
    private boolean isMeant(Candidate candidate) {
        int column = candidate.columns.get(0);
        boolean first = column == 0;
        boolean named = isNamed(column);
        if (!candidate.axis.form().isNumber() || !numeric.of(column).isNumeric()) {
            return true;
        }
        return switch (candidate.axis.form()) {
            case COMPACT_DATE -> candidate.isOrdered() || named;
            case MONTH -> candidate.isOrdered() && (first || named);
            case YEAR -> candidate.isOrdered() && (named || first && candidate.axis.length() >= SEVERAL && turned(candidate.axis)
                    .gaps().isEmpty());
            case COMPACT_DAY_FIRST, COMPACT_MONTH_FIRST -> named || first && candidate.isOrdered() && candidate.axis.length() >= SEVERAL;
            case DECIMAL_YEAR -> candidate.isOrdered() && (isNamed(column, YEARS) || (named || first) && candidate.axis.length() >= SEVERAL
                    && turned(candidate.axis).gaps().isEmpty());
            case SPREADSHEET_DAYS -> named;
            default -> candidate.isOrdered() && first || named;
        };
    }

    private boolean isNamed(int column) {
        return isNamed(column, WORDS);
    }

    private boolean isNamed(int column, Set<String> words) {
        return BETWEEN_WORDS.splitAsStream(table.names().get(column)).anyMatch(word -> words.contains(word.toLowerCase(Locale.ROOT)));
    }

    /** Dates that stand several times, with the time of the day from another column, if that makes them differ. */
    private Candidate withClock(Candidate dates) {
        for (int column = 0; column < table.names().size(); column++) {
            int clock = column;
            if (!dates.columns.contains(column) && IntStream.range(0, table.lines().size()).allMatch(line -> isClock(line, clock))) {
                List<Integer> both = List.of(dates.columns.get(0), column);
                Optional<Candidate> joined = TimeAxis.recognise(texts(both)).map(axis -> new Candidate(both, axis));
                if (joined.isPresent() && joined.get().isOrdered()) {
                    return joined.get();
                }
            }
        }
        return dates;
    }

    /** Times whose year, month, day and hour stand in columns of their own. */
    private Optional<Candidate> inParts(List<String> readAsNumbers) {
        return ClockParts.dates(table).filter(columns -> columns.stream().map(table.names()::get).noneMatch(readAsNumbers::contains))
                .flatMap(columns -> TimeAxis.recognise(texts(columns)).map(axis -> new Candidate(columns, axis)))
                .filter(Candidate::isOrdered);
    }

    private boolean isClock(int line, int column) {
        String text = table.field(line, column);
        return CLOCK.matcher(text).matches()
                || HOURS.contains(table.names().get(column).toLowerCase(Locale.ROOT)) && HOUR.matcher(text).matches();
    }

    private static TimeAxis turned(TimeAxis axis) {
        return axis.isDescending() ? axis.reversed() : axis;
    }

    /**
     * The times in their order.
     *
     * @throws IllegalArgumentException with the line, if they are in no order
     */
    TimeAxis ordered(Candidate candidate) {
        TimeAxis axis = candidate.axis;
        List<String> names = candidate.columns.stream().map(table.names()::get).toList();
        boolean turned = axis.isDescending();
        if (!turned && axis.firstDisorder().isPresent()) {
            int line = disorder(axis);
            String time = axis.text(line);
            String before = axis.text(line - 1);
            throw new IllegalArgumentException(table.where(line, candidate.columns.get(0)) + ": the time " + time
                    + (time.equals(before) ? " is that of line " + table.number(line - 1)
                        + " again; keep one of them, name all columns that"
                    + " make up the time (--time date,hour), " : " comes after " + before + "; sort the lines by time, keep one series if"
                    + " several stand below one another, ") + WITHOUT);
        }
        TimeAxis ordered = (turned ? axis.reversed() : axis).named(names);
        if (turned) {
            notes.add("the newest line stands first: the lines are read from the last one to the first");
        }
        if (!candidate.known) {
            form(axis.form()).ifPresent(form -> notes.add(ColumnNames.list(names) + " is read as " + form
                    + (axis.isUnclear() ? "; nothing in it says whether the day or the month stands first: write 2024-02-01 to be sure"
                        : "")));
            gaps(ordered, turned);
        }
        return ordered;
    }

    /** The first line that is not in the order of most others, the newest first or the oldest. */
    private static int disorder(TimeAxis axis) {
        return !isMostlyDescending(axis) ? axis.firstDisorder().getAsInt()
                : axis.length() - axis.reversed().firstDisorder().getAsInt();
    }

    private static boolean isMostlyDescending(TimeAxis axis) {
        long descents = IntStream.range(1, axis.length()).filter(line -> axis.at(line).isBefore(axis.at(line - 1))).count();
        return 2 * descents >= axis.length();
    }

    private void gaps(TimeAxis axis, boolean turned) {
        if (!axis.gaps().isEmpty()) {
            int first = axis.gaps().get(0);
            int line = turned ? axis.length() - 1 - first : first;
            int count = axis.gaps().size();
            notes.add(String.format(Locale.ROOT, "%s, %s line %d: %s comes after %s", count == 1 ? "a gap" : String.format(Locale.ROOT,
                    "%,d gaps", count),
                    count == 1 ? "before" : "the first before", table.number(turned ? line + 1 : line), axis.text(first),
                            axis.text(first - 1)));
        }
    }

    /** What a reader might take for something else. */
    private static Optional<String> form(TimeForm form) {
        return Optional.ofNullable(switch (form) {
            case DAY_FIRST, COMPACT_DAY_FIRST -> "day/month/year";
            case MONTH_FIRST, COMPACT_MONTH_FIRST -> "month/day/year";
            case SHORT_YEAR_FIRST -> "year/month/day";
            case COMPACT_DATE -> "dates";
            case EPOCH_SECONDS -> "seconds since 1970";
            case EPOCH_MILLISECONDS -> "milliseconds since 1970";
            case EPOCH_MICROSECONDS -> "microseconds since 1970";
            case EPOCH_NANOSECONDS -> "nanoseconds since 1970";
            case DECIMAL_YEAR -> "years with the part of the year that is over";
            case SPREADSHEET_DAYS -> "days of a spreadsheet";
            default -> null;
        });
    }
}
