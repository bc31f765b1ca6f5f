/* ONNX Runtime behind the same server and queue. */
package org.tidegate.bench.serve;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Tidegate's server, and the same server that runs the same networks by ONNX Runtime: one by one, and together, padded to the longest. */
final class Peers {
    private Peers() {
    }

    static String measure(Bench bench) throws IOException, InterruptedException {
        StringBuilder table = new StringBuilder("| work | × the better | requests/s | inference | ONNX Runtime, one by one | inference |"
            + " ONNX Runtime, padded | inference |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        try (ServerProcess ours = bench.tidegate(); ServerProcess alone = bench.onnxRuntime("--max-batch", "1");
                ServerProcess padded = bench.onnxRuntime()) {
            for (Workload workload : List.of(Workload.SMALL, Workload.LARGE, Workload.RAGGED)) {
                for (ServerProcess each : List.of(ours, alone, padded)) {
                    Agreement.check(bench, workload, each);
                }
                List<Batching.Turns> turns = Batching.turns(bench, workload, List.of(ours, alone, padded));
                List<Figures> middle = turns.stream().map(Batching.Turns::middle).toList();
                table.append(String.format(Locale.ROOT, "| %s | %.2f | %s | %s | %s | %s | %s | %s |%n", Transports.work(workload),
                    middle.get(0).rate() / Math.max(middle.get(1).rate(), middle.get(2).rate()), turns.get(0).perSecond(),
                    middle.get(0).percentInference(), turns.get(1).perSecond(), middle.get(1).percentInference(),
                    turns.get(2).perSecond(), middle.get(2).percentInference()));
            }
        }
        return table.toString();
    }
}
