package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.State;

/** A stream gives what calls of the file give whose states a caller hands on. */
class StreamTest {
    private static final int[] TURN = Built.ints(1, 0, 2);

    /** A GRU of 5 units over x [N, T, 4] with its state as input and output. */
    private static Built gru(boolean lengths) {
        Built graph = new Built(17, 3).size("N", 3).size("T", 4).input("x", "N", "T", 4);
        return (lengths ? graph.ids("l", 5, "N").node("Cast", "l -> n", "to", 6) : graph).input("h", 1, "N", 5).weight("wi", 1, 15, 4)
                .weight("wh", 1, 15, 5).node("Transpose", "x -> u", "perm", TURN)
                .node("GRU", "u wi wh . " + (lengths ? "n" : ".") + " h -> y hn", "hidden_size", 5).output("y", "hn");
    }

    private static Map<String, NdArray> with(Map<String, NdArray> inputs, String name, NdArray array) {
        Map<String, NdArray> changed = new LinkedHashMap<>(inputs);
        changed.put(name, array);
        return changed;
    }

    private static Map<String, NdArray> without(Map<String, NdArray> inputs, String name) {
        Map<String, NdArray> changed = new LinkedHashMap<>(inputs);
        changed.remove(name);
        return changed;
    }

    private static NdArray integers(long... numbers) {
        return NdArray.of(new int[] {numbers.length}, numbers);
    }

    @Test
    void statesThatWereLeftAsInputsAreReadInEachCallOfAStream(@TempDir Path folder) throws Exception {
        Built graph = gru(false);
        OnnxModel model = graph.model(folder).carryStates(false);
        try (OnnxAnswers answers = model.answers(Precision.FLOAT32); OnnxStream stream = answers.stream()) {
            Map<String, NdArray> inputs = graph.inputs();
            for (int call = 0; call < 3; call++) {
                Map<String, NdArray> expected = answers.run(inputs);
                Map<String, NdArray> actual = stream.accept(inputs);
                assertArrayEquals(expected.get("y").reals(), actual.get("y").reals());
                inputs = with(inputs, "h", actual.get("hn"));
            }
        }
    }

    @Test
    void whatASequenceIsGivenIsReadInEachCallOfAStream(@TempDir Path folder) throws Exception {
        Built graph = new Built(17, 1).input("x", "N", "T", 4).input("z", "N", 4).integers("one", 1).node("Unsqueeze", "z one -> m")
                .node("Sub", "x m -> y").output("y");
        try (OnnxAnswers answers = graph.model(folder).answers(Precision.FLOAT32); OnnxStream stream = answers.stream()) {
            stream.accept(graph.inputs());
            Map<String, NdArray> other = with(graph.inputs(), "z", NdArray.of(new int[] {2, 4}, 1, 2, 3, 4, 5, 6, 7, 8));
            assertArrayEquals(answers.run(other).get("y").reals(), stream.accept(other).get("y").reals());
        }
    }

    @Test
    void aSequenceWithoutStepsInACallKeepsItsState(@TempDir Path folder) throws Exception {
        Built graph = gru(true);
        OnnxModel model = graph.model(folder);
        try (OnnxAnswers calls = model.carryStates(false).answers(Precision.FLOAT32);
                OnnxAnswers answers = model.answers(Precision.FLOAT32); OnnxStream stream = answers.stream()) {
            assertTrue(answers.reading().signature().carries());
            Map<String, NdArray> inputs = graph.inputs();
            float[] state = inputs.get("h").reals().clone();
            for (long[] lengths : new long[][] {{4, 0, 2}, {3, 2, 0}, {0, 1, 4}, {1, 1, 1}}) {
                inputs = with(inputs, "l", integers(lengths));
                Map<String, NdArray> expected = calls.run(with(inputs, "h", NdArray.of(new int[] {1, 3, 5}, state)));
                Map<String, NdArray> given = lengths[1] == 0 ? inputs : without(inputs, "h");
                assertArrayEquals(expected.get("y").reals(), stream.accept(given).get("y").reals());
                for (int s = 0; s < 3; s++) {
                    if (lengths[s] > 0) {
                        System.arraycopy(expected.get("hn").reals(), s * 5, state, s * 5, 5);
                    }
                }
            }
            assertArrayEquals(state, stream.state().toArray());
        }
    }

