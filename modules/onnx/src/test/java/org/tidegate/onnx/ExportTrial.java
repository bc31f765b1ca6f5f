package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Session;
import org.tidegate.Tensor;
import org.tidegate.Value;

/**
 * A model beside its export in ONNX Runtime, on random sequences. What stands behind the end of a sequence is NaN, so that nothing of it
 * may reach a real step.
 */
final class ExportTrial {
    private static final double TOLERANCE = 1e-5;

    private final Model model;
    private final Random random;
    private final Map<String, int[]> lengths = new LinkedHashMap<>();
    private final Map<String, float[]> reals = new LinkedHashMap<>();
    private final Map<String, int[]> ids = new LinkedHashMap<>();

    ExportTrial(Model model, long seed) {
        this.model = model;
        random = new Random(seed);
    }

    /** A model of the spec whose parameters are all random, also those that begin at 0 or 1. */
    static Model model(String spec, long seed) {
        Model model = Model.of(spec, seed);
        Random random = new Random(seed);
        for (Tensor parameter : model.parameters()) {
            float[] numbers = parameter.toArray();
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] += (float) (0.1 * random.nextGaussian());
            }
            parameter.set(numbers);
        }
        return model;
    }

    /** Something that answers for a file of ONNX. */
    interface Running {
        Map<String, NdArray> run(Map<String, NdArray> inputs) throws IOException;
    }

    /** Compares all outputs of the export in ONNX Runtime, for sequences of these lengths on every axis that is given. */
    void check(OnnxExport export, int... steps) {
        try (InOnnxRuntime runtime = new InOnnxRuntime(export.toBytes())) {
            check(runtime.inputs(), runtime::run, steps);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compares all outputs of what answers for an export with such inputs. */
    void check(Set<String> names, Running running, int... steps) throws IOException {
        List<Value> inputs = model.values().stream().filter(Value::input).filter(input -> names.contains(input.name())).toList();
        try (Session session = model.newSession()) {
            Batch batch = model.newBatch();
            Map<String, NdArray> given = new LinkedHashMap<>();
            int longer = 0;
            for (Value input : inputs) {
                String axis = input.axis().orElseThrow();
                if (!lengths.containsKey(axis)) {
                    int more = longer++; // axes have lengths of their own
                    lengths.put(axis, Arrays.stream(steps).map(length -> length + more).toArray());
                    batch.lengths(axis, lengths.get(axis));
                }
            }
            for (Value input : inputs) {
                feed(batch, input, given);
            }
            session.forward(batch);
            for (String name : names) {
                if (name.startsWith("lengths")) {
                    int[] own = name.equals("lengths") ? lengths.values().iterator().next()
                            : lengths.get(name.substring("lengths_".length()));
                    given.put(name, NdArray.of(new int[] {own.length}, Arrays.stream(own).asLongStream().toArray()));
                }
            }
            Map<String, NdArray> outputs = running.run(given);
            assertTrue(!outputs.isEmpty());
            outputs.forEach((name, output) -> compare(session, name, output));
        }
    }

    private void feed(Batch batch, Value input, Map<String, NdArray> given) {
        int[] own = lengths.get(input.axis().orElseThrow());
        int most = IntStream.of(own).max().orElseThrow();
        boolean perStep = input.rows() == Value.Rows.PER_STEP;
        int rows = perStep ? most : 1;
        int columns = (int) input.columns();
        if (input.kind() == Value.Kind.IDS) {
            int[][] numbers = new int[own.length][rows];
            for (int s = 0; s < own.length; s++) {
                for (int t = 0; t < rows; t++) {
                    numbers[s][t] = perStep && t >= own[s] ? 0 : random.nextInt(ids(input.name()));
                }
            }
            if (perStep) {
                batch.ids(input.name(), numbers);
            } else {
                batch.ids(input.name(), Arrays.stream(numbers).mapToInt(row -> row[0]).toArray());
            }
            given.put(input.name(), NdArray.of(perStep ? new int[] {own.length, rows} : new int[] {own.length},
                    Arrays.stream(numbers).flatMapToInt(Arrays::stream).asLongStream().toArray()));
            return;
        }
        float[][][] numbers = new float[own.length][rows][columns];
        List<Float> all = new ArrayList<>();
        for (int s = 0; s < own.length; s++) {
            for (int t = 0; t < rows; t++) {
                for (int c = 0; c < columns; c++) {
                    numbers[s][t][c] = perStep && t >= own[s] ? Float.NaN : (float) random.nextGaussian();
                    all.add(numbers[s][t][c]);
                }
            }
        }
        float[] flat = new float[all.size()];
        IntStream.range(0, flat.length).forEach(i -> flat[i] = all.get(i));
        if (perStep) {
            batch.reals(input.name(), numbers);
        } else {
            batch.reals(input.name(), flat);
        }
        given.put(input.name(), NdArray.of(perStep ? new int[] {own.length, rows, columns} : new int[] {own.length, columns}, flat));
    }

    /** How many ids an input may have: the rows of the first node that reads it, or the sequences of what is gathered. */
    private int ids(String input) {
        return model.nodes().stream().filter(node -> node.inputs().contains(input)).findFirst()
                .map(node -> node.attribute("rows").map(Integer::parseInt).orElse(2)).orElse(2);
    }

    private void compare(Session session, String name, NdArray output) {
        Value value = model.value(name);
        int[] own = session.lengths(value.axis().orElseThrow());
        int columns = (int) value.columns();
        float[] expected = session.output(name).toArray();
        boolean perStep = value.rows() == Value.Rows.PER_STEP;
        assertEquals(columns, output.shape()[output.shape().length - 1]);
        if (!perStep) {
            assertArrayEquals(new int[] {expected.length / columns, columns}, output.shape(), name);
        } else {
            assertArrayEquals(new int[] {own.length, output.shape()[1], columns}, output.shape(), name);
        }
        double largest = 0;
        for (float number : expected) {
            largest = Math.max(largest, Math.abs(number));
        }
        Integer[] order = IntStream.range(0, own.length).boxed().sorted((a, b) -> own[b] - own[a]).toArray(Integer[]::new);
        int row = 0;
        int most = perStep ? IntStream.of(own).max().orElseThrow() : 1;
        for (int t = 0; t < most; t++) {
            for (int rank = 0; rank < (perStep ? own.length : output.shape()[0]); rank++) {
                int s = perStep ? order[rank] : rank;
                if (perStep && t >= own[s]) {
                    break;
                }
                for (int c = 0; c < columns; c++) {
                    float ours = expected[row * columns + c];
                    float theirs = output.reals()[(perStep ? s * output.shape()[1] + t : s) * columns + c];
                    int step = t;
                    assertTrue(Math.abs(ours - theirs) <= TOLERANCE * Math.max(1, largest),
                            () -> name + ", sequence " + s + ", step " + step + ": " + ours + " here, " + theirs + " in ONNX Runtime");
                }
                row++;
            }
        }
        assertEquals(expected.length, row * columns);
    }
}
