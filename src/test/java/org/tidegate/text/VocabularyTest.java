package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tidegate.json.JsonObject;

class VocabularyTest {
    @Test
    void idsAreOrderedByCountThenByCodePoint() {
        Vocabulary vocabulary = Vocabulary.ofCodePoints("cabbage");
        assertEquals(6, vocabulary.size());
        assertEquals(0, vocabulary.unknownId());
        assertArrayEquals(new int[] {1, 2, 3, 4, 5}, vocabulary.encode("abceg"));
    }

    @Test
    void equalCountsFollowCodePointsAndNotUtf16Units() {
        Vocabulary vocabulary = Vocabulary.ofCodePoints("\uD83D\uDE00\uFF21");
        assertEquals("\uFF21", vocabulary.token(1));
        assertEquals("\uD83D\uDE00", vocabulary.token(2));
    }

    @Test
    void aCharacterOutsideTheBasicPlaneIsOneToken() {
        Vocabulary vocabulary = Vocabulary.ofCodePoints("a\uD83D\uDE00b");
        int[] ids = vocabulary.encode("\uD83D\uDE00a");
        assertEquals(2, ids.length);
        assertEquals("\uD83D\uDE00a", vocabulary.decode(ids));
    }

    @Test
    void everyTextOfItsOwnCharactersComesBackAsItWas() {
        String text = "Größe, 世界!\n\ttabs and \"quotes\" \\ stay";
        Vocabulary vocabulary = Vocabulary.ofCodePoints(text);
        assertEquals(text, vocabulary.decode(vocabulary.encodeKnown(text)));
    }

    @Test
    void anUnknownTokenBecomesUnk() {
        Vocabulary vocabulary = Vocabulary.ofWords("the cat sat on the mat");
        assertArrayEquals(new int[] {vocabulary.id("the"), vocabulary.unknownId(), vocabulary.id("sat")}, vocabulary.encode("the dog sat"));
    }

    @Test
    void anUnknownTokenThatIsRefusedIsNamedWithItsPosition() {
        Vocabulary vocabulary = Vocabulary.builder(Vocabulary.Unit.CODE_POINT).add("ab\n").refuseUnknown().build();
        String message = assertThrows(IllegalArgumentException.class, () -> vocabulary.encode("ab\naé")).getMessage();
        assertTrue(message.contains("'é' (U+00E9) at position 4 (line 2, column 2)"), message);
    }

    @Test
    void positionsAreCountedInCodePoints() {
        Vocabulary vocabulary = Vocabulary.ofCodePoints("a\uD83D\uDE00");
        String message = assertThrows(IllegalArgumentException.class, () -> vocabulary.encodeKnown("\uD83D\uDE00ax")).getMessage();
        assertTrue(message.contains("'x' (U+0078) at position 2 (line 1, column 3)"), message);
    }

    @Test
    void rareTokensAreLeftOut() {
        Vocabulary vocabulary = Vocabulary.builder(Vocabulary.Unit.WORD).add("a a a b b c").minimumCount(2).build();
        assertEquals(3, vocabulary.size());
        assertEquals(-1, vocabulary.id("c"));
    }

    @Test
    void theSizeLimitCountsSpecialTokensAndKeepsTheMostFrequent() {
        Vocabulary vocabulary = Vocabulary.builder(Vocabulary.Unit.WORD).add("a b b c c c").maximumSize(3).build();
        assertEquals(3, vocabulary.size());
        assertEquals("c", vocabulary.token(1));
        assertEquals("b", vocabulary.token(2));
    }

    @Test
    void specialTokensComeFirstAndAreNeverFoundInText() {
        Vocabulary vocabulary = Vocabulary.builder(Vocabulary.Unit.CODE_POINT).add("<unk>").padding().sequenceEnds().build();
        assertEquals(0, vocabulary.padId());
        assertEquals(1, vocabulary.unknownId());
        assertEquals(2, vocabulary.beginId());
        assertEquals(3, vocabulary.endId());
        assertEquals(4, vocabulary.specials());
        for (int id : vocabulary.encode("<unk>")) {
            assertTrue(id >= 4);
        }
    }

    @Test
    void jsonBringsBackTheSameVocabulary() {
        Vocabulary vocabulary = Vocabulary.builder(Vocabulary.Unit.WORD).add("don't \"say\" \\ 世界 \uD83D\uDE00\n").padding().build();
        Vocabulary again = Vocabulary.fromJson(JsonObject.parse(vocabulary.toJson().toString()));
        assertEquals(vocabulary, again);
        assertEquals(vocabulary.padId(), again.padId());
        assertNotEquals(Vocabulary.ofCodePoints("ab"), again);
    }

