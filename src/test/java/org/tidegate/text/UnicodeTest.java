package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class UnicodeTest {
    @Test
    void graphemeClustersAreThoseOfUnicodesOwnTest() throws IOException {
        assertEquals(602, passes("GraphemeBreakTest.txt", Unicode::clusterEnd));
    }

    @Test
    void wordsAreThoseOfUnicodesOwnTest() throws IOException {
        assertEquals(1823, passes("WordBreakTest.txt", Unicode::wordEnd));
    }

    /** The number of lines "÷ 0061 × 0308 ÷", all of which the segments agree with. */
    private static int passes(String file, BiFunction<String, Integer, Integer> end) throws IOException {
        int lines = 0;
        for (String line : lines(file)) {
            List<String> expected = Arrays.stream(line.split("÷")).filter(part -> !part.isBlank())
                    .map(part -> Arrays.stream(part.replace("×", " ").strip().split("\\s+"))
                            .map(hex -> Character.toString(Integer.parseInt(hex, 16))).collect(Collectors.joining())).toList();
            String text = String.join("", expected);
            List<String> found = new ArrayList<>();
            for (int at = 0, next; at < text.length(); at = next) {
                next = end.apply(text, at);
                found.add(text.substring(at, next));
            }
            assertEquals(expected, found, line);
            lines++;
        }
        return lines;
    }

    private static List<String> lines(String file) throws IOException {
        try (InputStream in = UnicodeTest.class.getResourceAsStream("/unicode/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#")).toList();
        }
    }

    @Test
    void theComposedFormIsTheSameHoweverALetterWasTyped() {
        assertEquals("café", Unicode.nfc("cafe\u0301"));
        assertEquals("Việt", Unicode.nfc("Vie\u0323\u0302t"));
        assertEquals("한국", Unicode.nfc("\u1112\u1161\u11AB\u1100\u116E\u11A8"));
        String same = "caf\u00E9";
        assertTrue(same == Unicode.nfc(same), "a text without combining marks is not copied");
    }

    /** U+16121 GURUNG KHEMA VOWEL SIGN U composes since Unicode 16 only, U+10570 has a lower case since 14. */
    @Test
    void whatIsYoungerThanTheOldestJdkStaysAsItIsOnEveryJdk() {
        String vowels = Character.toString(0x1611E) + Character.toString(0x1611E);
        assertEquals("é" + vowels + "é", Unicode.nfc("e\u0301" + vowels + "e\u0301"));
        assertEquals("é" + Character.toString(0x10570) + "ö", Unicode.lowerCase("É" + Character.toString(0x10570) + "Ö"));
    }

    /** The number is what JDK 17, which knows Unicode 13, and JDK 25, which knows 16, both gave. */
    @Test
    void allCharactersAreSplitComposedAndLowerCasedAlikeOnEveryJdk() {
        CRC32 sum = new CRC32();
        for (int c = 0; c < 0xE0200; c += c == 0x1FFFF ? 0xE0000 - c : 1) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                String text = "A" + Character.toString(c) + "\u0301 \u00C9" + Character.toString(c) + Character.toString(c) + "b";
                sum.update(Vocabulary.Unit.WORD_PART.tokens(Unicode.lowerCase(text)).toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        assertEquals(522_969_855L, sum.getValue());
    }
}
