/* What the rooms of all tasks share. */
package org.tidegate.server.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.task.Answers;

/**
 * A task's answers as a server gives them.
 *
 * @param <A> the answers
 * @param <I> what is read of a request
 * @param <O> what is found for it
 */
abstract class TaskServing<A extends Answers<?>, I, O> implements Serving<I, O> {
    /** The name of the input of tasks that read texts. */
    static final String TEXT = "text";

    private final A answers;

    TaskServing(A answers) {
        this.answers = answers;
    }

    /** The task's answers, for any number of threads. */
    final A answers() {
        return answers;
    }

    @Override
    public final String kind() {
        return answers.reading().task().replace(' ', '_').replace('-', '_');
    }

    @Override
    public final Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("task", answers.reading().task());
        properties.put("precision", answers.precision().name().toLowerCase(Locale.ROOT));
        describe(properties);
        return properties;
    }

    /** Adds what clients may want to know of the task. */
    void describe(Map<String, String> properties) {}

    @Override
    public final long bytes() {
        return answers.bytes();
    }

    @Override
    public final void close() {
        answers.close();
    }

    /** The texts of an input [N], N at least 1; or [N, 1], as some clients send them. */
    static List<String> texts(InferenceRequest request, String input) {
        InferenceTensor tensor = request.input(input);
        if (tensor.count() < 1) {
            throw ProtocolException.invalid("input '" + input + "' has no element; expected at least one");
        }
        return tensor.texts();
    }

    /** What was found for the items of all requests, request by request. */
    static <T, O> List<List<O>> split(List<List<T>> requests, List<O> found) {
        List<List<O>> each = new ArrayList<>(requests.size());
        int at = 0;
        for (List<T> items : requests) {
            each.add(found.subList(at, at + items.size()));
            at += items.size();
        }
        return each;
    }

    /** A number of a table. */
    @FunctionalInterface
    interface Cell {
        double at(int row, int column);
    }

    /** A table of floats, row after row. */
    static float[] floats(int rows, int columns, Cell cell) {
        float[] floats = new float[rows * columns];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) cell.at(i / columns, i % columns);
        }
        return floats;
    }

    /** Outputs that are made only where the request wants them. */
    static final class Outputs {
        private final InferenceRequest request;
        private final List<InferenceTensor> made = new ArrayList<>();

        Outputs(InferenceRequest request) {
            this.request = request;
        }

        Outputs add(String name, Supplier<InferenceTensor> output) {
            if (request.wants(name)) {
                made.add(output.get());
            }
            return this;
        }

        List<InferenceTensor> list() {
            return made;
        }
    }
}
