package org.tidegate.task;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Metrics;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.decode.Viterbi;
import org.tidegate.text.Vocabulary;

/** A tagger that answers: its weights are packed once, for any number of sentences. For one thread at a time; close it when done. */
public final class FrozenTagger implements AutoCloseable {
    /** Sentences that are tagged at once. */
    private static final int BATCH = 32;

    private final Tagger tagger;
    private final Vocabulary tags;
    private final Session session;
    private final Batch batch;
    private final Optional<Viterbi> viterbi;

    FrozenTagger(Tagger tagger, int threads, Precision precision) {
        this.tagger = tagger;
        tags = tagger.tags();
        viterbi = tagger.hasCrf() ? Optional.of(Viterbi.of(tagger.model(), Tagger.CRF)) : Optional.empty();
        session = Sessions.frozen(tagger.model(), threads, precision);
        batch = session.network().newBatch();
    }

    /**
     * The tags of a sentence's words.
     *
     * @throws IllegalArgumentException if there is no word, or one is empty
     */
    public List<String> tag(List<String> words) {
        return tagAll(List.of(words)).get(0);
    }

    /** As {@link #tag}, for sentences side by side: in their order, whatever their lengths. */
    public List<List<String>> tagAll(List<List<String>> sentences) {
        for (List<String> sentence : sentences) {
            if (sentence.isEmpty() || sentence.contains("")) {
                throw new IllegalArgumentException(sentence.isEmpty() ? "a sentence has no words; expected at least one"
                        : "word " + (sentence.indexOf("") + 1) + " of a sentence is empty");
            }
        }
        List<List<String>> all = new ArrayList<>(sentences.stream().map(sentence -> List.<String>of()).toList());
        for (int[] part : parts(sentences.stream().mapToInt(List::size).toArray())) {
            batch.clear();
            tagger.inputs().fill(batch, Arrays.stream(part).mapToObj(sentences::get).toList(), null);
            session.forward(batch);
            for (int i = 0; i < part.length; i++) {
                all.set(part[i], Arrays.stream(best(i)).mapToObj(tags::token).toList());
            }
        }
        return all;
    }

    /**
     * Measures how well the model tags sentences.
     *
     * @throws IllegalArgumentException if there is no sentence, or one has a tag that was not seen in training
     */
    public TaggerEvaluation evaluate(List<TaggedSentence> sentences) {
        if (sentences.isEmpty()) {
            throw new IllegalArgumentException("there are no sentences to evaluate on");
        }
        TaggerCounts counts = new TaggerCounts(tagger);
        for (int[] part : parts(sentences.stream().mapToInt(TaggedSentence::size).toArray())) {
            List<TaggedSentence> chosen = Arrays.stream(part).mapToObj(sentences::get).toList();
            batch.clear();
            tagger.fill(batch, chosen);
            Metrics metrics = session.forward(batch);
            counts.loss(metrics.loss(), metrics.targets());
            for (int i = 0; i < part.length; i++) {
                counts.add(chosen.get(i), best(i));
            }
        }
        return counts.evaluation();
    }

    @Override
    public void close() {
        session.close();
    }

    /** The numbers of the sentences, batch by batch, similar lengths together. */
    private static List<int[]> parts(int... lengths) {
        int[] sorted = IntStream.range(0, lengths.length).boxed().sorted(Comparator.comparingInt(i -> lengths[i]))
                .mapToInt(Integer::intValue).toArray();
        List<int[]> parts = new ArrayList<>();
        for (int from = 0; from < sorted.length; from += BATCH) {
            parts.add(Arrays.copyOfRange(sorted, from, Math.min(from + BATCH, sorted.length)));
        }
        return parts;
    }

    /** The best tags of the batch's sentence: each word's by itself, or with a random field the best row of tags. */
    private int[] best(int sentence) {
        FloatBuffer scores = session.output(Tagger.SCORES).buffer();
        float[] rows = new float[batch.length(TaggerInputs.SENTENCES, sentence) * tags.size()];
        for (int t = 0; t * tags.size() < rows.length; t++) {
            scores.position(batch.row(TaggerInputs.SENTENCES, sentence, t) * tags.size());
            scores.get(rows, t * tags.size(), tags.size());
        }
        return viterbi.isPresent() ? viterbi.get().bestPath(rows).tags() : greatest(rows);
    }

    private int[] greatest(float... rows) {
        int[] best = new int[rows.length / tags.size()];
        for (int t = 0; t < best.length; t++) {
            int row = t * tags.size();
            for (int tag = 1; tag < tags.size(); tag++) {
                best[t] = rows[row + tag] > rows[row + best[t]] ? tag : best[t];
            }
        }
        return best;
    }
}
