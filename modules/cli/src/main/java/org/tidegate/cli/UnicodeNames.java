package org.tidegate.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Real text that every JDK carries: the names of the Unicode characters, one a line. Generated names are left out: those that end in the
 * code point itself (ideographs, surrogates), Hangul syllables, and numbered signs ("CUNEIFORM SIGN LAK-212" stays, "EGYPTIAN HIEROGLYPH
 * A001" goes).
 */
final class UnicodeNames {
    private static final Pattern FORMULA = Pattern.compile(
            "^HANGUL SYLLABLE |^EGYPTIAN HIEROGLYPH |^ANATOLIAN HIEROGLYPH |^BAMUM LETTER PHASE-"
            + "|^BRAILLE PATTERN DOTS-|^SIGNWRITING "
            + "|^VARIATION SELECTOR-|^LINEAR [AB] SIGN |^DUPLOYAN AFFIX |.*[- ]\\d{3,}$");

    private UnicodeNames() {}

    /** All names that are left, in the order of the code points. */
    static List<String> all() {
        List<String> names = new ArrayList<>();
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (!Character.isDefined(codePoint) || Character.getType(codePoint) == Character.PRIVATE_USE
                    || Character.getType(codePoint) == Character.SURROGATE) {
                continue;
            }
            String name = Character.getName(codePoint);
            if (!name.endsWith(Integer.toHexString(codePoint).toUpperCase()) && !FORMULA.matcher(name).find()) {
                names.add(name);
            }
        }
        return names;
    }

    /** The names as a text, one a line. */
    static String text() {
        return String.join("\n", all()) + "\n";
    }
}