    @Test
    void oneGivenStateLeavesTheOtherCarried(@TempDir Path folder) throws Exception {
        Built graph = new Built(17, 5).input("x", "N", "T", 4).input("h", 1, "N", 3).input("c", 1, "N", 3).weight("wi", 1, 12, 4)
                .weight("wh", 1, 12, 3).node("Transpose", "x -> u", "perm", TURN)
                .node("LSTM", "u wi wh . . h c -> y hn cn", "hidden_size", 3)
                .output("y", "hn", "cn");
        OnnxModel model = graph.model(folder);
        try (OnnxAnswers calls = model.carryStates(false).answers(Precision.FLOAT32);
                OnnxAnswers answers = model.answers(Precision.FLOAT32); OnnxStream stream = answers.stream()) {
            stream.accept(graph.inputs());
            Map<String, NdArray> handed = with(graph.inputs(), "c", calls.run(graph.inputs()).get("cn"));
            assertArrayEquals(calls.run(handed).get("y").reals(), stream.accept(without(graph.inputs(), "c")).get("y").reals());
        }
    }

    @Test
    void aCallThatFailsLeavesTheState(@TempDir Path folder) throws Exception {
        Built graph = new Built(17, 7).ids("x", 6, "N", "T").input("h", 1, "N", 5).weight("e", 6, 4).weight("wi", 1, 15, 4)
                .weight("wh", 1, 15, 5).node("Gather", "e x -> v").node("Transpose", "v -> u", "perm", TURN)
                .node("GRU", "u wi wh . . h -> y hn", "hidden_size", 5).output("y", "hn");
        try (OnnxAnswers answers = graph.model(folder).answers(Precision.FLOAT32); OnnxStream stream = answers.stream()) {
            stream.accept(graph.inputs());
            State before = stream.state();
            NdArray ids = graph.inputs().get("x");
            for (long wrong : new long[] {6, 1L << 40}) {
                long[] numbers = ids.integers().clone();
                numbers[numbers.length - 1] = wrong;
                assertThrows(IllegalArgumentException.class,
                        () -> stream.accept(with(graph.inputs(), "x", NdArray.of(ids.shape(), numbers))));
                assertEquals(before, stream.state());
            }
        }
    }

    /** Two layers whose states are one tensor. */
    @Test
    void stepsAndSequencesAndStreamsSideBySideHaveTheSameBits(@TempDir Path folder) throws Exception {
        int batch = 64;
        int time = 5;
        Built graph = new Built(17, 11).size("N", batch).size("T", time).input("x", "T", "N", 4).input("h", 2, "N", 3).weight("wi", 1, 9, 4)
                .weight("wh", 1, 9, 3).weight("vi", 1, 9, 3).weight("vh", 1, 9, 3).integers("zero", 0).integers("one", 1).integers("two", 2)
                .node("Slice", "h zero one zero -> h1").node("Slice", "h one two zero -> h2")
                .node("GRU", "x wi wh . . h1 -> a n1", "hidden_size", 3).node("Squeeze", "a one -> b")
                .node("GRU", "b vi vh . . h2 -> c n2", "hidden_size", 3).node("Squeeze", "c one -> d").node("Tanh", "d -> y")
                .node("Concat", "n1 n2 -> hn", "axis", 0).output("y", "hn");
        NdArray x = graph.inputs().get("x");
        NdArray h = graph.inputs().get("h");
        try (OnnxAnswers answers = graph.model(folder).answers(Precision.FLOAT32); OnnxStream all = answers.stream()) {
            assertTrue(answers.reading().signature().carries());
            float[] whole = answers.run(graph.inputs()).get("y").reals();
            for (int t = 0; t < time; t++) { // all side by side, step by step
                Map<String, NdArray> step = new LinkedHashMap<>();
                step.put("x", NdArray.of(new int[] {1, batch, 4}, part(x.reals(), t, batch * 4)));
                if (t == 0) {
                    step.put("h", h);
                }
                assertArrayEquals(part(whole, t, batch * 3), all.accept(step).get("y").reals());
            }
            for (int s = 0; s < batch; s += 21) { // one alone, in two pieces
                try (OnnxStream stream = answers.stream()) {
                    for (int[] piece : new int[][] {{0, 2}, {2, time}}) {
                        int steps = piece[1] - piece[0];
                        Map<String, NdArray> given = new LinkedHashMap<>(Map.of("x", NdArray.of(new int[] {steps, 1, 4},
                                ofSequence(x.reals(), s, piece, batch, 4))));
                        if (piece[0] == 0) {
                            given.put("h", NdArray.of(new int[] {2, 1, 3}, ofSequence(h.reals(), s, new int[] {0, 2}, batch, 3)));
                        }
                        assertArrayEquals(ofSequence(whole, s, piece, batch, 3), stream.accept(given).get("y").reals());
                    }
                }
            }
        }
    }

