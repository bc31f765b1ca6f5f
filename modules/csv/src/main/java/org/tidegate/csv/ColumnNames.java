package org.tidegate.csv;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Lists of column names as a command line has them: {@code temp,wind}. A name with a comma or a quote stands in double quotes, in which a
 * quote is written twice: {@code "Temp, max",wind}.
 */
public final class ColumnNames {
    private static final Pattern NAME = Pattern.compile("\\s*+(?:\"((?:[^\"]|\"\")*)\"|([^,\"]*+))\\s*+(?:,|$)");
    private static final Pattern TO_QUOTE = Pattern.compile("[,\"]");

    private ColumnNames() {}

    /**
     * {@return the names of a list; empty ones are left out, unless they are in quotes}
     *
     * @param list the list
     * @throws IllegalArgumentException if a quote does not end, or something stands beside quotes
     */
    public static List<String> parse(String list) {
        List<String> names = new ArrayList<>();
        Matcher matcher = NAME.matcher(list);
        int at = 0;
        while (at < list.length()) {
            if (!matcher.find(at) || matcher.start() != at) {
                throw new IllegalArgumentException(list + " is no list of columns, from its character " + (at + 1) + " on: a name with a"
                        + " comma stands in double quotes, a quote inside them is written twice: \"Temp, max\",wind");
            }
            if (matcher.group(1) != null) {
                names.add(matcher.group(1).replace("\"\"", "\""));
            } else if (!matcher.group(2).isBlank()) {
                names.add(matcher.group(2).strip());
            }
            at = matcher.end();
        }
        return List.copyOf(names);
    }

    /**
     * {@return the list of names that {@link #parse} reads, with a space after each comma}
     *
     * @param names the names
     */
    public static String list(List<String> names) {
        return names.stream().map(name -> TO_QUOTE.matcher(name).find() ? '"' + name.replace("\"", "\"\"") + '"' : name)
                .collect(Collectors.joining(", "));
    }
}
