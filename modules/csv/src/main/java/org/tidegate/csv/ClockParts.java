package org.tidegate.csv;

import java.time.LocalDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.tidegate.data.TimeAxis;

/** Columns of numbers that are parts of a clock or a calendar: year, month, day, weekday, hour. */
final class ClockParts {
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}]+|(?<=\\p{Ll})(?=\\p{Lu})");
    private static final Set<String> WORDS = Set.of("year", "yr", "jahr", "année", "annee", "año", "anno", "quarter", "quartal", "qtr",
            "month", "months", "mnth", "mon",
            "mo", "mm", "monat", "mois", "mes", "mese", "week", "woche", "semaine", "semana", "day", "tag",
            "jour", "día", "dia", "dd", "weekday", "wday", "dayofweek", "dow", "doy", "wochentag",
            "hour", "hours", "hr", "hh", "h", "stunde",
            "heure", "hora", "ora", "minute", "minutes", "min", "time");
    private static final Set<String> YEARS = Set.of("year", "yr", "jahr", "année", "annee", "año", "anno");
    private static final Set<String> MONTHS = Set.of("month", "mnth", "mon", "mo", "monat", "mois", "mes", "mese");
    private static final Set<String> DAYS = Set.of("day", "tag", "jour", "día", "dia", "mday", "dayofmonth", "day_of_month");
    private static final Set<String> HOURS = Set.of("hour", "hours", "hr", "stunde", "heure", "hora", "ora");
    private static final int FIRST_YEAR = 1000;
    private static final int LAST_YEAR = 2999;

    private ClockParts() {
    }

    /** A part, and after how many it begins again; 0 for never. */
    private record Part(TemporalField field, int cycle) {
    }

    private static final List<Part> PARTS = List.of(new Part(ChronoField.YEAR, 0), new Part(IsoFields.QUARTER_OF_YEAR, 4),
            new Part(ChronoField.MONTH_OF_YEAR, 12), new Part(IsoFields.WEEK_OF_WEEK_BASED_YEAR, 0), new Part(ChronoField.DAY_OF_YEAR, 0),
            new Part(ChronoField.DAY_OF_MONTH, 0), new Part(ChronoField.DAY_OF_WEEK, 7), new Part(ChronoField.HOUR_OF_DAY, 24),
            new Part(ChronoField.MINUTE_OF_HOUR, 60));

    /** Whether a column only says again a part of the lines' times, from whatever number it counts: its name and all its values say so. */
    static boolean repeats(TimeAxis times, String name, double[] values) {
        boolean named = BETWEEN_WORDS.splitAsStream(name).anyMatch(word -> WORDS.contains(word.toLowerCase(Locale.ROOT)));
        boolean changes = IntStream.range(1, values.length).anyMatch(line -> values[line] != values[0]);
        return named && changes && PARTS.stream().anyMatch(part -> {
            double first = off(part, times.at(0), values[0]);
            return IntStream.range(0, values.length).allMatch(line -> off(part, times.at(line), values[line]) == first);
        });
    }

    private static double off(Part part, LocalDateTime time, double value) {
        double off = value - time.getLong(part.field);
        return part.cycle == 0 ? off : off - Math.floor(off / part.cycle) * part.cycle;
    }

    /** The columns of year, month and, where there are such, day and hour, that make up times together; empty without the first two. */
    static Optional<List<Integer>> dates(CsvTable table) {
        List<Integer> found = new ArrayList<>();
        for (Place place : List.of(new Place(YEARS, FIRST_YEAR, LAST_YEAR), new Place(MONTHS, 1, 12), new Place(DAYS, 1, 31),
                new Place(HOURS, 0, 24))) {
            Optional<Integer> column = IntStream.range(0, table.names().size()).filter(each -> place.isIn(table, each)).boxed().findFirst();
            if (column.isEmpty()) {
                break;
            }
            found.add(column.get());
        }
        return found.size() > 1 ? Optional.of(found) : Optional.empty();
    }

    /** The names of a part, and between what its numbers lie. */
    private record Place(Set<String> names, int least, int greatest) {
        boolean isIn(CsvTable table, int column) {
            return names.contains(table.names().get(column).strip().toLowerCase(Locale.ROOT))
                    && IntStream.range(0, table.lines().size()).allMatch(line -> isWithin(table.field(line, column)));
        }

        private boolean isWithin(String text) {
            return text.matches("\\d{1,4}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= greatest;
        }
    }
}
