package org.tidegate.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;
import org.tidegate.json.JsonObject;
import org.tidegate.metrics.Bootstrap;
import org.tidegate.metrics.ClassScore;
import org.tidegate.metrics.ConfusionMatrix;

/** Named figures, tables of figures and a confusion matrix, both for people and for programs. Immutable. */
public final class Figures implements Evaluation {
    private static final String BITS = "bits_per_character";

    private final List<Figure> figures;
    private final List<Table> tables;
    private final Optional<ConfusionMatrix> confusion;
    private final Map<String, Bootstrap.Interval> intervals;
    private final Map<String, String> measures; // what other figures must share to be compared

    private Figures(Builder builder) {
        figures = List.copyOf(builder.figures.values());
        tables = List.copyOf(builder.tables);
        confusion = Optional.ofNullable(builder.confusion);
        intervals = new LinkedHashMap<>(builder.intervals);
        measures = new LinkedHashMap<>(builder.measures);
    }

    /**
     * One figure.
     *
     * @param key its name for programs: {@code "macro_f1"}
     * @param value a number, a text, or true or false
     * @param text the value for people, perhaps with what it is a part of; empty where they need not read it
     */
    public record Figure(String key, Object value, String text) {
        /** {@return the name for people, the key with spaces} */
        public String label() {
            return key.replace('_', ' ');
        }
    }

    /**
     * A table of figures.
     *
     * @param key its name
     * @param columns the names of its columns, with {@code _} between words
     * @param rows numbers, texts, true and false, one for each column
     */
    public record Table(String key, List<String> columns, List<List<Object>> rows) {
        /**
         * Takes copies, and checks that the rows have the columns.
         *
         * @param key its name
         * @param columns the names of its columns, with {@code _} between words
         * @param rows numbers, texts, true and false, one for each column
         */
        public Table {
            columns = List.copyOf(columns);
            rows = rows.stream().map(List::copyOf).toList();
            for (List<Object> row : rows) {
                if (row.size() != columns.size()) {
                    throw new IllegalArgumentException("a row of " + row.size() + " in the table \"" + key + "\" of " + columns.size()
                            + " columns");
                }
            }
        }
    }