    private static float[] part(float[] numbers, int number, int size) {
        return Arrays.copyOfRange(numbers, number * size, (number + 1) * size);
    }

    /** The rows of a sequence of [T, N, columns]. */
    private static float[] ofSequence(float[] numbers, int sequence, int[] steps, int batch, int columns) {
        float[] rows = new float[(steps[1] - steps[0]) * columns];
        for (int t = steps[0]; t < steps[1]; t++) {
            System.arraycopy(numbers, (t * batch + sequence) * columns, rows, (t - steps[0]) * columns, columns);
        }
        return rows;
    }

    @Test
    void aStreamRefusesAnotherNumberOfSequences(@TempDir Path folder) throws Exception {
        Built graph = gru(false);
        try (OnnxAnswers answers = graph.model(folder).answers(Precision.FLOAT32); OnnxStream stream = answers.stream()) {
            stream.accept(graph.inputs());
            Map<String, NdArray> two = Map.of("x", NdArray.of(new int[] {2, 4, 4}, new float[32]));
            assertThrows(IllegalArgumentException.class, () -> stream.accept(two));
            stream.setState(State.of(0));
            assertEquals(2, stream.accept(two).get("y").shape()[2]);
        }
    }

    /** The native session carries the states of all layers or of none. */
    @Test
    void noStateIsCarriedWhereALayerBeginsAnewWithEachCall(@TempDir Path folder) throws Exception {
        for (String second : new String[] {"GRU", "reverse", "learned"}) {
            Built graph = new Built(17, 9).size("N", 2).size("T", 4).input("x", "N", "T", 4).input("h", 1, "N", 4).weight("wi", 1, 12, 4)
                    .weight("wh", 1, 12, 4).weight("vi", 1, 12, 4).weight("vh", 1, 12, 4).weight("h0", 1, 1, 4).integers("s", 1, 2, 4)
                    .integers("d", 1).node("Transpose", "x -> u", "perm", TURN).node("GRU", "u wi wh . . h -> a hn", "hidden_size", 4)
                    .node("Squeeze", "a d -> b");
            graph = switch (second) {
                case "GRU" -> graph.node("GRU", "b vi vh -> y", "hidden_size", 4);
                case "reverse" -> graph.node("GRU", "b vi vh -> y", "hidden_size", 4, "direction", "reverse");
                default -> graph.node("Expand", "h0 s -> e").node("GRU", "b vi vh . . e -> y", "hidden_size", 4);
            };
            Map<String, NdArray> expected = graph.output("y", "hn").expected();
            try (OnnxAnswers answers = graph.model(folder).answers(Precision.FLOAT32)) {
                assertFalse(answers.reading().signature().carries());
                Map<String, NdArray> actual = answers.run(graph.inputs());
                for (String output : new String[] {"y", "hn"}) {
                    double difference = Recorded.difference(expected.get(output), actual.get(output));
                    assertTrue(difference <= 1e-5, () -> second + ": " + output + " differs by " + difference);
                }
            }
        }
    }

    @Test
    void anInputThatIsNoneIsNamed(@TempDir Path folder) throws Exception {
        Built graph = gru(false);
        try (OnnxAnswers answers = graph.model(folder).answers(Precision.FLOAT32)) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> answers.run(with(graph.inputs(), "hn", graph.inputs().get("h"))))
                    .getMessage();
            assertTrue(message.contains("'hn'") && message.contains("h [1, batch, 5]"), message);
            Map<String, NdArray> none = new HashMap<>(graph.inputs());
            none.put("x", null);
            assertThrows(IllegalArgumentException.class, () -> answers.run(none));
        }
    }

    @Test
    void anArrayOfAnImpossibleShapeIsRefused() {
        int most = Integer.MAX_VALUE;
        for (int[] shape : new int[][] {{most, most, most}, {most, most, most, 0, -1}, {-1}, {-1, -1}, {1 << 16, 1 << 16, 1 << 16,
                1 << 16}}) {
            assertThrows(IllegalArgumentException.class, () -> NdArray.of(shape, 1f), Arrays.toString(shape));
            assertThrows(IllegalArgumentException.class, () -> NdArray.of(shape, new long[0]), Arrays.toString(shape));
        }
        assertThrows(IllegalArgumentException.class, () -> new NdArray(new int[] {-1}, null, null));
        assertThrows(IllegalArgumentException.class, () -> new NdArray(null, new float[1], null));
        assertEquals(0, NdArray.of(new int[] {most, 0, most}, new float[0]).reals().length);
    }
}
