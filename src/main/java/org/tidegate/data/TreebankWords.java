package org.tidegate.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.tidegate.text.Vocabulary;

/** Learns how a treebank splits its texts, where it does otherwise than Unicode. */
final class TreebankWords {
    /** What a treebank has once may be a slip. */
    private static final int OFTEN = 2;

    private final List<Text> texts;

    TreebankWords(List<ConlluSentence> sentences) {
        texts = sentences.stream().map(TreebankWords::text).toList();
    }

    /** A sentence's text as {@link WordSplitter#key}, and the words that stand in it. */
    private record Text(String text, List<Span> spans) {}

    /** One word from an index to another one, or several that are not written there: de le for du. */
    private record Span(int start, int end, List<String> words) {}

    /** What has the same beginning and end for Unicode and the treebank: so many tokens of the one, and the words of the other. */
    private record Piece(String text, int tokens, List<String> words) {}

    private static Text text(ConlluSentence sentence) {
        StringBuilder text = new StringBuilder();
        List<Span> spans = new ArrayList<>();
        for (ConlluSentence.Token token : sentence.tokens()) {
            String written = key(token.text());
            List<String> words = token.words().stream().map(TreebankWords::key).toList();
            if (String.join("", words).equals(written)) {
                for (String word : words) {
                    spans.add(new Span(text.length(), text.length() + word.length(), List.of(word)));
                    text.append(word);
                }
            } else {
                spans.add(new Span(text.length(), text.length() + written.length(), words));
                text.append(written);
            }
            text.append(token.spaceAfter() ? " " : "");
        }
        return new Text(text.toString(), spans);
    }

    private static String key(String word) {
        return WordSplitter.key(Vocabulary.Unit.WORD.normalized(word));
    }

    WordSplitter splitter() {
        Map<String, Map<List<String>, Integer>> seen = new HashMap<>();
        Map<String, Integer> before = new HashMap<>();
        Map<String, Integer> after = new HashMap<>();
        for (Text text : texts) {
            for (Piece piece : pieces(text)) {
                boolean apostrophe = piece.tokens == 1 && piece.text.indexOf('\'') >= 0;
                if (piece.tokens > 1 || piece.words.size() > 1 || apostrophe) {
                    seen.computeIfAbsent(piece.text, unseen -> new HashMap<>()).merge(piece.words, 1, Integer::sum);
                }
                if (apostrophe && String.join("", piece.words).equals(piece.text)) {
                    int count = piece.words.size();
                    piece.words.subList(0, count - 1).stream().filter(word -> word.endsWith("'")).forEach(word -> count(before, word));
                    piece.words.subList(Math.min(1, count), count).stream().filter(word -> word.indexOf('\'') >= 0 && !word.endsWith("'"))
                            .forEach(word -> count(after, word));
                }
            }
        }
        WordSplitter affixes = new WordSplitter(Vocabulary.Unit.WORD, Map.of(), frequent(before), frequent(after));
        Map<String, List<String>> known = new HashMap<>();
        seen.forEach((text, ways) -> ways.entrySet().stream().filter(way -> way.getValue() >= OFTEN)
                .max(Map.Entry.<List<String>, Integer>comparingByValue().thenComparing(way -> String.join(" ", way.getKey())))
                .filter(way -> !way.getKey().equals(split(affixes, text))).ifPresent(way -> known.put(text, way.getKey())));
        known.keySet().retainAll(gainful(affixes.with(known)));
        return affixes.with(known);
    }

    private static void count(Map<String, Integer> counts, String word) {
        counts.merge(word, 1, Integer::sum);
    }

    private static TreeSet<String> frequent(Map<String, Integer> counts) {
        TreeSet<String> frequent = new TreeSet<>(counts.keySet());
        frequent.removeIf(word -> counts.get(word) < OFTEN);
        return frequent;
    }

    private static List<String> split(WordSplitter splitter, String text) {
        List<String> words = new ArrayList<>();
        splitter.split(text, (found, start, end) -> words.addAll(found));
        return words;
    }

    /** The known pieces that split the treebank's own texts rightly more often than wrongly: "etc." is no word where it ends sentences. */
    private TreeSet<String> gainful(WordSplitter splitter) {
        Map<String, Integer> gains = new HashMap<>();
        for (Text text : texts) {
            splitter.split(text.text, (words, start, end) -> {
                List<Span> inside = text.spans.stream().filter(span -> span.start >= start && span.end <= end).toList();
                boolean right = !inside.isEmpty() && inside.get(0).start == start && inside.get(inside.size() - 1).end == end
                        && inside.stream().flatMap(span -> span.words.stream()).toList().equals(words);
                gains.merge(text.text.substring(start, end), right ? 1 : -1, Integer::sum);
            });
        }
        gains.values().removeIf(gain -> gain <= 0);
        return new TreeSet<>(gains.keySet());
    }

    /** The shortest pieces without spaces whose ends are ends of tokens and of words. */
    private static List<Piece> pieces(Text text) {
        List<int[]> tokens = new ArrayList<>();
        Vocabulary.Unit.WORD.split(text.text, (start, end) -> tokens.add(new int[] {start, end}));
        List<Piece> pieces = new ArrayList<>();
        int token = 0;
        int span = 0;
        while (token < tokens.size() && span < text.spans.size()) {
            int firstToken = token;
            int firstSpan = span;
            int end = Math.max(tokens.get(token++)[1], text.spans.get(span++).end);
            boolean longer = true;
            while (longer) {
                longer = false;
                while (token < tokens.size() && tokens.get(token)[0] < end) {
                    longer |= tokens.get(token)[1] > end;
                    end = Math.max(end, tokens.get(token++)[1]);
                }
                while (span < text.spans.size() && text.spans.get(span).start < end) {
                    longer |= text.spans.get(span).end > end;
                    end = Math.max(end, text.spans.get(span++).end);
                }
            }
            String piece = text.text.substring(Math.min(tokens.get(firstToken)[0], text.spans.get(firstSpan).start), end);
            List<String> words = text.spans.subList(firstSpan, span).stream().flatMap(each -> each.words.stream()).toList();
            if (piece.chars().noneMatch(Character::isWhitespace) && words.stream().noneMatch(word -> word.indexOf(' ') >= 0)) {
                pieces.add(new Piece(piece, token - firstToken, words));
            }
        }
        return pieces;
    }
}
