package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tidegate.json.JsonObject;

class SpacingTest {
    private static final List<Vocabulary.Unit> UNITS = List.of(Vocabulary.Unit.WORD, Vocabulary.Unit.WORD_PART);

    /** The text of the tokens of a text, by a vocabulary that was made of it. */
    private static String again(Vocabulary.Unit unit, String text) {
        Vocabulary vocabulary = Vocabulary.builder(unit).add(text).build();
        Vocabulary stored = Vocabulary.fromJson(JsonObject.parse(vocabulary.toJson().toString()));
        assertEquals(vocabulary, stored);
        return stored.decode(stored.encodeKnown(text));
    }

    @Test
    void textsComeBackAsTheyWereWritten() {
        for (String text : List.of("He said: \"Don't you (really) know?\" It's 3.5% of $5, well-known; ok!\n\"No.\" And/or \"yes\"…",
                "C'est l'été, n'est-ce pas ? « Oui ! » Aujourd'hui : 10 €.", "मैं हिन्दी पढ़ता हूँ। चाय गर्म है।", "मैं हूँ ।",
                "我喜欢用Java写程序，真的！", "これはコーヒーです。「はい」", "น้ำเย็น มากๆ ฉันดื่มกาแฟ", "ຂ້ອຍກິນເຂົ້າ", "ខ្ញុំស្រលាញ់ភាសាខ្មែរ", "မြန်မာစာ",
                "هل تحب القهوة؟ نعم، كثيرًا.", "می\u200Cخواهم کتاب بخوانم؛ نه؟", "I like it ❤\uFE0FNY", "👩\u200D👩\u200D👧 and 🇫🇷🇩🇪",
                "한국어를 배워요. 좋아요!", "1\uFE0F\u20E3NY", "¿Qué? ¡No!", "well - known", "a , b .", "ภาษา Java ดี", "A&B @x #y")) {
            for (Vocabulary.Unit unit : UNITS) {
                assertEquals(text, again(unit, text), unit.toString());
            }
        }
        for (Vocabulary.Unit unit : UNITS) {
            assertEquals("le café est froid", again(unit, "le cafe\u0301 est\u00A0froid"));
            assertEquals("cooperate ab cd", again(unit, "co\u00ADoperate ab\u200Bcd"));
        }
    }

    @Test
    void singleQuotesThatOpenAndCloseKeepTheirSpacesBesideApostrophes() {
        for (String text : List.of("I don't know it.\nThe dogs' tails wag.\nHe said 'go home' twice.",
                "He said 'go home' twice.\nShe said 'no' too.",
                "I don't know it, he said.\n'No,' she said. 'I don't.'", "He had 'the dogs' tails' and 'one cat'.\nThe cats' and dogs' tails.",
                "rock 'n' roll", "She says 'no'. ('Yes'?)", "the dogs' tails")) {
            assertEquals(text, again(Vocabulary.Unit.WORD, text));
        }
        assertEquals("He said'go'. She said'no'. I don't.", again(Vocabulary.Unit.WORD_PART, "He said 'go'. She said 'no'. I don't."),
                "where apostrophes inside words are tokens they come first");
        Vocabulary words = Vocabulary.ofWords("He said 'go home' twice.");
        String text = "He said";
        for (String token : List.of("'", "go", "home", "'", "twice", ".")) {
            text = words.continued(text, token);
        }
        assertEquals("He said 'go home' twice.", text);
    }

    @Test
    void oneMoreTokenIsSpacedAsTheTextsAre() {
        Vocabulary french = Vocabulary.ofWords("Quoi ? Non ! 我是。");
        assertEquals("Vraiment ?", french.continued("Vraiment ", "?"));
        assertEquals("(Oui", french.continued("(", "Oui"));
        assertEquals("on dit \"oui", french.continued("on dit \"", "oui"));
        assertEquals("Oui 我是", french.continued("Oui 我", "是"));
        assertEquals("ab", Vocabulary.ofCodePoints("ab").continued("a", "b"));
        assertEquals("a .", Vocabulary.builder(Vocabulary.Unit.TOKEN).add("a .").build().continued("a", "."));
    }

    /** A text of one kind does not say how others are written. */
    @Test
    void signsThatTheTextsLackAreWrittenAsIsUsual() {
        assertEquals("Yes, (it is)! \"Quite\" so: it's well-known.\n他说", WordTokenizer.join(List.of("Yes", ",", "(", "it", "is", ")", "!",
                "\"", "Quite", "\"", "so", ":", "it's", "well", "-", "known", ".", "\n", "他", "说")));
        assertEquals("पानी है।", WordTokenizer.join(List.of("पानी", "है", "।")));
        assertEquals("", WordTokenizer.join(List.of()));
    }

    @Test
    void theFileSaysHowItsTextsAreSplitAndOthersAreRefused() {
        Vocabulary vocabulary = Vocabulary.ofWords("a b");
        String json = vocabulary.toJson().toString();
        assertTrue(json.contains("\"unicode\":\"15.0\",\"normalization\":\"NFC\""), json);
        refused(json.replace("\"unicode\":\"15.0\",\"normalization\":\"NFC\",", ""), "earlier Tidegate", "train the model again");
        refused(json.replace("15.0", "16.0"), "Unicode 16.0", "has 15.0");
        refused(json.replace("NFC", "NFKC"), "form NFKC");
    }

    private static void refused(String json, String... parts) {
        String message = assertThrows(IllegalArgumentException.class, () -> Vocabulary.fromJson(JsonObject.parse(json))).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
