package org.tidegate.bench;

import java.util.List;
import org.tidegate.bench.work.Work;

/**
 * A line of the comparison.
 *
 * @param group what it belongs to, as the results are grouped
 * @param work what is timed
 * @param baseline our own work that it is compared with besides the peers, or null
 * @param targets the ratios to reach
 * @param latency whether single calls are timed too
 */
record Row(String group, Work work, Work baseline, List<Target> targets, boolean latency) {

    /** What selects it: group and work. */
    String id() {
        return group + "/" + work.label();
    }
}
