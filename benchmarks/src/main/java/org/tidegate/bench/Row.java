package org.tidegate.bench;

import org.tidegate.bench.work.Work;

/**
 * A line of the comparison.
 *
 * @param group what it belongs to, as the results are grouped
 * @param work what is timed
 * @param baseline our own work that it is compared with besides the peers, or null
 * @param target the ratio to reach: against the best peer, or against the baseline where there is one; 0 for none
 * @param latency whether single calls are timed too
 */
record Row(String group, Work work, Work baseline, double target, boolean latency) {

    /** What selects it: group and work. */
    String id() {
        return group + "/" + work.label();
    }
}
