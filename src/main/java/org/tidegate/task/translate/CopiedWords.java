package org.tidegate.task.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.tidegate.text.Vocabulary;

/**
 * Puts words of the sentence where a translation has unknown ones: names and numbers are the same in both (T. Luong et al.: Addressing the
 * rare word problem in neural machine translation, 2015). The word is the one that the decoder looked at most when it wrote the unknown
 * one: of those that the vocabulary of the sentences lacks, too, if there are some, for what stands beside a word is looked at in its place.
 */
final class CopiedWords {
    private final List<String> sentence;
    private final List<Integer> candidates;

    /** Of a sentence, at least one word. */
    CopiedWords(List<String> sentence, Vocabulary vocabulary) {
        this.sentence = sentence;
        List<Integer> words = places(i -> Character.isLetterOrDigit(sentence.get(i).codePointAt(0)), places(i -> true, List.of()));
        candidates = places(i -> words.contains(i) && vocabulary.id(sentence.get(i)) < vocabulary.specials(), words);
    }

    private List<Integer> places(IntPredicate which, List<Integer> otherwise) {
        List<Integer> found = IntStream.range(0, sentence.size()).filter(which).boxed().toList();
        return found.isEmpty() ? otherwise : found;
    }

    /**
     * The words of a translation without unknown ones. A row of unknown words that look at the same word has it once.
     *
     * @param words with {@code <unk>} where one is unknown
     * @param weights {@code [words + 1][sentence + 1]}, how much each word looked at each
     */
    List<String> in(List<String> words, double[][] weights) {
        List<String> known = new ArrayList<>();
        int before = -1;
        for (int step = 0; step < words.size(); step++) {
            boolean unknown = words.get(step).equals(Vocabulary.UNKNOWN);
            int most = unknown ? most(weights[step]) : -1;
            if (!unknown) {
                known.add(words.get(step));
            } else if (most != before) {
                known.add(sentence.get(most));
            }
            before = most;
        }
        return known;
    }

    private int most(double[] weights) {
        int most = candidates.get(0);
        for (int place : candidates) {
            most = weights[place] > weights[most] ? place : most;
        }
        return most;
    }
}
