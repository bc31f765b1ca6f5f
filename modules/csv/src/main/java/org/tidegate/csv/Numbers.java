package org.tidegate.csv;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Texts as numbers: 12.5, 1,234.5, 1 234.5 or 1'234.5 with a decimal point; 12,5, 1.234,5 or 1 234,5 with a decimal comma. */
final class Numbers {
    /** What files write where a value is missing; of the spellings without regard to case. */
    private static final Set<String> MISSING = Set.of("", "na", "n/a", "#n/a", "#na", "<na>", "nan", "-nan", "nat", "null", "none", "nil",
            "?",
            "-", "--", ".", "\\n", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan");
    private static final Set<String> INFINITE = Set.of("inf", "infinity", "∞", "1.#inf");

    private static final String GROUPS = "'\u2019\u00A0\u202F ";
    private static final Pattern PLAIN = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Pattern WITH_POINT = pattern(",", "\\.");
    private static final Pattern WITH_COMMA = pattern(".", ",");
    /** 1,234: thousands, or three decimals. */
    private static final Pattern UNCLEAR = Pattern.compile("[+\u2212-]?[1-9]\\d{0,2},\\d{3}");
    private static final Pattern TO_DROP_POINT = Pattern.compile("[," + GROUPS + "]");
    private static final Pattern TO_DROP_COMMA = Pattern.compile("[." + GROUPS + "]");

    private Numbers() {}

    private static Pattern pattern(String group, String decimal) {
        return Pattern.compile("[+\u2212-]?(([1-9]\\d{0,2}([" + group + GROUPS + "]\\d{3})+|\\d+)(" + decimal + "\\d*)?|" + decimal
                + "\\d+)([eE][+\u2212-]?\\d+)?");
    }

    static boolean isMissing(String value) {
        return value.length() <= 8 && MISSING.contains(value.toLowerCase(Locale.ROOT));
    }

    static boolean isInfinite(String value) {
        String size = value.startsWith("-") || value.startsWith("+") ? value.substring(1) : value;
        return size.length() <= 8 && INFINITE.contains(size.toLowerCase(Locale.ROOT));
    }

    /** Whether a text is a number in either writing. */
    static boolean isNumber(String value) {
        return isPlain(value) || isWithPoint(value) || isWithComma(value);
    }

    /** 12.5: a number in every program. */
    static boolean isPlain(String value) {
        return PLAIN.matcher(value).matches();
    }

    static boolean isWithPoint(String value) {
        return WITH_POINT.matcher(value).matches();
    }

    static boolean isWithComma(String value) {
        return WITH_COMMA.matcher(value).matches();
    }

    static boolean isUnclear(String value) {
        return UNCLEAR.matcher(value).matches();
    }

    /** The number of a text that is one with a decimal point, or with a decimal comma; infinite if it is too large for a double. */
    static double number(String value, boolean comma) {
        if (!comma && isPlain(value)) {
            return Double.parseDouble(value);
        }
        String plain = (comma ? TO_DROP_COMMA : TO_DROP_POINT).matcher(value).replaceAll("").replace('\u2212', '-');
        return Double.parseDouble(comma ? plain.replace(',', '.') : plain);
    }
}
