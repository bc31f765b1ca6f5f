package org.tidegate.task;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Metrics;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.decode.LogSoftmax;
import org.tidegate.text.Vocabulary;

/** A fill-in model that answers: its weights are packed once, for any number of gaps. For one thread at a time; close it when done. */
public final class FrozenFillIn implements AutoCloseable {
    /** Sentences that are evaluated at once. */
    private static final int BATCH = 32;
    private static final int FEW = 5;
    /** What stands in the place of the missing word; no layer that answers has read it. */
    private static final String GAP = Vocabulary.UNKNOWN;

    private final FillIn task;
    private final Vocabulary vocabulary;
    private final Session session;
    private final Batch batch;

    /**
     * A word for a gap.
     *
     * @param word the word
     * @param probability how likely it is, from 0 to 1
     */
    public record Answer(String word, double probability) {}

    FrozenFillIn(FillIn task, int threads, Precision precision) {
        this.task = task;
        vocabulary = task.vocabulary();
        session = Sessions.frozen(task.model(), threads, precision);
        batch = session.network().newBatch();
    }

    /**
     * The most likely words for a gap, the best first: so many, or as many as there are.
     *
     * @throws IllegalArgumentException if the count is not positive
     */
    public List<Answer> fill(Cloze cloze, int count) {
        if (count < 1) {
            throw new IllegalArgumentException(count + " answers were asked for; expected 1 or more");
        }
        List<String> sentence = new ArrayList<>(cloze.before());
        sentence.add(GAP);
        sentence.addAll(cloze.after());
        batch.clear();
        task.read(batch, List.of(sentence));
        task.place(batch, List.of(new int[] {0, cloze.before().size(), vocabulary.unknownId()}));
        session.forward(batch);
        double[] log = LogSoftmax.of(session.output(FillIn.SCORES).toArray(), 0, vocabulary.size());
        return IntStream.range(vocabulary.specials(), log.length).boxed().sorted(Comparator.comparingDouble(id -> -log[id])).limit(count)
                .map(id -> new Answer(vocabulary.token(id), Math.exp(log[id]))).toList();
    }

    /**
     * Measures how often the missing word is found, each word of each sentence being missing once. Words that the model does not know
     * are not counted.
     *
     * @throws IllegalArgumentException if there is no sentence, or none has a word that the model knows
     */
    public FillInEvaluation evaluate(List<List<String>> sentences) {
        List<List<String>> sorted = new ArrayList<>(sentences);
        sorted.sort(Comparator.comparingInt(List::size));
        long words = 0;
        long gaps = 0;
        long[] hits = new long[3];
        double lossSum = 0;
        for (int from = 0; from < sorted.size(); from += BATCH) {
            List<List<String>> part = sorted.subList(from, Math.min(from + BATCH, sorted.size()));
            batch.clear();
            task.fill(batch, part);
            Metrics metrics = session.forward(batch);
            words += part.stream().mapToInt(List::size).sum();
            gaps += metrics.targets();
            lossSum += metrics.loss() * metrics.targets();
            if (metrics.targets() > 0) {
                count(hits);
            }
        }
        if (gaps == 0) {
            throw new IllegalArgumentException("there is no gap to fill: of " + words + " words the model knows none");
        }
        return new FillInEvaluation(gaps, words - gaps, hits[0], hits[1], hits[2], lossSum / gaps);
    }

    @Override
    public void close() {
        session.close();
    }

    /** Adds for every gap of the batch: was the word the first, among the first few, is it the most frequent one. */
    private void count(long... hits) {
        FloatBuffer scores = session.output(FillIn.SCORES).buffer();
        int[] missing = new int[batch.rows(FillIn.GAPS)];
        batch.writableIds(FillIn.MISSING).get(missing);
        float[] row = new float[vocabulary.size()];
        for (int target : missing) {
            scores.get(row);
            int better = 0;
            for (int id = vocabulary.specials(); id < row.length; id++) {
                better += row[id] > row[target] || row[id] == row[target] && id < target ? 1 : 0;
            }
            hits[0] += better == 0 ? 1 : 0;
            hits[1] += better < FEW ? 1 : 0;
            hits[2] += target == vocabulary.specials() ? 1 : 0;
        }
    }
}
