package org.tidegate.task.classify;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Multinomial naive Bayes over words, with add-one smoothing: what a classifier that knows how often each word occurs with each label, and
 * nothing of their order, would answer. The baseline of classifiers.
 */
final class NaiveBayes {
    private final long[] texts;
    private final long[] words;
    private final Map<String, Map<Integer, Integer>> counts = new HashMap<>(); // of each word, the labels that it occurs with
    private final Map<String, Integer> all = new HashMap<>();
    private long allTexts;
    private long allWords;

    /** Of so many labels, numbered from 0 on; nothing learned yet. */
    NaiveBayes(int labels) {
        texts = new long[labels];
        words = new long[labels];
    }

    /** Learns from a text with these labels. */
    void add(List<String> text, Set<Integer> labels) {
        change(text, labels, 1);
    }

    /** Forgets a text that it has learned from. */
    void remove(List<String> text, Set<Integer> labels) {
        change(text, labels, -1);
    }

    private void change(List<String> text, Set<Integer> labels, int by) {
        allTexts += by;
        allWords += (long) by * text.size();
        text.forEach(word -> change(all, word, by));
        for (int label : labels) {
            texts[label] += by;
            words[label] += (long) by * text.size();
            text.forEach(word -> change(counts.computeIfAbsent(word, found -> new TreeMap<>()), label, by));
        }
    }

    private static <K> void change(Map<K, Integer> counts, K key, int by) {
        counts.merge(key, by, (before, more) -> before + more == 0 ? null : before + more);
    }

    /** The likeliest label, the first of equal ones. Words that were not learned have no part. */
    int label(List<String> text) {
        double[] scores = new double[texts.length];
        for (int k = 0; k < scores.length; k++) {
            scores[k] = Math.log(texts[k]) - known(text) * Math.log(words[k] + all.size());
        }
        for (String word : text) {
            counts.getOrDefault(word, Map.of()).forEach((label, count) -> scores[label] += Math.log(count + 1));
        }
        int best = 0;
        for (int k = 1; k < scores.length; k++) {
            best = scores[k] > scores[best] ? k : best;
        }
        return best;
    }

    /** The labels that are likelier than not, each by itself: against the texts without it. */
    Set<Integer> labels(List<String> text) {
        double[] odds = new double[texts.length];
        double without = text.stream().filter(all::containsKey).mapToDouble(word -> Math.log(all.get(word) + 1)).sum();
        long known = known(text);
        Arrays.setAll(odds, k -> Math.log(texts[k]) - Math.log(allTexts - texts[k]) - without
                - known * (Math.log(words[k] + all.size()) - Math.log(allWords - words[k] + all.size())));
        for (String word : text) {
            counts.getOrDefault(word, Map.of()).forEach((label, count) ->
                    odds[label] += Math.log(count + 1) - Math.log(all.get(word) - count + 1) + Math.log(all.get(word) + 1));
        }
        Set<Integer> likely = new TreeSet<>();
        for (int k = 0; k < odds.length; k++) {
            if (odds[k] > 0) {
                likely.add(k);
            }
        }
        return likely;
    }

    private long known(List<String> text) {
        return text.stream().filter(all::containsKey).count();
    }
}