    /** {@return an empty builder} Figures are added in the order for people. */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return these figures themselves} For an evaluation that has nothing else. */
    @Override
    public Figures figures() {
        return this;
    }

    /**
     * {@return the number of a key}
     *
     * @param key the key
     * @throws IllegalArgumentException if there is none
     */
    public double number(String key) {
        return figures.stream().filter(figure -> figure.key().equals(key) && figure.value() instanceof Number)
                .mapToDouble(figure -> ((Number) figure.value()).doubleValue()).findFirst().orElseThrow(() -> new IllegalArgumentException(
                        "there is no number \"" + key + "\" among " + figures.stream().map(Figure::key).toList()));
    }

    /** {@return the figures in their order} */
    public List<Figure> all() {
        return figures;
    }

    /** {@return the tables in their order} */
    public List<Table> tables() {
        return tables;
    }

    /** {@return the confusion matrix, of a task with classes} */
    public Optional<ConfusionMatrix> confusion() {
        return confusion;
    }

    /**
     * {@return these figures, and those of another model on the same examples: for each that has an interval in both {@code KEY_against},
     * the other model's, and {@code KEY_difference}, this one minus that, with an interval of its own: examples are drawn for both at once,
     * so that it is narrower than the two would have it} A difference whose interval has no 0 in it is more than chance in the choice of
     * examples.
     *
     * @param other the other model's
     * @throws IllegalArgumentException if they are of another task, of other examples or of other measures ({@link Builder#measure}), or no
     *     figure of both has an interval
     */
    public Figures against(Figures other) {
        Builder compared = builder();
        figures.forEach(figure -> compared.put(figure.key(), figure.value(), figure.text()));
        compared.tables.addAll(tables);
        compared.confusion = confusion.orElse(null);
        compared.intervals.putAll(intervals);
        compared.measures.putAll(measures);
        List<String> keys = intervals.keySet().stream().filter(other.intervals::containsKey).toList();
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no figure that has a confidence interval for both models");
        }
        checkMeasures(other);
        for (String key : keys) {
            double difference = number(key) - other.number(key);
            compared.put(key + "_against", other.number(key), String.format(Locale.ROOT, "%.4g", other.number(key)));
            compared.put(key + "_difference", difference, String.format(Locale.ROOT, "%.3g", difference));
            compared.interval(key + "_difference", intervals.get(key).minus(other.intervals.get(key)),
                    end -> String.format(Locale.ROOT, "%.3g", end));
        }
        return compared.build();
    }

    private void checkMeasures(Figures other) {
        checkMeasure("task", value("task"), other.value("task"), other);
        checkMeasure("unit of the loss", value("loss_unit"), other.value("loss_unit"), other);
        measures.forEach((name, value) -> checkMeasure(name, value, other.measures.getOrDefault(name, value), other));
    }

    private void checkMeasure(String name, String here, String there, Figures other) {
        if (here.equals(there)) {
            return;
        }
        boolean inCharacters = tellsAllInCharacters() && other.tellsAllInCharacters();
        throw new IllegalArgumentException("the models are measured by other measures: " + name + " " + here + ", and " + there
                + (inCharacters ? String.format(Locale.ROOT, "; in bits per character, which do not depend on it, they have %.4f and %.4f",
                        number(BITS), other.number(BITS)) : ""));
    }

    /** Whether its bits per character are of a whole text, no token unknown. */
    private boolean tellsAllInCharacters() {
        return !value(BITS).isEmpty() && value("unknown").equals("0");
    }

    private String value(String key) {
        return figures.stream().filter(figure -> figure.key().equals(key)).map(figure -> figure.value().toString()).findFirst().orElse("");
    }

    /** {@return the figures by key, and each table as a list of objects} Numbers that are not finite become null. */
    public JsonObject toJson() {
        Map<String, Object> values = new LinkedHashMap<>();
        figures.forEach(figure -> values.put(figure.key(), figure.value()));
        for (Table table : tables) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (List<Object> row : table.rows()) {
                Map<String, Object> cells = new LinkedHashMap<>();
                for (int c = 0; c < row.size(); c++) {
                    cells.put(table.columns().get(c), row.get(c));
                }
                rows.add(cells);
            }
            values.put(table.key(), rows);
        }
        confusion.ifPresent(matrix -> values.put("confusion", counts(matrix)));
        return JsonObject.of(values);
    }

    private static List<List<Long>> counts(ConfusionMatrix matrix) {
        int classes = matrix.labels().size();
        return IntStream.range(0, classes).mapToObj(truth -> IntStream.range(0, classes)
                .mapToObj(answer -> matrix.count(truth, answer)).toList()).toList();
    }

    /** Gathers figures. A repeated key replaces the earlier figure. */
    public static final class Builder {
        private final Map<String, Figure> figures = new LinkedHashMap<>();
        private final List<Table> tables = new ArrayList<>();
        private ConfusionMatrix confusion;
        private final Map<String, Bootstrap.Interval> intervals = new LinkedHashMap<>();

        private final Map<String, String> measures = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Adds a measure, with four decimals for people.
         *
         * @param key its name for programs
         * @param value the measure
         * @return this builder
         */
        public Builder put(String key, double value) {
            return put(key, value, String.format(Locale.ROOT, "%.4f", value));
        }

        /**
         * Adds a count.
         *
         * @param key its name for programs
         * @param value the count
         * @return this builder
         */
        public Builder put(String key, long value) {
            return put(key, value, String.format(Locale.ROOT, "%,d", value));
        }

        /**
         * Adds a word.
         *
         * @param key its name for programs
         * @param value the word
         * @return this builder
         */
        public Builder put(String key, String value) {
            return put(key, value, value);
        }

        /**
         * Adds a figure with its own text for people.
         *
         * @param key its name for programs
         * @param value a number, a text, or true or false
         * @param text the value for people; empty where they need not read it
         * @return this builder
         */
        public Builder put(String key, Object value, String text) {
            figures.put(key, new Figure(key, value, text));
            return this;
        }

        /**
         * Gives a figure that was added its confidence interval of 95 %, behind it for people, and as {@code KEY_low} and {@code KEY_high}.
         *
         * @param key the figure
         * @param interval the interval; nothing is added where there is none
         * @return this builder
         */
        public Builder interval(String key, Optional<Bootstrap.Interval> interval) {
            String form = interval.isPresent() && interval.get().high() < 10 ? "%.4f" : "%.2f";
            return interval(key, interval, end -> String.format(Locale.ROOT, form, end));
        }

        /**
         * Gives a figure its interval as {@link #interval(String, Optional)}, with the ends' own text for people.
         *
         * @param key the figure
         * @param interval the interval; nothing is added where there is none
         * @param text an end for people
         * @return this builder
         */
        public Builder interval(String key, Optional<Bootstrap.Interval> interval, DoubleFunction<String> text) {
            interval.ifPresent(found -> {
                Figure figure = figures.get(key);
                put(key, figure.value(), figure.text() + " (95 %: " + text.apply(found.low()) + " to " + text.apply(found.high()) + ")");
                put(key + "_low", found.low(), "");
                put(key + "_high", found.high(), "");
                intervals.put(key, found);
            });
            return this;
        }

        /**
         * Says by what the figures are measured: figures of another value are not compared with these ({@link Figures#against}), figures
         * without one are.
         *
         * @param name the name for people: "horizon"
         * @param value the value for people
         * @return this builder
         */
        public Builder measure(String name, Object value) {
            measures.put(name, value.toString());
            return this;
        }

        /**
         * Adds a {@link Table}.
         *
         * @param key its name
         * @param columns the names of its columns
         * @param rows its rows
         * @return this builder
         */
        public Builder table(String key, List<String> columns, List<List<Object>> rows) {
            tables.add(new Table(key, columns, rows));
            return this;
        }

        /**
         * Sets the confusion matrix, and adds the precision, recall and F1 of its classes as the table {@code classes}.
         *
         * @param matrix the matrix
         * @return this builder
         */
        public Builder confusion(ConfusionMatrix matrix) {
            confusion = matrix;
            return classes(matrix.scores());
        }

        /**
         * Adds the precision, recall and F1 of classes or labels as the table {@code classes}.
         *
         * @param scores their counts
         * @return this builder
         */
        public Builder classes(List<ClassScore> scores) {
            return table("classes", List.of("label", "precision", "recall", "f1", "examples"), scores.stream()
                    .map(score -> List.<Object>of(score.name(), score.precision(), score.recall(), score.f1(), score.count())).toList());
        }

        /** {@return the figures so far} */
        public Figures build() {
            return new Figures(this);
        }
    }
}
