/* When a figure may be taken. */
package org.tidegate.bench.serve;

import org.HdrHistogram.Histogram;

/**
 * A load before it is measured: until it has made so many calls and the medians of two windows, one after the other, agree.
 *
 * @param window seconds of a window
 * @param most windows after which it ends all the same
 * @param calls the fewest calls
 */
record WarmUp(double window, int most, long calls) {
    /** Two medians agree if they differ by so much of the smaller one. */
    static final double TOLERANCE = 0.05;

    /** Waits, and says whether the load is steady. */
    boolean settle(Load load) throws InterruptedException {
        double before = Double.NaN;
        load.sinceBefore();
        for (int i = 0; i < most && !load.ended(); i++) {
            Thread.sleep((long) (window * 1e3));
            Histogram times = load.sinceBefore();
            double median = times.getTotalCount() == 0 ? Double.NaN : times.getValueAtPercentile(50);
            if (load.answers() >= calls && Math.abs(median - before) <= TOLERANCE * Math.min(median, before)) {
                return true;
            }
            before = median;
        }
        return false;
    }
}
