package org.tidegate.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds what separates the fields of a CSV text: the character with which, quotes heeded, the first lines fall into most alike parts, and
 * of several the one that leaves the most numbers.
 */
final class Separator {
    private static final char[] CANDIDATES = {',', ';', '\t', '|'};
    private static final int LINES = 50;
    private static final Pattern PLAIN = Pattern.compile("[-+]?[\\d.,eE]*\\d[\\d.,]*|\"?");

    private Separator() {}

    static char of(String text) {
        char best = 0;
        double greatest = 0;
        for (char candidate : CANDIDATES) {
            double score = score(text, candidate);
            if (score > greatest) {
                greatest = score;
                best = candidate;
            }
        }
        return best != 0 ? best : mostFrequent(text);
    }

    static CsvReader<CsvRecord> reader(String text, char separator) {
        return CsvReader.builder().fieldSeparator(separator).allowExtraFields(true).allowMissingFields(true).ofCsvRecord(text);
    }

    /** 0 if the first line has but one field, or the others are not like it. */
    private static double score(String text, char separator) {
        List<CsvRecord> lines = new ArrayList<>();
        try (CsvReader<CsvRecord> reader = reader(text, separator)) {
            var records = reader.iterator();
            while (lines.size() < LINES && records.hasNext()) {
                lines.add(records.next());
            }
        } catch (CsvParseException | IOException e) {
            // What was read before it counts.
        }
        if (lines.isEmpty() || lines.get(0).getFieldCount() < 2) {
            return 0;
        }
        int fields = lines.get(0).getFieldCount();
        double alike = 0;
        double numbers = 0;
        double all = 0;
        for (CsvRecord line : lines.subList(1, lines.size())) {
            alike += line.getFieldCount() == fields || line.getFieldCount() == fields + 1 ? 1 : 0;
            numbers += line.getFields().stream().filter(field -> PLAIN.matcher(field.strip()).matches()).count();
            all += line.getFieldCount();
        }
        double share = lines.size() == 1 ? 1 : alike / (lines.size() - 1);
        return share < 0.5 ? 0 : share + (all == 0 ? 0 : numbers / all) + fields * 1e-4;
    }

    /** In the first line; a comma where there is none, in a file of one column. */
    private static char mostFrequent(String text) {
        String head = text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
        char best = ',';
        for (char candidate : CANDIDATES) {
            best = count(head, candidate) > count(head, best) ? candidate : best;
        }
        return best;
    }

    private static long count(String text, char separator) {
        return text.chars().filter(c -> c == separator).count();
    }
}
