/* The results as a page: ratios first. */
package org.tidegate.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tidegate.checkpoint.AtomicFile;

/** A Markdown table for each group of lines, then what has no ratio: latencies, slopes, who was not timed and why. */
final class MarkdownReport {
    private final StringBuilder text = new StringBuilder();

    private MarkdownReport() {
    }

    /** Writes the page; {@code head} are its first lines. */
    static void write(Path file, List<String> head, List<Outcome> outcomes, List<Curve> curves) throws IOException {
        MarkdownReport report = new MarkdownReport();
        report.line("# Benchmark results").line("");
        head.forEach(line -> report.line("- " + line));
        Map<String, List<Outcome>> groups = new LinkedHashMap<>();
        outcomes.forEach(outcome -> groups.computeIfAbsent(outcome.row().group(), group -> new ArrayList<>()).add(outcome));
        groups.forEach(report::group);
        report.latencies(outcomes);
        report.curves(curves);
        report.silent(outcomes);
        AtomicFile.write(file, report.text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void group(String group, List<Outcome> outcomes) {
        Set<String> peers = new LinkedHashSet<>();
        outcomes.forEach(outcome -> outcome.peers().stream().filter(Entry::isTimed).forEach(entry -> peers.add(entry.name())));
        boolean baseline = outcomes.stream().anyMatch(outcome -> outcome.baseline().isPresent());
        List<String> head = new ArrayList<>(List.of("work"));
        if (baseline) {
            head.add("× ours at");
        }
        if (!peers.isEmpty()) {
            head.addAll(List.of("× best peer", "best peer"));
        }
        head.addAll(List.of("to reach", "part of floor", "Tidegate"));
        head.addAll(peers);
        head.add("error");
        if (!peers.isEmpty()) {
            head.add("largest difference");
        }
        line("").line("## " + group).line("").row(head).row(Collections.nCopies(head.size(), "---"));
        outcomes.forEach(outcome -> row(cells(outcome, baseline, peers)));
    }

    private static List<String> cells(Outcome outcome, boolean baseline, Set<String> peers) {
        List<String> cells = new ArrayList<>(List.of(outcome.row().work().label()));
        if (baseline) {
            cells.add(outcome.baseline().map(entry -> number(outcome.ratio(entry)) + " (" + entry.name() + ")").orElse(""));
        }
        if (!peers.isEmpty()) {
            cells.add(outcome.best().map(best -> "**" + number(outcome.ratio(best)) + "**").orElse(""));
            cells.add(outcome.best().map(Entry::name).orElse(""));
        }
        cells.addAll(List.of(verdict(outcome), number(outcome.partOfFloor()), time(outcome.ours().times().median())));
        for (String peer : peers) {
            cells.add(outcome.peer(peer).map(entry -> time(entry.times().median()) + " (" + number(outcome.ratio(entry)) + ")")
                .orElse(""));
        }
        cells.add(small(outcome.ours().difference()));
        if (!peers.isEmpty()) {
            cells.add(small(outcome.peers().stream().filter(Entry::isTimed).mapToDouble(Entry::difference).max().orElse(Double.NaN)));
        }
        return cells;
    }

    private static String verdict(Outcome outcome) {
        return outcome.row().targets().stream().map(target -> target.verdict(outcome)).filter(verdict -> !verdict.isEmpty())
            .collect(Collectors.joining("; "));
    }

    private void latencies(List<Outcome> outcomes) {
        if (outcomes.stream().noneMatch(outcome -> outcome.row().latency())) {
            return;
        }
        line("").line("## Latencies of single calls").line("");
        row(List.of("work", "who", "p50", "p90", "p99", "max", "calls")).row(Collections.nCopies(7, "---"));
        for (Outcome outcome : outcomes) {
            for (Entry entry : outcome.entries()) {
                Percentiles p = entry.latencies();
                if (p != null) {
                    row(List.of(outcome.row().work().label(), entry.name(), time(p.p50()), time(p.p90()), time(p.p99()), time(p.max()),
                        "" + p.calls()));
                }
            }
        }
    }

    private void curves(List<Curve> curves) {
        if (curves.isEmpty()) {
            return;
        }
        line("").line("## Slopes").line("");
        line("Time (or memory) grows like size to this power, fitted over the sizes in the last column.").line("");
        row(List.of("curve", "who", "power", "sizes")).row(Collections.nCopies(4, "---"));
        for (Curve curve : curves) {
            if (!curve.isFloor()) {
                row(List.of(curve.name(), curve.who(), number(curve.slope()), curve.range()));
            }
        }
    }

    private void silent(List<Outcome> outcomes) {
        List<String> lines = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            for (Entry entry : outcome.entries()) {
                if (!entry.isTimed()) {
                    lines.add("- " + outcome.row().work().label() + ": " + entry.name() + " " + entry.note());
                }
            }
        }
        if (!lines.isEmpty()) {
            line("").line("## Not timed").line("");
            lines.forEach(this::line);
        }
    }

    private MarkdownReport line(String line) {
        text.append(line).append('\n');
        return this;
    }

    private MarkdownReport row(List<String> cells) {
        return line("| " + String.join(" | ", cells) + " |");
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String small(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.0e", value);
    }

    /** Three digits in µs or ms. */
    static String time(double seconds) {
        double micros = seconds * 1e6;
        double shown = micros < 10_000 ? micros : micros / 1000;
        String unit = micros < 10_000 ? " µs" : " ms";
        return String.format(Locale.ROOT, shown < 10 ? "%.2f" : shown < 100 ? "%.1f" : "%.0f", shown) + unit;
    }
}
