/* What grows with a size, and how fast. */
package org.tidegate.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.tidegate.bench.work.Work;

/**
 * Points of one contender over a size.
 *
 * @param name what is drawn, "time over H (stream, lstm)"
 * @param who a contender, or the floor
 * @param axis the size: T, B or H, or whatever else grows
 * @param quantity what the values are
 * @param sizes ascending
 * @param values in the quantity's unit
 */
public record Curve(String name, String who, String axis, Quantity quantity, List<Double> sizes, List<Double> values) {
    private static final String FLOOR = "floor";
    private static final int FEWEST_POINTS = 3;

    /** What is drawn over a size. */
    public enum Quantity {
        /** Seconds of a call. */
        TIME("µs a call", 1e6),
        /** Bytes of a session. */
        MEMORY("KiB of the session", 1.0 / 1024),
        /** Seconds of a request. */
        LATENCY("ms a request", 1e3),
        /** Answers a second. */
        THROUGHPUT("requests a second", 1);

        private final String title;
        private final double scale;

        Quantity(String title, double scale) {
            this.title = title;
            this.scale = scale;
        }

        /** What the axis says. */
        String title() {
            return title;
        }

        /** From a curve's unit to that of the axis. */
        double scale() {
            return scale;
        }
    }

    boolean isFloor() {
        return who.equals(FLOOR);
    }

    /** The smallest and the largest size. */
    String range() {
        return String.format(Locale.ROOT, "%.0f … %.0f", sizes.get(0), sizes.get(sizes.size() - 1));
    }

    /** The power p of size^p that fits best: the slope of the least-squares line through the logarithms. */
    double slope() {
        int n = sizes.size();
        double sumX = 0;
        double sumY = 0;
        double sumXx = 0;
        double sumXy = 0;
        for (int i = 0; i < n; i++) {
            double x = Math.log(sizes.get(i));
            double y = Math.log(values.get(i));
            sumX += x;
            sumY += y;
            sumXx += x * x;
            sumXy += x * y;
        }
        return (n * sumXy - sumX * sumY) / (n * sumXx - sumX * sumX);
    }

    /** All curves of at least three points that lie in the outcomes: lines of a group that differ in nothing but one size. */
    static List<Curve> of(List<Outcome> outcomes) {
        List<Curve> curves = new ArrayList<>();
        for (Axis axis : Axis.values()) {
            Map<String, List<Outcome>> families = new LinkedHashMap<>();
            for (Outcome outcome : outcomes) {
                if (axis.isOf(outcome.row().group())) {
                    families.computeIfAbsent(axis.family(outcome), family -> new ArrayList<>()).add(outcome);
                }
            }
            families.forEach((family, members) -> addFamily(curves, axis, family, members));
        }
        return curves;
    }

    private static void addFamily(List<Curve> curves, Axis axis, String family, List<Outcome> members) {
        Map<String, Curve> time = new LinkedHashMap<>();
        Map<String, Curve> memory = new LinkedHashMap<>();
        for (Outcome outcome : members) {
            double size = axis.size.applyAsDouble(outcome.row().work());
            for (Entry entry : outcome.entries()) {
                if (entry.isTimed()) {
                    add(time, Quantity.TIME, "time over " + axis + " (" + family + ")", entry.name(), axis, size, entry.times().median());
                }
                if (entry.bytes() > 0) {
                    add(memory, Quantity.MEMORY, "memory over " + axis + " (" + family + ")", entry.name(), axis, size, entry.bytes());
                }
            }
            if (!Double.isNaN(outcome.floorSeconds())) {
                add(time, Quantity.TIME, "time over " + axis + " (" + family + ")", FLOOR, axis, size, outcome.floorSeconds());
            }
        }
        time.values().stream().filter(curve -> curve.sizes.size() >= FEWEST_POINTS).forEach(curves::add);
        memory.values().stream().filter(curve -> curve.sizes.size() >= FEWEST_POINTS).forEach(curves::add);
    }

    private static void add(Map<String, Curve> curves, Quantity quantity, String name, String who, Axis axis, double size, double value) {
        Curve curve = curves.computeIfAbsent(who, key -> new Curve(name, who, axis.name(), quantity, new ArrayList<>(), new ArrayList<>()));
        curve.sizes.add(size);
        curve.values.add(value);
    }

    /** What a curve runs over. */
    enum Axis {
        /** Hidden columns; the input grows along. */
        H(Work::hiddenSize),
        /** Steps. */
        T(Work::steps),
        /** Sequences. */
        B(Work::batch);

        private final ToDoubleFunction<Work> size;

        Axis(ToDoubleFunction<Work> size) {
            this.size = size;
        }

        private boolean isOf(String group) {
            return switch (this) {
                case H -> List.of("stream", "sequence", "curve-H").contains(group);
                case T -> group.equals("curve-T");
                case B -> List.of("curve-B", "batch").contains(group);
            };
        }

        /** The words that all members share. */
        private String family(Outcome outcome) {
            Work w = outcome.row().work();
            return outcome.row().group() + " " + w.network() + (this == H ? "" : " H=" + w.hiddenSize())
                + (this == T ? "" : " T=" + w.steps()) + (this == B ? "" : " B=" + w.batch());
        }
    }
}
