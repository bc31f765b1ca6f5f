package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tidegate.json.JsonObject;

class BytePairsTest {
    private static final String MIXED = "the gate is 'open', she said.\n  no: it's \"shut\" ('today'), 3.14 \u20ac and the dogs' tails \u2014 l\u2019homme\n"
            + "\t\u0939\u093f\u0928\u094d\u0926\u0940 \u092d\u093e\u0937\u093e \u0645\u0631\u062d\u0628\u0627 \u0628\u0643\u0645"
            + " \u4e16\u754c\u4f60\u597d\u3002\u4e16\u754c\u5f88\u5927 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e04\u0e23\u0e31\u0e1a\r\n"
            + "e\u0301t\u00e9 \uD83D\uDC69\u200D\uD83D\uDCBB\uD83D\uDE00 \u00ad\u202emark <unk> <0xE4>\u0000\uFEFF\u3000x\n";
    private static final Path RESOURCES = Path.of(System.getProperty("tidegate.basedir", "."), "src/test/resources");
    private static final int BYTES = 243;

    private static Vocabulary learned(String text, int size, int minimumCount) {
        return Vocabulary.builder(Vocabulary.Unit.BPE).add(text).maximumSize(size).minimumCount(minimumCount).build();
    }

    private static List<List<String>> merges(Vocabulary vocabulary) {
        List<String> flat = vocabulary.toJson().strings("merges");
        return IntStream.range(0, flat.size() / 2).mapToObj(i -> flat.subList(2 * i, 2 * i + 2)).toList();
    }

    /** A text of few letters, so that pairs overlap and tie. */
    private static String random(Random random, int letters, int length) {
        return random.ints(length, 0, letters + 1).mapToObj(i -> i == letters ? " " : Character.toString("abc\u4e00\uD83D\uDE00\u00e9'".codePoints()
                .toArray()[i])).collect(Collectors.joining());
    }

