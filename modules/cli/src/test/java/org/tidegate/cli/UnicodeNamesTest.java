package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    void theSplitIsMadeBySeedAndSharesNoName() {
        UnicodeNames.Split split = UnicodeNames.split(1);
        Set<String> training = new HashSet<>(split.training().lines().toList());
        List<String> heldOut = split.heldOut().lines().toList();
        assertEquals(split.names() / 20, heldOut.size());
        assertFalse(heldOut.stream().anyMatch(training::contains));
        assertEquals(split, UnicodeNames.split(1));
        assertNotEquals(split, UnicodeNames.split(2));
    }
}
