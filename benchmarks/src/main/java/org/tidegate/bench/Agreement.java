/* Whether two contenders compute the same function. */
package org.tidegate.bench;

import org.tidegate.Precision;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Kind;
import org.tidegate.bench.work.Problem;
import org.tidegate.bench.work.Work;

/** What contenders computed, before anything is timed. */
final class Agreement {
    /** The steps after which a stream is looked at. */
    static final int STREAM_CALLS = 50;

    private Agreement() {
    }

    /** Lets a fresh contender work and returns what it computed: outputs, or of a training step the gradients. */
    static float[] results(Work work, Contender contender) {
        if (work.kind() == Kind.TRAIN) {
            return contender.gradients();
        }
        for (int i = 0; i < (work.kind() == Kind.STREAM ? STREAM_CALLS : 1); i++) {
            contender.run();
        }
        return contender.output();
    }

    /** The largest difference; of gradients relative to the largest of ours, as their size depends on the work. */
    static double difference(Work work, float[] ours, float[] theirs) {
        if (ours.length != theirs.length) {
            throw new IllegalStateException("Expected " + ours.length + " numbers, but " + theirs.length + " came out.");
        }
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < ours.length; i++) {
            double d = Math.abs((double) ours[i] - theirs[i]);
            difference = Math.max(difference, d);
            largest = Math.max(largest, Math.abs(ours[i]));
        }
        return work.kind() == Kind.TRAIN ? difference / largest : difference;
    }

    /**
     * The largest error of outputs against double precision, of the first and the last sequence: relative to the largest output, but in
     * a reduced precision absolute, as peers' differences are.
     */
    static double error(Problem problem, float[] outputs) {
        Work work = problem.work();
        boolean stream = work.kind() == Kind.STREAM;
        int steps = stream ? STREAM_CALLS : work.steps();
        double error = 0;
        double largest = 0;
        for (int sequence = 0; sequence < work.batch(); sequence += Math.max(1, work.batch() - 1)) {
            double[] expected = problem.reference(sequence, steps);
            int columns = work.outputColumns();
            for (int t = stream ? steps - 1 : 0; t < steps; t++) {
                for (int c = 0; c < columns; c++) {
                    double value = outputs[((stream ? 0 : t) * work.batch() + sequence) * columns + c];
                    double d = Math.abs(value - expected[t * columns + c]);
                    error = Math.max(error, d);
                    largest = Math.max(largest, Math.abs(expected[t * columns + c]));
                }
            }
        }
        return work.precision() == Precision.FLOAT32 ? error / largest : error;
    }
}
