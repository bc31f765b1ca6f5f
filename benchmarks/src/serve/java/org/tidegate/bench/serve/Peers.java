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
                List<Figures> figures = Batching.turns(bench, workload, List.of(ours, alone, padded));
                table.append(String.format(Locale.ROOT, "| %s | %.2f | %s | %s | %s | %s | %s | %s |%n", Transports.work(workload),
                    figures.get(0).rate() / Math.max(figures.get(1).rate(), figures.get(2).rate()), figures.get(0).perSecond(),
                    figures.get(0).percentInference(), figures.get(1).perSecond(), figures.get(1).percentInference(),
                    figures.get(2).perSecond(), figures.get(2).percentInference()));
            }
        }
        return table.toString();
    }
}