    @Test
    void jsonThatIsNoVocabularyIsRefused() {
        for (String json : new String[] {"", "[]", "{}", "{\"unit\":\"word\"}", "{\"unit\":\"byte\",\"specials\":[],\"tokens\":[\"a\"]}",
            "{\"unit\":\"word\",\"specials\":[],\"tokens\":[\"a\",\"a\"]}", "{\"unit\":\"word\",\"specials\":[],\"tokens\":[1]}",
            "{\"unit\":\"word\",\"specials\":[\"<x>\"],\"tokens\":[\"a\"]}", "{\"unit\":\"word\",\"specials\":[],\"tokens\":[\"a\"]} x",
            "{\"unit\":\"word\",\"unit\":\"word\",\"specials\":[],\"tokens\":[\"a\"]}"}) {
            assertThrows(IllegalArgumentException.class, () -> Vocabulary.fromJson(JsonObject.parse(json)), json);
        }
    }

    @Test
    void nothingToCountIsAnError() {
        assertThrows(IllegalArgumentException.class, () -> Vocabulary.ofCodePoints(""));
        assertThrows(IllegalArgumentException.class, () -> Vocabulary.ofWords("  \t "));
        assertThrows(IllegalArgumentException.class,
                () -> Vocabulary.builder(Vocabulary.Unit.WORD).add("a b").minimumCount(2).build());
    }

    @Test
    void refusingUnknownTokensAndDroppingSomeContradictEachOther() {
        VocabularyBuilder builder = Vocabulary.builder(Vocabulary.Unit.WORD).add("a a b").minimumCount(2).refuseUnknown();
        assertThrows(IllegalArgumentException.class, builder::build);
    }

    @Test
    void halfASurrogatePairIsNoCharacter() {
        String message = assertThrows(IllegalArgumentException.class, () -> Vocabulary.ofCodePoints("ab\uD83D")).getMessage();
        assertTrue(message.contains("U+D83D at position 2"), message);
    }

    @Test
    void idsOutsideTheVocabularyAreNamed() {
        Vocabulary vocabulary = Vocabulary.ofCodePoints("ab");
        String message = assertThrows(IllegalArgumentException.class, () -> vocabulary.decode(3)).getMessage();
        assertTrue(message.contains("id 3") && message.contains("0 to 2"), message);
    }

    @Test
    void tokensAreWhatStandsBetweenSpacesAndNothingElseSplitsThem() {
        Vocabulary vocabulary = Vocabulary.builder(Vocabulary.Unit.TOKEN).add(" it 's  well-made\t, you 've\nseen ").build();
        assertEquals("it 's well-made , you 've seen", vocabulary.decode(vocabulary.encodeKnown("it 's well-made , you 've seen")));
        assertEquals(8, vocabulary.size());
        assertEquals(vocabulary, Vocabulary.fromJson(JsonObject.parse(vocabulary.toJson().toString())));
        String message = assertThrows(IllegalArgumentException.class, () -> vocabulary.encodeKnown("it 's well")).getMessage();
        assertTrue(message.contains("the word \"well\" at position 6"), message);
    }

    @Test
    void aWordAfterALineBreakBeginsTheNextLine() {
        Vocabulary vocabulary = Vocabulary.ofWords("he said\nno");
        assertEquals("he said\nno", vocabulary.continued("he said\n", "no"));
        assertEquals("he said \n\n", vocabulary.continued("he said \n", "\n"));
    }

    @Test
    void readyTokensWithTheirLineBreaksAreCountedAsPapersCountThem() {
        String text = " the <unk> of N \n\n he said <unk> \n";
        Vocabulary vocabulary = Vocabulary.builder(Vocabulary.Unit.WHITESPACE).add(text).build();
        assertEquals(List.of("the", "<unk>", "of", "N", "\n", "\n", "he", "said", "<unk>", "\n"), Vocabulary.Unit.WHITESPACE.tokens(text));
        int[] ids = vocabulary.encode(text);
        assertEquals(10, ids.length);
        assertEquals(vocabulary.unknownId(), ids[1]);
        assertEquals(7, vocabulary.size()); // the special <unk> is that of the text
        assertEquals("the <unk> of N\n\nhe said <unk>\n", vocabulary.decode(ids));
        assertEquals("he said no", vocabulary.continued("he said", "no"));
        assertEquals("he said\n", vocabulary.continued("he said", "\n"));
        assertEquals("he said\nno", vocabulary.continued("he said\n", "no"));
        assertEquals(vocabulary, Vocabulary.fromJson(JsonObject.parse(vocabulary.toJson().toString())));
    }
}
