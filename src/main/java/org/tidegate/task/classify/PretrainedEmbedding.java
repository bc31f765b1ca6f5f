package org.tidegate.task.classify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tidegate.Tensor;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.WordVectors;

/** Initialises the rows of an embedding with word vectors. */
final class PretrainedEmbedding {
    private final WordVectors vectors;

    PretrainedEmbedding(WordVectors vectors) {
        this.vectors = vectors;
    }

    /**
     * Overwrites the rows of tokens that have a vector. The others keep their random numbers, N(0,1), scaled to the deviation of the
     * vectors.
     *
     * @param weight {@code [V, columns]}
     * @throws IllegalArgumentException if no token has a vector
     */
    void fill(Tensor weight, Vocabulary vocabulary) {
        int columns = vectors.columns();
        List<Integer> without = new ArrayList<>();
        double squares = 0;
        long count = 0;
        for (int id = 0; id < vocabulary.size(); id++) {
            Optional<float[]> vector = id < vocabulary.specials() ? Optional.empty() : vectors.of(vocabulary.token(id));
            if (vector.isEmpty()) {
                without.add(id);
                continue;
            }
            weight.set((long) id * columns, vector.get(), 0, columns);
            for (float value : vector.get()) {
                squares += (double) value * value;
            }
            count += columns;
        }
        if (count == 0) {
            throw new IllegalArgumentException("none of the " + vocabulary + " has a vector among the " + vectors
                    + "; are they of the same language, and of the same case?");
        }
        float deviation = (float) Math.sqrt(squares / count);
        float[] row = new float[columns];
        for (int id : without) {
            weight.get((long) id * columns, row, 0, columns);
            for (int c = 0; c < columns; c++) {
                row[c] *= deviation;
            }
            weight.set((long) id * columns, row, 0, columns);
        }
    }
}
