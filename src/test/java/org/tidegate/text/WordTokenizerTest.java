package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WordTokenizerTest {
    private static List<String> split(String text) {
        List<String> tokens = new ArrayList<>();
        WordTokenizer.split(text, (start, end) -> tokens.add(text.substring(start, end)));
        return tokens;
    }

    @Test
    void wordsPunctuationAndLineBreaksAreTokens() {
        assertEquals(List.of("Hello", ",", "world", "!", "\n", "x_1", "=", "42", "."), split("Hello, world!\n x_1 =\t42."));
    }

    @Test
    void anApostropheInsideAWordBelongsToIt() {
        assertEquals(List.of("don't", "the", "dogs", "'", "o\u2019clock"), split("don't the dogs' o\u2019clock"));
    }

    @Test
    void combiningMarksAndOtherScriptsAreLetters() {
        assertEquals(List.of("cafe\u0301", "世界", "\uD835\uDC00b", "\uD83D\uDE00"), split("cafe\u0301 世界 \uD835\uDC00b\uD83D\uDE00"));
    }

    @Test
    void joinedTextSplitsIntoTheSameTokens() {
        String text = "\"Well,\" he said (quietly): don't!\nNo 3.5% here; ok?";
        assertEquals(split(text), split(WordTokenizer.join(split(text))));
    }

    @Test
    void joiningPutsSpacesWhereReadersExpectThem() {
        assertEquals("Yes, (it is)!\nNo.", WordTokenizer.join(split("Yes , ( it  is ) !\nNo .")));
    }
}
