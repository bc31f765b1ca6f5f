/* The results as a page: ratios first. */
package org.tidegate.bench.voice;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tidegate.bench.Times;

/** What was found, as tables of Markdown. */
final class VoiceReport {
    /** Lines before ours: their step, and their streams side by side in two numbers, of which the faster counts. */
    private static final int THEIRS = 3;
    /** Our forms of a precision: a step, streams side by side, a sequence, which the file's network has no form for in ONNX Runtime. */
    private static final int FORMS = 3;
    /** A step is to take half of theirs at most, the other forms 0.55 of theirs. */
    private static final double[] TARGETS = {1 / 0.5, 1 / 0.55, 1 / 0.55};
    private static final int MEMORY_TARGET = 20;
    private static final double MEGABYTE = 1e6;

    private final List<String> head;
    private final List<Line> lines = new ArrayList<>();
    private final List<String> costs = new ArrayList<>();
    private final List<String> memory = new ArrayList<>();
    private String differences = "";

    /** A form of use and its times. */
    record Line(String form, int chunks, Times times) {
        double perChunk() {
            return times.median() / chunks;
        }
    }

    /** What a precision costs in agreement. */
    record Cost(String precision, double largest, double mean, int decisions, int chunks, long bytes) {
    }

    VoiceReport(List<String> head) {
        this.head = head;
    }

    static Cost cost(String precision, float[] theirs, float[] ours, double threshold, long bytes) {
        if (theirs.length != ours.length) {
            throw new IllegalStateException("Expected " + theirs.length + " probabilities, but " + ours.length + " came out.");
        }
        double largest = 0;
        double sum = 0;
        int decisions = 0;
        for (int i = 0; i < theirs.length; i++) {
            double apart = Math.abs((double) theirs[i] - ours[i]);
            largest = Double.isNaN(apart) ? apart : Math.max(largest, apart);
            sum += apart;
            decisions += theirs[i] >= threshold == ours[i] >= threshold ? 0 : 1;
        }
        return new Cost(precision, largest, sum / theirs.length, decisions, theirs.length, bytes);
    }

    void difference(double step, double streams, double sequence) {
        differences = String.format(Locale.ROOT, "Probabilities differ from ONNX Runtime's by %.0e (step), %.0e (streams), %.0e (sequence) at most.",
            step, streams, sequence);
    }

    void line(Line line) {
        lines.add(line);
    }

    void cost(Cost cost) {
        costs.add(String.format(Locale.ROOT, "| %s | %.1e | %.1e | %d of %d | %.2f MB |", cost.precision(), cost.largest(), cost.mean(),
            cost.decisions(), cost.chunks(), cost.bytes() / MEGABYTE));
    }

    /** Bytes; -1 where it was not measured. */
    void memory(int streams, long sessions, long sideBySide, long theirs) {
        memory.add(String.format(Locale.ROOT, "| %,d | %s | %s | %s |", streams, megabytes(sessions), megabytes(sideBySide), megabytes(theirs)));
    }

    private static String megabytes(long bytes) {
        return bytes < 0 ? "" : String.format(Locale.ROOT, "%.1f MB", bytes / MEGABYTE);
    }

    private String row(int number) {
        Line line = lines.get(number);
        int form = (number - THEIRS) % FORMS;
        Line theirs = form == 0 ? lines.get(0) : lines.get(1).perChunk() < lines.get(2).perChunk() ? lines.get(1) : lines.get(2);
        double ratio = theirs.perChunk() / line.perChunk();
        return String.format(Locale.ROOT, "| %s | **%.2f** | %.2f %s | %.2f µs | %.2f µs | %.2f µs (%s) |", line.form(), ratio, TARGETS[form],
            ratio >= TARGETS[form] ? "reached" : "missed", line.perChunk() * 1e6, line.times().minimum() / line.chunks() * 1e6,
            theirs.perChunk() * 1e6, theirs.form());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("# A voice detector\n\n");
        head.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("- ").append(differences).append('\n');
        text.append("\n| form | × ONNX Runtime | to reach | a chunk | shortest | ONNX Runtime |\n| --- | --- | --- | --- | --- | --- |\n");
        for (int i = THEIRS; i < lines.size(); i++) {
            text.append(row(i)).append('\n');
        }
        text.append("\n| precision | largest difference | mean | other decisions | weights |\n| --- | --- | --- | --- | --- |\n");
        costs.forEach(line -> text.append(line).append('\n'));
        text.append("\n| streams, float32, above the JVM | a session each (to reach at 1,000: ").append(MEMORY_TARGET)
            .append(" MB) | in one session | ONNX Runtime, a session each |\n| --- | --- | --- | --- |\n");
        memory.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }
}
