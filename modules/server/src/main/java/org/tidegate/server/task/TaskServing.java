/* What the rooms of all tasks share. */
package org.tidegate.server.task;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.tidegate.server.model.Serving;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.task.Answers;

/**
 * A task's answers as a server gives them. Texts and files are BYTES [N]. What has a length of its own for each of the N comes one after the
 * other in one output, and how long each is in another one: {@code NAME.lengths}, INT32 [N].
 *
 * @param <A> the answers
 * @param <I> what is read of a request
 * @param <O> what is found for it
 */
abstract class TaskServing<A extends Answers<?>, I, O> implements Serving<I, O> {
    /** The name of the input of tasks that read texts. */
    static final String TEXT = "text";

    /** What the name of an output ends in that gives the lengths of another one's pieces. */
    static final String LENGTHS = ".lengths";
    /** The widest beam search. */
    static final int MOST_BEAM = 32;

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

    /** Texts, unless a room says otherwise. */
    @Override
    public List<TensorMetadata> inputs() {
        return List.of(TensorMetadata.of(TEXT, Datatype.BYTES, -1));
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

    /** The width of a beam search, 1 unless the request gives it. */
    static int beam(InferenceRequest request) {
        long beam = request.number("beam", 1);
        if (beam < 1 || beam > MOST_BEAM) {
            throw ProtocolException.invalid("parameter 'beam' is " + beam + "; expected 1 to " + MOST_BEAM);
        }
        return (int) beam;
    }

    /** Whether a request names an output. */
    static boolean asks(InferenceRequest request, String output) {
        return request.outputs().stream().anyMatch(each -> each.name().equals(output));
    }

    /** The output that says how long each of the pieces is that another output has one after the other. */
    static TensorMetadata lengthsOf(String output) {
        return TensorMetadata.of(output + LENGTHS, Datatype.INT32, -1);
    }

    /** What {@link #lengthsOf} announces. */
    static InferenceTensor lengths(String output, int... lengths) {
        return InferenceTensor.of(output + LENGTHS, lengths, lengths.length);
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