    private static String anyText(Random random) {
        int[] most = {0x80, 0x300, 0x3000, 0x10000, 0x110000};
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(60); i > 0; i--) {
            int codePoint = random.nextInt(4) == 0 ? " \n'".charAt(random.nextInt(3)) : random.nextInt(most[random.nextInt(most.length)]);
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                text.appendCodePoint(codePoint);
            }
        }
        return text.toString();
    }

    /** The textbook: all pairs are counted anew at each merge. */
    private static List<List<String>> merges(String text, int tokens, int minimumCount) {
        Map<String, Integer> counts = new HashMap<>();
        Map<Integer, Integer> characters = new HashMap<>();
        Vocabulary.Unit.BPE.tokens(text).forEach(word -> counts.merge(word, 1, Integer::sum));
        Vocabulary.Unit.BPE.normalized(text).codePoints().forEach(each -> characters.merge(each, 1, Integer::sum));
        List<List<String>> words = new ArrayList<>();
        List<Integer> weights = new ArrayList<>();
        counts.forEach((word, count) -> {
            words.add(new ArrayList<>(word.codePoints().mapToObj(each -> characters.get(each) < minimumCount ? "" : Character.toString(each))
                    .toList()));
            weights.add(count);
        });
        Set<List<String>> merges = new LinkedHashSet<>();
        Set<String> made = new LinkedHashSet<>();
        while (made.size() < tokens) {
            Map<List<String>, Integer> pairs = new TreeMap<>((a, b) -> compare(a.get(0), b.get(0)) != 0 ? compare(a.get(0), b.get(0))
                    : compare(a.get(1), b.get(1)));
            for (int i = 0; i < words.size(); i++) {
                for (int k = 1; k < words.get(i).size(); k++) {
                    List<String> pair = List.copyOf(words.get(i).subList(k - 1, k + 1));
                    if (!pair.contains("")) {
                        pairs.merge(pair, weights.get(i), Integer::sum);
                    }
                }
            }
            int most = pairs.values().stream().mapToInt(count -> count).max().orElse(0);
            if (most < Math.max(2, minimumCount)) {
                break;
            }
            List<String> best = pairs.keySet().stream().filter(pair -> pairs.get(pair) == most).findFirst().orElseThrow();
            merges.add(best);
            made.add(String.join("", best));
            words.forEach(word -> merge(word, best));
        }
        return List.copyOf(merges);
    }

    private static int compare(String a, String b) {
        return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
    }

    private static void merge(List<String> word, List<String> pair) {
        for (int k = 0; k + 1 < word.size(); k++) {
            if (word.subList(k, k + 2).equals(pair)) {
                word.set(k, String.join("", pair));
                word.remove(k + 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void mergesAreThoseOfCountingAllPairsAnewEachTime(int letters) {
        Random random = new Random(letters);
        for (int round = 0; round < 40; round++) {
            String text = random(random, letters, 20 + random.nextInt(400));
            int minimumCount = 1 + random.nextInt(3);
            int tokens = random.nextInt(60);
            int characters = (int) text.codePoints().distinct()
                    .filter(each -> each >= 0x80 && text.codePoints().filter(other -> other == each).count() >= minimumCount).count();
            assertEquals(merges(text, tokens, minimumCount), merges(learned(text, BYTES + characters + tokens, minimumCount)), text);
        }
    }

    @Test
    void mergesOfARealTextAreThoseOfCountingAllPairsAnewEachTime() throws IOException {
        String text = MIXED.repeat(2) + Files.readString(RESOURCES.resolve("public-api.txt")).substring(0, 1200);
        List<List<String>> merges = merges(learned(text, 1000, 2));
        assertTrue(merges.size() > 150, () -> merges.size() + " merges");
        assertEquals(merges(text, merges.size(), 2).subList(0, merges.size()), merges);
    }

    /** As the paper's own code does it: again and again the pair of a word that was merged first in learning. */
    @Test
    void wordsAreSpelledByTheMergesInTheirOrder() {
        Random random = new Random(8);
        for (int round = 0; round < 40; round++) {
            Vocabulary vocabulary = learned(random(random, 7, 500), BYTES + 40, 1);
            List<List<String>> merges = merges(vocabulary);
            String text = random(random, 7, 300);
            List<String> expected = new ArrayList<>();
            for (String word : Vocabulary.Unit.BPE.tokens(text)) {
                List<String> parts = new ArrayList<>(word.codePoints().mapToObj(Character::toString).toList());
                for (boolean merged = true; merged;) {
                    List<List<String>> pairs = IntStream.range(1, parts.size()).mapToObj(k -> List.copyOf(parts.subList(k - 1, k + 1))).toList();
                    merged = merges.stream().filter(pairs::contains).findFirst().map(first -> {
                        merge(parts, first);
                        return first;
                    }).isPresent();
                }
                expected.addAll(parts);
            }
            assertEquals(expected, vocabulary.tokens(text));
        }
    }

    @Test
    void everyTextComesBackAsItWas() throws IOException {
        List<Vocabulary> vocabularies = List.of(learned("a", BYTES, 1), learned(MIXED, 400, 1), learned(MIXED.repeat(3), 500, 4),
                learned("no\nline of ours", 300, 2));
        List<String> texts = new ArrayList<>(List.of(MIXED, "", " ", "  ", "\n", " \n ", "  a", "a  ", "a".repeat(3000), MIXED.replace(" ", "")));
        Random random = new Random(5);
        IntStream.range(0, 1500).forEach(i -> texts.add(anyText(random)));
        try (Stream<Path> files = Files.walk(RESOURCES)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                byte[] bytes = Files.readAllBytes(file);
                Utf8.decode(bytes, 0, Math.min(bytes.length, 1 << 16)).ifPresent(texts::add);
            }
        }
        for (Vocabulary vocabulary : vocabularies) {
            for (String text : texts) {
                int[] ids = vocabulary.encodeKnown(text);
                assertEquals(Unicode.nfc(text), vocabulary.decode(ids));
                assertEquals(ids.length, vocabulary.settled(ids));
                assertEquals(Unicode.nfc(text), String.join("", Vocabulary.Unit.BPE.tokens(text)));
            }
        }
    }

    @Test
    void spacesAreOfTheWordBehindThemAndLinesBreakAlone() {
        assertEquals(List.of("don't", " stop", ".\"", "\n", "\n", "  ", " x", "='", "l", "')", " ", "\n"),
                Vocabulary.Unit.BPE.tokens("don't stop.\"\n\n   x='l') \n"));
        assertEquals(List.of("\u4e16\u754c", "\u3002", "\u4f60\u597d", " \u00e9", "\t", "\uD83D\uDE00\uD83D\uDE00"),
                Vocabulary.Unit.BPE.tokens("\u4e16\u754c\u3002\u4f60\u597d e\u0301\t\uD83D\uDE00\uD83D\uDE00"));
    }

    @Test
    void whatWasNotSeenIsSpelledByItsBytesAndNothingIsUnknown() {
        Vocabulary vocabulary = learned("low lower lowest low", 300, 2);
        assertEquals(-1, vocabulary.unknownId());
        assertEquals(List.of("low", " low", "<0xE2>", "<0x82>", "<0xAC>", "<0x0A>"), vocabulary.tokens("low low\u20ac\n"));
        assertEquals(List.of("<0xEF>", "<0xBF>", "<0xBD>"), vocabulary.tokens("\uD800"));
        assertEquals("3 tokens", vocabulary.encodeTokens(List.of(" low", "<0xE2>", "e")).length + " tokens");
        assertEquals(List.of("<0x3C>", "<0x75>", "<0x6E>", "<0x6B>", "<0x3E>"), vocabulary.tokens("<unk>"));
    }

    @Test
    void aCharacterThatIsThereInPartIsNotSettled() {
        Vocabulary vocabulary = learned("low low", 300, 2);
        int[] ids = vocabulary.encode("low\uD83D\uDE00\u20ac");
        int first = ids.length - 7;
        for (int length = 0; length <= ids.length; length++) {
            int whole = length >= ids.length ? ids.length : length >= ids.length - 3 ? ids.length - 3 : Math.min(length, first);
            int[] part = Arrays.copyOf(ids, length);
            assertEquals(whole, vocabulary.settled(part));
            assertTrue("low\uD83D\uDE00\u20ac".startsWith(vocabulary.decode(Arrays.copyOf(ids, whole))));
        }
        int lead = vocabulary.id("<0xE2>");
        int odd = vocabulary.id("<0x82>");
        assertEquals("\uFFFDlow\uFFFD\uFFFD", vocabulary.decode(lead, odd, vocabulary.encode("low")[0], odd, odd));
    }

    @Test
    void theOrderOfTextsChangesNothingAndJsonBringsAllBack() {
        List<String> lines = Arrays.asList(MIXED.repeat(2).split("(?<=\n)"));
        VocabularyBuilder forward = Vocabulary.builder(Vocabulary.Unit.BPE).maximumSize(380).sequenceEnds().padding();
        VocabularyBuilder backward = Vocabulary.builder(Vocabulary.Unit.BPE).maximumSize(380).sequenceEnds().padding();
        lines.forEach(forward::add);
        IntStream.range(0, lines.size()).mapToObj(i -> lines.get(lines.size() - 1 - i)).forEach(backward::add);
        Vocabulary vocabulary = forward.build();
        assertEquals(vocabulary, backward.build());
        assertEquals(380, vocabulary.size());
        assertEquals(List.of(0, -1, 1, 2, 3), List.of(vocabulary.padId(), vocabulary.unknownId(), vocabulary.beginId(), vocabulary.endId(),
                vocabulary.specials()));
        Vocabulary again = Vocabulary.fromJson(JsonObject.parse(vocabulary.toJson().toString()));
        assertEquals(vocabulary, again);
        assertEquals(vocabulary.tokens(MIXED), again.tokens(MIXED));
        assertNotEquals(vocabulary, learned(MIXED, 379, 1));
    }

    @Test
    void aDamagedVocabularyIsRefused() {
        String json = learned("low lower", 300, 2).toJson().toString();
        for (List<String> change : List.of(List.of("\"<0xE2>\",", ""), List.of("\"merges\":[\"l\",", "\"merges\":["),
                List.of("\"merges\":[\"l\",", "\"merges\":[\"x\","), List.of("\"merges\"", "\"mergers\""))) {
            String damaged = json.replace(change.get(0), change.get(1));
            assertNotEquals(json, damaged, change.get(0));
            assertThrows(IllegalArgumentException.class, () -> Vocabulary.fromJson(JsonObject.parse(damaged)), change.get(0));
        }
    }

    @Test
    void aSizeThatHasNoRoomForTheBytesIsRefused() {
        String message = assertThrows(IllegalArgumentException.class, () -> learned("a", 242, 1)).getMessage();
        assertTrue(message.contains("expected 243 or more"), message);
        assertThrows(IllegalArgumentException.class, () -> learned("", 300, 1));
        Vocabulary rare = learned("a\u4e00\u4e00\u4e01", BYTES + 1, 1);
        assertEquals(List.of("a", "\u4e00", "<0xE4>", "<0xB8>", "<0x81>"), rare.tokens("a\u4e00\u4e01"));
    }

    @Test
    void aWordGoesOnBehindAPromptAsTheTextWillHaveIt() {
        Vocabulary vocabulary = learned("low lower", 300, 1);
        assertEquals("so low", vocabulary.continued("so", " low"));
        assertEquals("so low", vocabulary.continued("so ", " low"));
        assertEquals("lower", vocabulary.continued("low", "er"));
        assertEquals("er", vocabulary.decodeAfter(vocabulary.encode("low")[0], vocabulary.encode("er")));
    }

    @Test
    void aWordOfAnyLengthIsLearnedAndSpelled() {
        String word = "acgt".repeat(50_000);
        Vocabulary vocabulary = learned(word, 300, 1);
        assertEquals(word, vocabulary.decode(vocabulary.encode(word)));
        assertTrue(vocabulary.encode(word).length < 10, () -> vocabulary.encode(word).length + " tokens");
    }
}
