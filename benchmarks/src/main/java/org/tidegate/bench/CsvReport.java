/* Every figure, one contender a line. */
package org.tidegate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.tidegate.bench.work.Work;
import org.tidegate.checkpoint.AtomicFile;

/** Outcomes as comma-separated values. Times are in microseconds; the first contender of a line is ours. */
final class CsvReport {
    private static final String HEAD = "group,work,kind,cell,layers,directions,input_size,hidden_size,steps,batch,precision,threads,"
        + "contender,median_us,min_us,rounds,p50_us,p90_us,p99_us,max_us,calls,difference,floor_us,ratio_to_ours,bytes,note";

    private CsvReport() {
    }

    static void write(Path file, List<Outcome> outcomes) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(HEAD);
        for (Outcome outcome : outcomes) {
            for (Entry entry : outcome.entries()) {
                lines.add(line(outcome, entry));
            }
        }
        AtomicFile.write(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String line(Outcome outcome, Entry entry) {
        Work w = outcome.row().work();
        List<String> cells = new ArrayList<>(List.of(outcome.row().group(), w.label(), word(w.kind()), w.network(), "" + w.layers(),
            "" + w.directions(), "" + w.inputSize(), "" + w.hiddenSize(), "" + w.steps(), "" + w.batch(), word(w.precision()),
            "" + w.threads(), entry.name()));
        Times t = entry.times();
        cells.addAll(t == null ? Collections.nCopies(3, "") : List.of(micros(t.median()), micros(t.minimum()), "" + t.rounds()));
        Percentiles p = entry.latencies();
        cells.addAll(p == null ? Collections.nCopies(5, "")
            : List.of(micros(p.p50()), micros(p.p90()), micros(p.p99()), micros(p.max()), "" + p.calls()));
        cells.add(Double.isNaN(entry.difference()) ? "" : String.format(Locale.ROOT, "%.2e", entry.difference()));
        cells.add(Double.isNaN(outcome.floorSeconds()) ? "" : micros(outcome.floorSeconds()));
        cells.add(entry.isTimed() ? String.format(Locale.ROOT, "%.3f", outcome.ratio(entry)) : "");
        cells.add(entry.bytes() < 0 ? "" : "" + entry.bytes());
        cells.add('"' + entry.note().replace('"', '\'').replace('\n', ' ') + '"');
        return String.join(",", cells);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String micros(double seconds) {
        return String.format(Locale.ROOT, "%.3f", seconds * 1e6);
    }
}
