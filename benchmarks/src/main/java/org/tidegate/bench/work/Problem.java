/* The numbers of a piece of work: the same for all that are compared. */
package org.tidegate.bench.work;

import java.util.SplittableRandom;

/** A piece of work with its weights and its data, drawn from a seed. */
public interface Problem {
    Work work();

    /** The input {@code [T, B, I]}. */
    float[] input();

    /** The lengths of the sequences. */
    int[] lengths();

    /** The outputs {@code [T, D*H]} of the first steps of one sequence in double precision: the oracle for everybody's. */
    double[] reference(int sequence, int steps);

    /** The peer's contender for a problem of this kind. */
    Contender prepare(Peer peer) throws Exception;

    /** Numbers uniform in ±bound. */
    static float[] uniform(SplittableRandom random, long count, double bound) {
        float[] values = new float[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-bound, bound);
        }
        return values;
    }
}
