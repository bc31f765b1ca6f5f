package org.tidegate.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Hypothesis;
import org.tidegate.text.Vocabulary;

/**
 * Writes translations with a translator as it was when {@link Translator#freeze} made this: many sentences at once, each in as many
 * rows as the search has beams. For one thread at a time; the caller closes it.
 */
public final class FrozenTranslator implements AutoCloseable {
    /** Rows of a step: enough for the products, few enough that sentences of a group are of similar length. */
    private static final int ROWS = 64;

    private final Session session;
    private final Translator translator;
    private final int maximumLength;

    /** Over a session, which belongs to it from now on. */
    FrozenTranslator(Session session, Translator translator, int maximumLength) {
        this.session = session;
        this.translator = translator;
        this.maximumLength = maximumLength;
    }

    /**
     * Translates sentences. A sentence's answer does not depend on the others.
     *
     * @return for each sentence its best translations, as many as the search says, best first
     * @throws IllegalArgumentException if a sentence has no word
     */
    public List<List<Translation>> translate(List<String> sentences, BeamSearch search) {
        List<int[]> sources = sentences.stream().map(translator::encodeSource).toList();
        Vocabulary target = translator.targetVocabulary();
        BeamSearch allowed = search.without(target.beginId());
        int group = Math.max(1, ROWS / search.beam());
        List<Integer> order = IntStream.range(0, sources.size()).boxed().sorted(Comparator.comparingInt(i -> sources.get(i).length))
                .toList();
        List<List<Translation>> found = new ArrayList<>(Collections.nCopies(sources.size(), null));
        for (int from = 0; from < order.size(); from += group) {
            List<Integer> numbers = order.subList(from, Math.min(from + group, order.size()));
            List<List<Hypothesis>> hypotheses = search(numbers.stream().map(sources::get).toList(), allowed);
            for (int i = 0; i < numbers.size(); i++) {
                found.set(numbers.get(i), hypotheses.get(i).stream().map(this::translation).toList());
            }
        }
        return found;
    }

    @Override
    public void close() {
        session.close();
    }

    private List<List<Hypothesis>> search(List<int[]> sources, BeamSearch search) {
        int rows = sources.size() * search.beam();
        int[][] read = IntStream.range(0, rows).mapToObj(row -> sources.get(row / search.beam())).toArray(int[][]::new);
        Batch first = session.network().newBatch().lengths(Translator.SOURCE, Arrays.stream(read).mapToInt(ids -> ids.length).toArray());
        first.ids(Translator.SOURCE, read).equalLengths(Translator.TARGET, rows, 1);
        Batch next = session.network().newBatch().equalLengths(Translator.TARGET, rows, 1);
        int[] starts = new int[sources.size()];
        Arrays.fill(starts, translator.targetVocabulary().beginId());
        return search.search(starts, translator.targetVocabulary().endId(), maximumLength,
                new DecoderSteps(session, first, next, Translator.WORDS, Translator.LOGITS));
    }

    private Translation translation(Hypothesis hypothesis) {
        List<String> words = Arrays.stream(hypothesis.tokens()).mapToObj(translator.targetVocabulary()::token).toList();
        return new Translation(words, hypothesis.logProbability(), hypothesis.score());
    }
}
