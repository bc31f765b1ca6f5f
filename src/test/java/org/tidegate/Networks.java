/* Networks and batches that several tests use. */
package org.tidegate;

import java.util.Random;

/** Small networks. */
final class Networks {
    /** A language model over ten words. */
    static final String WORDS = """
        words = ids axis=text
        next = ids axis=text
        e = embedding words rows=10 cols=4
        h = recurrent e cell=lstm size=6
        y = linear h cols=10
        loss = cross_entropy y next
        """;

    /** A regression of two columns on three. */
    static final String CURVE = """
        x = input axis=time cols=3 gradient=true
        target = input axis=time cols=2
        h = recurrent x cell=gru size=5
        y = linear h cols=2
        loss = mse y target
        """;

    private Networks() {
    }

    /** Sequences of those lengths, random ids that also are their own targets. */
    static Batch words(Model model, long seed, int... lengths) {
        Batch batch = model.newBatch().lengths("text", lengths);
        int[] ids = new Random(seed).ints(batch.rows("text"), 0, 10).toArray();
        return batch.ids("words", ids).ids("next", ids);
    }

    /** Random floats. */
    static float[] floats(long seed, int count) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }
}
