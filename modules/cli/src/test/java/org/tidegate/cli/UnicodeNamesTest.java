package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnicodeNamesTest {
    @Test
    void namesThatAreAFormulaAreLeftOut() {
        List<String> names = UnicodeNames.all();
        assertTrue(names.contains("LATIN SMALL LETTER A WITH GRAVE"));
        assertTrue(names.contains("SNOWMAN"));
        assertTrue(names.size() > 20_000, () -> names.size() + " names");
        assertFalse(names.stream().anyMatch(name -> name.startsWith("HANGUL SYLLABLE")));
        assertFalse(names.stream().anyMatch(name -> name.matches("CJK UNIFIED IDEOGRAPHS? [0-9A-F]+|NUSHU CHARACTER-[0-9A-F]+")));
    }

    @Test
    void noNameOccursTwiceAndEachHasItsLine() {
        List<String> lines = UnicodeNames.text().lines().toList();
        assertEquals(UnicodeNames.all(), lines);
        assertEquals(lines.size(), new HashSet<>(lines).size());
    }
}
