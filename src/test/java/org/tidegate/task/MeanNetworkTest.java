package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.NodeSpec;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.Tensor;
import org.tidegate.Value;
import org.tidegate.train.Weights;

class MeanNetworkTest {
    private static final int SEQUENCES = 5;

    static Stream<String> trainable() {
        return TaskSamples.trainable().filter(name -> !TaskSamples.task(name).equals("transcribe")); // refused, see below
    }

    /** What losses read that is no input: what a network is trained to give. */
    private static Set<String> outputs(Model model) {
        Set<String> losses = model.values().stream().filter(Value::loss).map(value -> value.name().replaceAll("\\..*", ""))
                .collect(Collectors.toSet());
        return model.nodes().stream().filter(node -> losses.contains(node.name())).flatMap(node -> node.inputs().stream())
                .filter(name -> !model.value(name).input()).collect(Collectors.toSet());
    }

    /** Ragged sequences of random content, without targets. */
    private static Batch random(Network network, Model model, long seed) {
        Random random = new Random(seed);
        Batch batch = network.newBatch();
        for (String axis : model.axes()) {
            if (model.values().stream().anyMatch(value -> value.input() && value.axis().equals(Optional.of(axis)))) {
                batch.lengths(axis, IntStream.range(0, SEQUENCES).map(s -> 4 + random.nextInt(9)).toArray());
            }
        }
        for (Value input : model.values().stream().filter(Value::input).toList()) {
            String axis = input.axis().orElseThrow();
            int rows = input.rows() == Value.Rows.PER_SEQUENCE ? SEQUENCES : batch.rows(axis);
            if (input.kind() == Value.Kind.REAL) {
                boolean target = model.nodes().stream().anyMatch(node -> node.inputs().contains(input.name())
                        && outputs(model).contains(node.inputs().get(0)));
                if (!target) {
                    float[] values = new float[(int) (rows * input.columns())];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) random.nextGaussian();
                    }
                    batch.reals(input.name(), values);
                }
            } else {
                bound(model, batch, input.name()).forEach(bound -> batch.ids(input.name(),
                        IntStream.range(0, rows).map(row -> random.nextInt(bound)).toArray()));
            }
        }
        return batch;
    }

    /** How many ids an input may have; empty for targets. */
    private static Stream<Integer> bound(Model model, Batch batch, String input) {
        return model.nodes().stream().filter(node -> node.inputs().contains(input)).flatMap(node -> {
            if (node.attribute("rows").isPresent()) {
                return Stream.of(Integer.valueOf(node.attribute("rows").get()));
            }
            if (!node.op().equals("gather")) {
                return Stream.empty();
            }
            Value read = model.value(node.inputs().get(0));
            return Stream.of(read.rows() == Value.Rows.PER_SEQUENCE ? SEQUENCES : batch.rows(read.axis().orElseThrow()));
        }).limit(1);
    }

    private static float[] run(Network network, Model inputs, long seed, String output) {
        try (Session session = network.newSession()) {
            session.forward(random(network, inputs, seed));
            return session.output(output).toArray();
        }
    }

    private static float[] mean(List<float[]> all) {
        float[] mean = new float[all.get(0).length];
        for (int i = 0; i < mean.length; i++) {
            int at = i;
            mean[i] = (float) all.stream().mapToDouble(values -> values[at]).average().orElseThrow();
        }
        return mean;
    }

    private static void assertClose(float[] expected, float[] found, String message) {
        assertEquals(expected.length, found.length, message);
        assertTrue(expected.length > 0, message);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], 2e-6 * Math.max(1, Math.abs(expected[i])), message + " at " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("trainable")
    void itsOutputsAreTheMeansOfTheNetworksInEachPrecision(String name) throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(name);
        List<Trainable<?, ?>> members = new ArrayList<>();
        try {
            for (int seed = 1; seed <= 3; seed++) {
                Trainable<?, ?> model = sample.fresh();
                members.add(model);
                sample.train(model, sample.training().seed(seed));
            }
            Model first = members.get(0).model();
            try (Model merged = MeanNetwork.of(first, members.stream().map(member -> Weights.of(member.model())).toList())) {
                members.get(0).reading().checkFits(merged);
                assertFalse(outputs(first).isEmpty());
                for (String output : outputs(first)) {
                    for (long seed = 1; seed <= 3; seed++) {
                        long batch = seed;
                        List<float[]> each = members.stream().map(member -> run(member.model(), first, batch, output)).toList();
                        assertClose(mean(each), run(merged, first, batch, output), output);
                        assertFalse(Arrays.equals(each.get(0), each.get(1)), "the networks differ");
                    }
                    for (Precision precision : Precision.values()) {
                        List<float[]> each = members.stream().map(member -> frozen(member.model(), precision, first, output)).toList();
                        assertClose(mean(each), frozen(merged, precision, first, output), output + " in " + precision);
                    }
                }
            }
        } finally {
            members.forEach(Trainable::close);
        }
    }

    private static float[] frozen(Model model, Precision precision, Model inputs, String output) {
        try (FrozenModel frozen = model.freeze(precision)) {
            return run(frozen, inputs, 9, output);
        }
    }

    @Test
    void lossesHaveTheMeansOfTheirParameters() {
        try (Model first = Model.of("x = input axis=a cols=3\nt = ids axis=a\ns = linear x cols=2\nloss = crf s t", 1);
                Model second = Model.of(first.nodes(), 2)) {
            try (Model merged = MeanNetwork.of(first, List.of(Weights.of(first), Weights.of(second)))) {
                for (String name : List.of("loss.transitions", "loss.start", "loss.end")) {
                    assertClose(mean(List.of(first.parameter(name).toArray(), second.parameter(name).toArray())),
                            merged.parameter(name).toArray(), name);
                }
            }
        }
    }

    @Test
    void whatReadsNoParametersIsThereOnce() {
        try (Model model = Model.of("x = input axis=a cols=4\nt = ids axis=a\no = reverse x\nd = dropout o p=0.5\n"
                + "h = recurrent d cell=gru size=3\nc = activation_regularization h alpha=1\ns = linear h cols=2\n"
                + "loss = cross_entropy s t", 1)) {
            Weights weights = Weights.of(model);
            try (Model merged = MeanNetwork.of(model, List.of(weights, weights))) {
                assertEquals(List.of("x", "t", "o", "d", "h", "seed2_h", "seed1_s", "seed2_s", "s_sum", "s", "loss"),
                        merged.nodes().stream().map(NodeSpec::name).toList());
                assertEquals(List.of("h", "seed2_h"), MeanNetwork.named(merged, "h"));
                assertEquals(2 * model.parameterCount(), merged.parameterCount());
                assertEquals(2 * model.parameters().size(), merged.parameters().stream().map(Tensor::name).distinct().count());
            }
        }
    }

    @Test
    void aMeanIsThatOfTwoNetworksAtLeastAndOfWhatALossReads() {
        try (Model model = Model.of("x = input axis=a cols=3\nt = input axis=a cols=2\ny = linear x cols=2\nloss = mse y t", 1);
                Model without = Model.of("x = input axis=a cols=3\nz = linear x cols=2", 1)) {
            Weights one = Weights.of(model);
            assertThrows(IllegalArgumentException.class, () -> MeanNetwork.of(model, List.of(one)));
            assertThrows(IllegalArgumentException.class, () -> MeanNetwork.of(model, Collections.nCopies(65, one)));
            assertThrows(IllegalArgumentException.class, () -> MeanNetwork.of(model, List.of(one, Weights.of(without))).close());
            Weights other = Weights.of(without);
            assertThrows(IllegalArgumentException.class, () -> MeanNetwork.of(without, List.of(other, other)));
        }
    }
}
