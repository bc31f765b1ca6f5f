package org.tidegate.task.tag;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.tidegate.Model;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.metrics.ConfusionMatrix;
import org.tidegate.task.ExampleAnswers;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;
import org.tidegate.text.Vocabulary;

/** Tags the words of sentences, for any number of threads at once. */
public final class TaggerAnswers extends ExampleAnswers<TaggedSentence, TaggerReading> {
    /** Sentences of a batch. */
    private static final int BATCH = 32;

    private final BestTags best;

    TaggerAnswers(TaggerReading reading, Model model, Workers workers) {
        super(reading, workers);
        best = BestTags.of(reading, model);
    }

    /**
     * {@return the words of a text as the training data have them, to be tagged}
     *
     * @param text the text
     */
    public List<String> words(String text) {
        return reading().splitter().split(text);
    }

    /**
     * {@return the tags of a sentence's words}
     *
     * @param words the words
     * @throws IllegalArgumentException if there is no word, or one is empty
     */
    public List<String> tag(List<String> words) {
        return tagAll(List.of(words)).get(0);
    }

    /**
     * Tags sentences as {@link #tag}, in batches.
     *
     * @param sentences the words of each sentence
     * @return the tags of each, in their order
     * @throws IllegalArgumentException if a sentence has no word, or one is empty
     */
    public List<List<String>> tagAll(List<List<String>> sentences) {
        for (List<String> sentence : sentences) {
            if (sentence.isEmpty() || sentence.contains("")) {
                throw new IllegalArgumentException(sentence.isEmpty() ? "a sentence has no words; expected at least one"
                        : "word " + (sentence.indexOf("") + 1) + " of a sentence is empty");
            }
        }
        Vocabulary tags = reading().tags();
        return inGroups(sentences, List::size, BATCH, this::best).stream().map(ids -> Arrays.stream(ids).mapToObj(tags::token).toList())
                .toList();
    }

    /**
     * Words that are not in the training data are also measured by themselves. A tag that training did not have counts as wrong and as a
     * tag of its own; it has no part in the loss, and with a conditional random field neither has its sentence.
     */
    @Override
    public TaggerEvaluation evaluate(List<TaggedSentence> sentences) {
        double loss = loss(sentences);
        List<int[]> given = inGroups(sentences.stream().map(TaggedSentence::words).toList(), List::size, BATCH, this::best);
        Set<String> names = new LinkedHashSet<>(reading().tagNames());
        sentences.forEach(sentence -> names.addAll(sentence.tags()));
        ConfusionMatrix words = new ConfusionMatrix(List.copyOf(names));
        Map<String, Integer> numbers = new HashMap<>();
        names.forEach(name -> numbers.put(name, numbers.size()));
        long unseen = 0;
        long unseenCorrect = 0;
        long correctSentences = 0;
        Bootstrap correct = new Bootstrap();
        for (int s = 0; s < given.size(); s++) {
            int[] right = sentences.get(s).tags().stream().mapToInt(numbers::get).toArray();
            int[] answers = given.get(s);
            correctSentences += Arrays.equals(right, answers) ? 1 : 0;
            correct.add(IntStream.range(0, right.length).filter(t -> right[t] == answers[t]).count(), right.length);
            for (int t = 0; t < right.length; t++) {
                words.add(right[t], answers[t]);
                if (!reading().isSeen(sentences.get(s).words().get(t))) {
                    unseen++;
                    unseenCorrect += right[t] == answers[t] ? 1 : 0;
                }
            }
        }
        return TaggerEvaluation.of(words, correct, unseen, unseenCorrect, sentences.size(), correctSentences, loss,
                figures(sentences, loss).put("column", reading().column().lowerCase()));
    }

    /** The best tags of sentences: the argmax of each word's scores, or with a CRF the best path by Viterbi. */
    private List<int[]> best(Worker worker, List<List<String>> sentences) {
        reading().fillWords(worker.batch(), sentences, null);
        worker.session().forward(worker.batch());
        return IntStream.range(0, sentences.size())
                .mapToObj(s -> best.of(worker.session(), worker.batch(), s, sentences.get(s).size())).toList();
    }
}
