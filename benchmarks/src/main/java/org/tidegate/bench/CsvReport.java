/* Every figure, one contender a line. */
package org.tidegate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tidegate.bench.work.Work;

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
        Files.write(file, lines);
    }

    private static String line(Outcome outcome, Entry entry) {
        Work w = outcome.row().work();
        StringBuilder line = new StringBuilder();
        line.append(String.join(",", outcome.row().group(), w.label(), w.kind().name().toLowerCase(Locale.ROOT), w.cell().spec(),
            "" + w.layers(), "" + w.directions(), "" + w.inputSize(), "" + w.hiddenSize(), "" + w.steps(), "" + w.batch(),
            w.precision().name().toLowerCase(Locale.ROOT), "" + w.threads(), entry.name()));
        if (entry.isTimed()) {
            line.append(micros(entry.times().median())).append(micros(entry.times().minimum())).append(',').append(entry.times().rounds());
        } else {
            line.append(",,,");
        }
        Percentiles p = entry.latencies();
        if (p != null) {
            line.append(micros(p.p50())).append(micros(p.p90())).append(micros(p.p99())).append(micros(p.max())).append(',').append(p.calls());
        } else {
            line.append(",,,,,");
        }
        line.append(',').append(Double.isNaN(entry.difference()) ? "" : String.format(Locale.ROOT, "%.2e", entry.difference()));
        line.append(Double.isNaN(outcome.floorSeconds()) ? "," : micros(outcome.floorSeconds()));
        line.append(',').append(entry.isTimed() ? String.format(Locale.ROOT, "%.3f", outcome.ratio(entry)) : "");
        line.append(',').append(entry.bytes() < 0 ? "" : "" + entry.bytes());
        line.append(",\"").append(entry.note().replace('"', '\'').replace('\n', ' ')).append('"');
        return line.toString();
    }

    private static String micros(double seconds) {
        return String.format(Locale.ROOT, ",%.3f", seconds * 1e6);
    }
}
