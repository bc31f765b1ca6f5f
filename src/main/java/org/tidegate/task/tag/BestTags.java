package org.tidegate.task.tag;

import java.util.Optional;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Session;
import org.tidegate.Tensor;
import org.tidegate.decode.Viterbi;

/**
 * The best tags of sentences by a model's scores: the greatest score of each word, or with a conditional random field the best path.
 *
 * @param tags the number of tags
 * @param viterbi with a copy of the field's parameters, if there is one
 */
record BestTags(int tags, Optional<Viterbi> viterbi) {
    static BestTags of(TaggerReading reading, Model model) {
        return new BestTags(reading.tags().size(), reading.crf() ? Optional.of(Viterbi.of(model, TaggerReading.CRF)) : Optional.empty());
    }

    /** The ids of the tags of a sentence of so many words, of the batch that the session has just run. */
    int[] of(Session session, Batch batch, int sentence, int words) {
        Tensor scores = session.output(TaggerReading.SCORES);
        float[] rows = new float[words * tags];
        for (int t = 0; t < words; t++) {
            scores.get((long) batch.row(TaggerReading.SENTENCES, sentence, t) * tags, rows, t * tags, tags);
        }
        return viterbi.isPresent() ? viterbi.get().bestPath(rows).tags() : greatest(rows);
    }

    private int[] greatest(float... rows) {
        int[] best = new int[rows.length / tags];
        for (int t = 0; t < best.length; t++) {
            int row = t * tags;
            for (int tag = 1; tag < tags; tag++) {
                best[t] = rows[row + tag] > rows[row + best[t]] ? tag : best[t];
            }
        }
        return best;
    }
}
