package org.tidegate.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tidegate.study.LanguageModelComparison.Result;
import org.tidegate.task.lm.LanguageModelEvaluation;

/** The results of a comparison as a table for people, as CSV and as JSON. */
final class ComparisonTable {
    private final Units unit;
    private final List<Row> rows = new ArrayList<>();

    /** The context of a prediction. */
    enum Kind { NGRAM, WINDOW, RECURRENT }

    /** A model's line. */
    record Row(Kind kind, Result result) {
        double perplexity() {
            return result.evaluation().perplexity();
        }
    }

    ComparisonTable(Units unit) {
        this.unit = unit;
    }

    void add(Kind kind, Result result) {
        rows.add(new Row(kind, result));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    List<Row> rows() {
        return List.copyOf(rows);
    }

    Units unit() {
        return unit;
    }

    /** The table and its conclusion. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format("%-22s %14s %12s %12s %12s", "model", "parameters", "perplexity", "bits/char", "training"));
        for (Row row : rows) {
            lines.add(String.format(Locale.ROOT, "%-22s %,14d %12.3f %12.4f %10.1f s", row.result().name(), row.result().parameters(),
                    row.perplexity(), row.result().evaluation().bitsPerCharacter(), row.result().seconds()));
        }
        if (!rows.isEmpty()) {
            lines.add("");
            LanguageModelEvaluation any = rows.get(0).result().evaluation();
            lines.add(String.format(Locale.ROOT, "perplexity per %s over %,d %ss, %,d of them (%.1f %%) unknown and counted as <unk>;"
                    + " an n-gram model's parameters are its n-grams", unit.noun(), any.targets(), unit.noun(), any.unknown(),
                    100.0 * any.unknown() / any.targets()));
            verdict().ifPresent(lines::add);
        }
        return lines;
    }

    String csv() {
        StringBuilder csv = new StringBuilder(
                "model,kind,parameters,loss,perplexity,bits_per_character,seconds,unit,targets,unknown\n");
        for (Row row : rows) {
            csv.append(String.join(",", object(row).values().stream().map(Object::toString).toList())).append('\n');
        }
        return csv.toString();
    }

    Map<String, Object> object() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("unit", unit.noun());
        object.put("models", rows.stream().map(this::object).toList());
        return object;
    }

    private Map<String, Object> object(Row row) {
        LanguageModelEvaluation evaluation = row.result().evaluation();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("model", row.result().name());
        object.put("kind", row.kind().name().toLowerCase(Locale.ROOT));
        object.put("parameters", row.result().parameters());
        object.put("loss", evaluation.loss());
        object.put("perplexity", evaluation.perplexity());
        object.put("bits_per_character", evaluation.bitsPerCharacter());
        object.put("seconds", row.result().seconds());
        object.put("unit", unit.noun());
        object.put("targets", evaluation.targets());
        object.put("unknown", evaluation.unknown());
        return object;
    }

    /** Whether the best recurrent model beats the best of the others, in words. */
    private Optional<String> verdict() {
        Optional<Row> recurrent = best(Kind.RECURRENT);
        Optional<Row> other =
                rows.stream().filter(row -> row.kind() != Kind.RECURRENT).min(Comparator.comparingDouble(Row::perplexity));
        if (recurrent.isEmpty() || other.isEmpty()) {
            return Optional.empty();
        }
        double ratio = recurrent.get().perplexity() / other.get().perplexity();
        String names = recurrent.get().result().name() + " %s " + other.get().result().name();
        return Optional.of(ratio < 1
                ? String.format(Locale.ROOT, names + ": %.1f %% less perplexity", "beats", 100 * (1 - ratio))
                : String.format(Locale.ROOT, names + ": %.1f %% more perplexity; longer training or other sizes may change that",
                        "does not beat", 100 * (ratio - 1)));
    }

    private Optional<Row> best(Kind kind) {
        return rows.stream().filter(row -> row.kind() == kind).min(Comparator.comparingDouble(Row::perplexity));
    }
}
