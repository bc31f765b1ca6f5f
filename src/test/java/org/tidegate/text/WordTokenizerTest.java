package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
        assertEquals(List.of("cafe\u0301", "世", "界", "\uD835\uDC00b", "\uD83D\uDE00"), split("cafe\u0301 世界 \uD835\uDC00b\uD83D\uDE00"));
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

    @Test
    void wordsAreThoseOfTheAnnex() {
        assertEquals(List.of("don't", "l'homme", "3.5", "1,000", "U.S", ".", "x_1", "well", "-", "known"),
                split("don't l'homme 3.5 1,000 U.S. x_1 well-known"));
        assertEquals(List.of("मैं", "हिन्दी", "पढ़ता", "हूँ", "।"), split("मैं हिन्दी पढ़ता हूँ ।"));
        assertEquals(List.of("می\u200Cخواهم", "کتاب", "بخوانم"), split("می\u200Cخواهم کتاب\u200C بخوانم"));
        assertEquals(List.of("العربيَّة", "١٢٫٥", "؟"), split("العربيَّة ١٢٫٥؟"));
    }

    @Test
    void languagesWithoutSpacesAreSplitIntoWhatTheyHaveInsteadOfWords() {
        assertEquals(List.of("我", "用", "Java", "写", "。"), split("我用Java写。"));
        assertEquals(List.of("こ", "れ", "は", "コーヒー", "で", "す"), split("これはコーヒーです"));
        assertEquals(List.of("น้ำ", "เ", "ย็", "น", " ", "ม", "า", "ก", "5"), split("น้ำเย็น มาก 5"));
        assertEquals(List.of("ຂ້", "ອ", "ຍ"), split("ຂ້ອຍ"));
        assertEquals(List.of("မြ", "န်", "မာ"), split("မြန်မာ"));
    }

    @Test
    void whatBelongsToAnEmojiStaysWithIt() {
        assertEquals(List.of("it", "❤\uFE0F", "NY"), split("it ❤\uFE0FNY"));
        assertEquals(List.of("👎🏽", "NY", "👩\u200D👩\u200D👧", "👩\u200D👧", "🇫🇷", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
                split("👎🏽NY👩\u200D👩\u200D👧👩\u200D👧🇫🇷🇩🇪🏴󠁧󠁢󠁥󠁮󠁧󠁿"));
        assertEquals(List.of("1\uFE0F\u20E3", "NY", "ab", "2\u20E3", "#\uFE0F\u20E3", "34"),
                split("1\uFE0F\u20E3NY ab2\u20E3#\uFE0F\u20E334"));
    }

    @Test
    void nothingThatIsNotSeenIsATokenAndNothingSeenIsLost() {
        for (String invisible : List.of("\u200D", "\uFE0F", "\u200B", "\u0301", "\u200C", "\u0e31", "\uDB40\uDD00")) {
            assertEquals(List.of("👩", "a"), split(invisible + "👩 " + invisible + " " + invisible + "a"), invisible);
        }
        assertEquals(List.of("👩"), split(" \u200D👩"));
        assertEquals(List.of("Quoi", "?", "Non", "!", "10", "000"), split("Quoi\u202F?\u00A0Non\u2009!\r10\u202F000"));
    }

    @Test
    void theShortWayThroughSimpleCharactersFindsTheWordsOfTheAnnex() {
        Random random = new Random(5);
        String letters = "ab1_é\u00B7 '.,:;\"-?\n\t\u05D0\u0301";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(9); n >= 0; n--) {
                text.append(letters.charAt(random.nextInt(random.nextInt(5) == 0 ? letters.length() : letters.length() - 2)));
            }
            List<String> expected = new ArrayList<>();
            for (int at = 0, end; at < text.length(); at = end) {
                end = Unicode.wordEnd(text, at);
                String segment = text.substring(at, end);
                if (!segment.matches("[ \t\u0301]+")) {
                    expected.add(segment);
                }
            }
            assertEquals(expected, split(text.toString()), text.toString());
        }
    }

    @Test
    void anApostropheIsAPartOfItsOwnWherePartsAreAskedFor() {
        assertEquals(List.of("I", "don", "'", "t", "know", ",", "_x1", "!", "!"), Vocabulary.Unit.WORD_PART.tokens("I don't know, _x1!!"));
        assertEquals(List.of("n", "’", "été", "-", "3.5", "l", "'"), Vocabulary.Unit.WORD_PART.tokens("n’été-3.5 l'"));
    }

    @Test
    void tokensAreInTheComposedFormAndWithoutSoftHyphens() {
        assertEquals(List.of("café", "cooperate", "سلام"), Vocabulary.Unit.WORD.tokens("cafe\u0301 co\u00ADoperate \u200Fسلام\uFEFF"));
        assertEquals(List.of("é", "\u00AD"), Vocabulary.Unit.CODE_POINT.tokens("e\u0301\u00AD"));
        assertEquals(List.of("do", "n't", "3.5", "é!"), Vocabulary.Unit.TOKEN.tokens(" do n't\u00A03.5\te\u0301!"));
    }
}
