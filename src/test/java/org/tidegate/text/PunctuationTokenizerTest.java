package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class PunctuationTokenizerTest {
    @Test
    void marksStandAloneAndWordsAreUnicode() {
        assertEquals(List.of("I", "don", "'", "t", "know", ",", "_x1", "!", "!"), PunctuationTokenizer.split("I don't know, _x1!!"));
        assertEquals(List.of("œuvre", "n", "’", "été", "²", "Ⅷ", "𝒳y"), PunctuationTokenizer.split("œuvre n’été ² Ⅷ 𝒳y"));
        assertEquals(List.of(), PunctuationTokenizer.split(" \t\u00a0"));
    }

    @Test
    void noBreakSpacesSeparate() {
        assertEquals(List.of("Quoi", "?", "Non", "!"), PunctuationTokenizer.split("Quoi\u202f?\u00a0Non\u2009!"));
    }

    @Test
    void joinedTokensReadWell() {
        assertEquals("c'est l'été, n'est-ce pas? (oui)", PunctuationTokenizer.join(
                List.of("c", "'", "est", "l", "'", "été", ",", "n", "'", "est", "-", "ce", "pas", "?", "(", "oui", ")")));
        assertEquals("", PunctuationTokenizer.join(List.of()));
    }
}
