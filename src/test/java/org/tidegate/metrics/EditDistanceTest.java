package org.tidegate.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class EditDistanceTest {
    /** The definition, by recursion. */
    private static int slow(String a, String b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.length() + b.length();
        }
        int same = a.charAt(0) == b.charAt(0) ? 0 : 1;
        return Math.min(same + slow(a.substring(1), b.substring(1)),
                1 + Math.min(slow(a.substring(1), b), slow(a, b.substring(1))));
    }

    @Test
    void itIsTheFewestChanges() {
        String[] texts = {"", "a", "ab", "ba", "abc", "kit", "sitti", "three", "tree", "eeth"};
        for (String a : texts) {
            for (String b : texts) {
                assertEquals(slow(a, b), EditDistance.ofLetters(a, b), a + " " + b);
            }
        }
        assertEquals(3, EditDistance.ofLetters("kitten", "sitting"));
    }

    @Test
    void wordsArePartedByWhiteSpace() {
        assertEquals(1, EditDistance.ofWords(" three  one ", "three two"));
        assertEquals(2, EditDistance.ofWords("", "three two"));
        assertEquals(List.of(), EditDistance.words("  "));
    }

    @Test
    void aLetterBeyondTheBasicPlaneIsOne() {
        assertEquals(1, EditDistance.ofLetters("\uD83D\uDE00", "\uD83D\uDE01"));
    }
}
