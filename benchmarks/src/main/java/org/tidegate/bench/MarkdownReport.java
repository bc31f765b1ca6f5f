/* The results as a page: ratios first. */
package org.tidegate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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
        Files.writeString(file, report.text);
    }

    private void group(String group, List<Outcome> outcomes) {
        Set<String> peers = new LinkedHashSet<>();
        outcomes.forEach(outcome -> outcome.peers().stream().filter(Entry::isTimed).forEach(entry -> peers.add(entry.name())));
        boolean baseline = outcomes.stream().anyMatch(outcome -> outcome.baseline().isPresent());
        line("").line("## " + group).line("");
        StringBuilder head = new StringBuilder("| work |" + (baseline ? " × ours at |" : "") + (peers.isEmpty() ? "" : " × best peer | best peer |")
            + " to reach | part of floor | Tidegate |");
        peers.forEach(peer -> head.append(' ').append(peer).append(" |"));
        head.append(" error |").append(peers.isEmpty() ? "" : " largest difference |");
        line(head.toString()).line(head.toString().replaceAll("[^|]+", " --- "));
        for (Outcome outcome : outcomes) {
            StringBuilder cells = new StringBuilder("| " + outcome.row().work().label() + " |");
            if (baseline) {
                cells.append(outcome.baseline().map(entry -> " " + number(outcome.ratio(entry), 2) + " (" + entry.name() + ")").orElse(""))
                    .append(" |");
            }
            if (!peers.isEmpty()) {
                cells.append(outcome.best().map(best -> " **" + number(outcome.ratio(best), 2) + "** | " + best.name() + " |")
                    .orElse(" | |"));
            }
            cells.append(' ').append(verdict(outcome)).append(" | ").append(number(outcome.partOfFloor(), 2)).append(" | ").append(time(outcome.ours().times().median())).append(" |");
            for (String peer : peers) {
                cells.append(' ').append(outcome.peers().stream().filter(entry -> entry.isTimed() && entry.name().equals(peer)).findFirst()
                    .map(entry -> time(entry.times().median()) + " (" + number(outcome.ratio(entry), 2) + ")").orElse("")).append(" |");
            }
            cells.append(' ').append(small(outcome.ours().difference())).append(" |");
            if (!peers.isEmpty()) {
                cells.append(' ').append(small(outcome.peers().stream().filter(Entry::isTimed).mapToDouble(Entry::difference).max()
                    .orElse(Double.NaN))).append(" |");
            }
            line(cells.toString());
        }
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
        line("| work | who | p50 | p90 | p99 | max | calls |").line("| --- | --- | --- | --- | --- | --- | --- |");
        for (Outcome outcome : outcomes) {
            for (Entry entry : outcome.entries()) {
                Percentiles p = entry.latencies();
                if (p != null) {
                    line(String.join(" | ", "| " + outcome.row().work().label(), entry.name(), time(p.p50()), time(p.p90()), time(p.p99()),
                        time(p.max()), p.calls() + " |"));
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
        line("| curve | who | power | sizes |").line("| --- | --- | --- | --- |");
        for (Curve curve : curves) {
            if (!curve.isFloor()) {
                line(String.format(Locale.ROOT, "| %s | %s | %.2f | %.0f … %.0f |", curve.name(), curve.who(), curve.slope(),
                    curve.sizes().get(0), curve.sizes().get(curve.sizes().size() - 1)));
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

    private static String number(double value, int digits) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%." + digits + "f", value);
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
