package org.tidegate.data;

import java.text.Normalizer;
import java.time.DateTimeException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Months by their names. A table of its own: the names and, above all, the abbreviations that a JDK knows change with its locale data.
 */
final class MonthNames {
    private static final int SHORTEST = 3;
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    /** Of each month its names in English, German, French, Spanish, Italian, Portuguese, Dutch, Danish, Norwegian, Swedish, unaccented. */
    private static final List<List<String>> MONTHS = List.of(
            List.of("january", "januar", "janner", "janvier", "enero", "gennaio", "janeiro", "januari"),
            List.of("february", "februar", "feber", "fevrier", "febrero", "febbraio", "fevereiro", "februari"),
            List.of("march", "marz", "maerz", "mrz", "mars", "marzo", "marco", "maart", "mrt", "marts"),
            List.of("april", "avril", "abril", "aprile"),
            List.of("may", "mai", "mayo", "maggio", "maio", "mei", "maj"),
            List.of("june", "juni", "juin", "junio", "giugno", "junho"),
            List.of("july", "juli", "juillet", "julio", "luglio", "julho"),
            List.of("august", "aout", "agosto", "augustus", "augusti"),
            List.of("september", "septembre", "septiembre", "setiembre", "settembre", "setembro"),
            List.of("october", "oktober", "octobre", "octubre", "ottobre", "outubro"),
            List.of("november", "novembre", "noviembre", "novembro"),
            List.of("december", "dezember", "decembre", "diciembre", "dicembre", "dezembro", "desember"));

    private MonthNames() {}

    /**
     * The month, 1 to 12, of a name in full or of its first letters, three or more.
     *
     * @throws DateTimeException if there is none, or there are several
     */
    static int month(String name) {
        String plain = MARKS.matcher(Normalizer.normalize(name, Normalizer.Form.NFD)).replaceAll("").toLowerCase(Locale.ROOT);
        int found = 0;
        for (int month = 1; plain.length() >= SHORTEST && month <= MONTHS.size(); month++) {
            List<String> names = MONTHS.get(month - 1);
            if (names.contains(plain)) {
                return month;
            }
            if (names.stream().anyMatch(each -> each.startsWith(plain))) {
                if (found > 0) {
                    throw new DateTimeException("the beginning of several months");
                }
                found = month;
            }
        }
        if (found == 0) {
            throw new DateTimeException("no month");
        }
        return found;
    }
}
