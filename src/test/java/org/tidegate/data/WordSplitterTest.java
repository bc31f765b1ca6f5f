package org.tidegate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

class WordSplitterTest {
    @TempDir
    Path folder;

    /** CoNLL-U of sentences "I do|n't know .": a bar joins what is written without a space; "du=de+le" is one token of two words. */
    private Path treebank(String... sentences) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String sentence : sentences) {
            int number = 0;
            for (String token : sentence.split("(?<=[ |])")) {
                String misc = token.endsWith("|") ? "SpaceAfter=No" : "_";
                String form = token.replaceAll("[ |]$", "");
                String[] words = form.contains("=") ? form.substring(form.indexOf('=') + 1).split("\\+") : new String[] {form};
                if (words.length > 1) {
                    text.append(line((number + 1) + "-" + (number + words.length), form.substring(0, form.indexOf('=')), misc));
                }
                for (String word : words) {
                    text.append(line(Integer.toString(++number), word, words.length > 1 ? "_" : misc));
                }
            }
            text.append('\n');
        }
        return Files.writeString(folder.resolve("bank.conllu"), text);
    }

    private static String line(String id, String form, String misc) {
        return String.join("\t", id, form, "_", "X", "_", "_", "_", "_", "_", misc) + "\n";
    }

    private WordSplitter learned(String... sentences) throws IOException {
        WordSplitter splitter = WordSplitter.of(List.of(treebank(sentences)));
        assertEquals(splitter, WordSplitter.fromJson(JsonObject.parse(splitter.toJson().toString())));
        return splitter;
    }

    @Test
    void textsAreSplitAsTheTreebankSplitsThem() throws IOException {
        WordSplitter english = learned("I do|n't know Mr. Smith|'s 3.5 dogs|.", "We ca|n't ask Mr. Jones|'s cat :)",
                "It can|not be|... :)", "You can|not|...", "Meet me at 10:30|, gon|na be 5|pm|.",
                "At 10:45 you|'re gon|na eat at 6|pm|.", "We|'re well|-|known|.");
        assertTrue(english.isLearned());
        assertEquals(List.of("Do", "n't", "wo", "n’t", "Bob", "'s", "3.5", "4.75", "they", "'re"),
                english.split("Don't won’t Bob's 3.5 4.75 they're"));
        assertEquals(List.of("CAN", "NOT", "Gon", "na", "Mr.", "Who", "...", ":)", "7", "pm"),
                english.split("CANNOT Gonna Mr. Who... :) 7pm"));
        assertEquals(List.of("11:15", "self", "-", "made", ".", "o'clock"), english.split("11:15 self-made. o'clock"));
        assertEquals(List.of(), english.split(" \n "));
    }

    @Test
    void wordsThatAreNotWrittenAreKnownToo() throws IOException {
        WordSplitter french = learned("Il parle du=de+le chat|.", "L'|ami du=de+le chien n'|aime l'|homme|.",
                "l'|eau|, d'|or n'|est d'|ici");
        assertEquals(List.of("la", "fin", "de", "le", "monde", "l'", "arbre", "n'", "a"), french.split("la fin du monde l'arbre n'a"));
    }

    /** "no." is an abbreviation in a list and an answer at the end of a sentence, which is more frequent. */
    @Test
    void whatIsOneWordLessOftenThanSeveralStaysSeveral() throws IOException {
        WordSplitter splitter = learned("see no. 5", "see no. 6", "say no|.", "I say no|.", "or no|.", "Dr. No", "Dr. Who");
        assertEquals(List.of("no", ".", "Dr.", "Who"), splitter.split("no. Dr. Who"));
    }

    @Test
    void withoutATreebankWordsAreUnicodesOrReady() throws IOException {
        assertEquals(WordSplitter.WORDS, WordSplitter.of(List.of(Files.writeString(folder.resolve("a.txt"), "do n't\n"))));
        assertEquals(List.of("don't", "3.5", ".", "é"), WordSplitter.WORDS.split("don't\n3.5. e\u0301"));
        assertEquals(List.of("do", "n't", "3.5", ".", ":)", "é"), WordSplitter.READY.split("do n't\n3.5 . :)\u00A0e\u0301"));
        assertTrue(WordSplitter.READY.isReady());
        assertFalse(WordSplitter.WORDS.isReady() || WordSplitter.WORDS.isLearned());
        for (String json : List.of("{}", "{\"unit\":\"code_point\",\"pieces\":[],\"prefixes\":[],\"suffixes\":[]}",
                "{\"unit\":\"word\",\"pieces\":[\"a\"],\"prefixes\":[],\"suffixes\":[]}",
                "{\"unit\":\"word\",\"pieces\":[],\"prefixes\":[\"\"],\"suffixes\":[]}")) {
            assertThrows(IllegalArgumentException.class, () -> WordSplitter.fromJson(JsonObject.parse(json)), json);
        }
    }
}
