package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Makes the table of {@link UnicodeTable} from the files of the Unicode Character Database, where they are installed. */
class UnicodeTableTest {
    /** Debian's package unicode-data. */
    private static final Path DATABASE = Path.of(System.getProperty("tidegate.unicode", "/usr/share/unicode"));
    private static final Path TABLE = Path.of(System.getProperty("tidegate.basedir", "."), "src/main/resources/org/tidegate/text",
            UnicodeTable.RESOURCE);
    private static final int ALL = Character.MAX_CODE_POINT + 1;

    private static final List<String> CLUSTERS = List.of("Other", "CR", "LF", "Control", "Extend", "ZWJ", "Regional_Indicator", "Prepend",
            "SpacingMark", "L", "V", "T", "LV", "LVT");
    private static final List<String> WORDS = List.of("Other", "CR", "LF", "Newline", "Extend", "ZWJ", "Format", "Regional_Indicator",
            "Katakana", "Hebrew_Letter", "ALetter", "Single_Quote", "Double_Quote", "MidNumLet", "MidLetter", "MidNum", "Numeric",
            "ExtendNumLet", "WSegSpace");
    private static final Set<String> IDEOGRAPHIC = Set.of("Han", "Hiragana", "Katakana", "Bopomofo");
    private static final Set<String> BELOW_14 = Set.of("1.1", "2.0", "2.1", "3.0", "3.1", "3.2", "4.0", "4.1", "5.0", "5.1", "5.2", "6.0",
            "6.1", "6.2", "6.3", "7.0", "8.0", "9.0", "10.0", "11.0", "12.0", "12.1", "13.0");
    private static final int ZERO_WIDTH_SPACE = 0x200B;
    private static final Set<Integer> BLANK_LETTERS = Set.of(0x3164, 0xFFA0);
    private static final Set<Integer> SEEN_IN_WHAT_STANDS_BEFORE = Set.of(0x180E, 0x200C, 0x200D);

    @Test
    void theTableIsThatOfTheUnicodeCharacterDatabase() throws IOException {
        assumeTrue(Files.exists(DATABASE.resolve("auxiliary/WordBreakProperty.txt"))
                && Files.readString(DATABASE.resolve("auxiliary/WordBreakProperty.txt")).startsWith(
                        "# WordBreakProperty-" + Unicode.VERSION), "the database of this version is not installed");
        List<String> lines = ranges(bits());
        if (Boolean.getBoolean("tidegate.unicode.write")) {
            List<String> head = new ArrayList<>(Files.readAllLines(TABLE).stream().filter(line -> line.startsWith("#")).toList());
            head.addAll(lines);
            Files.write(TABLE, head);
        }
        assertEquals(lines, Files.readAllLines(TABLE).stream().filter(line -> !line.startsWith("#")).toList(),
                "run this test with -Dtidegate.unicode.write=true");
    }

    @Test
    void everyRangeOfTheTableIsReadAsItStands() throws IOException {
        int ranges = 0;
        for (String line : Files.readAllLines(TABLE)) {
            if (!line.startsWith("#")) {
                String[] range = line.split(" ");
                assertEquals(Integer.parseInt(range[2], 16), UnicodeTable.bits(Integer.parseInt(range[0], 16)), line);
                assertEquals(Integer.parseInt(range[2], 16), UnicodeTable.bits(Integer.parseInt(range[1], 16)), line);
                ranges++;
            }
        }
        assertTrue(ranges > 2000, "only " + ranges);
    }

    private static int[] bits() throws IOException {
        String[] cluster = values("auxiliary/GraphemeBreakProperty.txt", "Other");
        String[] word = values("auxiliary/WordBreakProperty.txt", "Other");
        String[] age = values("DerivedAge.txt", "");
        String[] category = values("extracted/DerivedGeneralCategory.txt", "Cn");
        String[] line = values("LineBreak.txt", "XX");
        String[] width = values("EastAsianWidth.txt", "N");
        String[] script = values("Scripts.txt", "Zzzz");
        BitSet pictographic = having("emoji/emoji-data.txt", "Extended_Pictographic");
        BitSet white = having("PropList.txt", "White_Space");
        BitSet ideographic = having("PropList.txt", "Ideographic");
        BitSet ignorable = having("DerivedCoreProperties.txt", "Default_Ignorable_Code_Point");
        int[] bits = new int[ALL];
        for (int c = 0; c < ALL; c++) {
            int w = index(WORDS, word[c]);
            boolean mark = category[c].startsWith("M");
            int kind;
            if (white.get(c) || category[c].equals("Cc") || c == ZERO_WIDTH_SPACE || BLANK_LETTERS.contains(c)) {
                kind = UnicodeTable.SPACE;
            } else if (ignorable.get(c) && !category[c].startsWith("L")) {
                kind = category[c].equals("Cf") && c < 0x10000 && !SEEN_IN_WHAT_STANDS_BEFORE.contains(c) ? UnicodeTable.INVISIBLE
                        : UnicodeTable.JOINER;
            } else if (mark) {
                kind = UnicodeTable.MARK;
            } else if (line[c].equals("SA")) {
                kind = UnicodeTable.COMPLEX;
            } else if (ideographic.get(c) || IDEOGRAPHIC.contains(script[c]) || w == UnicodeTable.W_KATAKANA
                    || category[c].startsWith("P") && Set.of("W", "F", "H").contains(width[c])) {
                kind = UnicodeTable.UNSPACED;
            } else {
                kind = Set.of(UnicodeTable.W_LETTER, UnicodeTable.W_HEBREW, UnicodeTable.W_NUMERIC, UnicodeTable.W_EXTEND_NUM_LET)
                        .contains(w) ? UnicodeTable.LETTER : UnicodeTable.SIGN;
            }
            bits[c] = index(CLUSTERS, cluster[c]) | w << UnicodeTable.WORD_SHIFT | kind << UnicodeTable.KIND_SHIFT
                    | (pictographic.get(c) ? UnicodeTable.PICTOGRAPHIC : 0) | (BELOW_14.contains(age[c]) ? 0 : UnicodeTable.YOUNG);
        }
        return bits;
    }

    private static int index(List<String> names, String name) {
        assertTrue(names.contains(name), name);
        return names.indexOf(name);
    }

    /** The ranges whose bits are not 0. */
    private static List<String> ranges(int... bits) {
        List<String> lines = new ArrayList<>();
        for (int first = 0, next; first < ALL; first = next) {
            for (next = first + 1; next < ALL && bits[next] == bits[first];) {
                next++;
            }
            if (bits[first] != 0) {
                lines.add(String.format("%X %X %X", first, next - 1, bits[first]));
            }
        }
        return lines;
    }

    /** The value of each code point in a file of lines "first..last ; value # comment". */
    private static String[] values(String file, String otherwise) throws IOException {
        String[] values = new String[ALL];
        Arrays.fill(values, otherwise);
        Map<String, String> shared = new HashMap<>();
        for (String[] row : rows(file)) {
            Arrays.fill(values, first(row[0]), last(row[0]) + 1, shared.computeIfAbsent(row[1], value -> value));
        }
        return values;
    }

    private static BitSet having(String file, String property) throws IOException {
        BitSet having = new BitSet(ALL);
        rows(file).stream().filter(row -> row[1].equals(property)).forEach(row -> having.set(first(row[0]), last(row[0]) + 1));
        return having;
    }

    private static List<String[]> rows(String file) throws IOException {
        return Files.readAllLines(DATABASE.resolve(file)).stream().map(line -> line.replaceAll("#.*", "").strip())
                .filter(line -> !line.isEmpty()).map(line -> line.split("\\s*;\\s*")).toList();
    }

    private static int first(String range) {
        return Integer.parseInt(range.split("\\.\\.")[0], 16);
    }

    private static int last(String range) {
        String[] ends = range.split("\\.\\.");
        return Integer.parseInt(ends[ends.length - 1], 16);
    }
}
