package org.tidegate.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.tidegate.Cell;
import org.tidegate.Model;

class GradientFlowTest {
    /**
     * One unit: the gradient's direction is a sign, so its norm at step t is |w_ih| times the product of |w_hh| (1 - h^2) on the way.
     */
    @Test
    void theFlowThroughOneUnitIsTheProductOfItsSlopes() {
        try (Model model = Model.of("a = input axis=s cols=1\nlayer = recurrent a cell=rnn size=1\n", 3)) {
            float[][][] rows = {{{0.3f}, {-1.2f}, {0.7f}, {2f}}};
            double wx = model.parameter("layer.weight_ih_l0").toArray()[0];
            double wh = model.parameter("layer.weight_hh_l0").toArray()[0];
            double bias = model.parameter("layer.bias_ih_l0").toArray()[0] + model.parameter("layer.bias_hh_l0").toArray()[0];
            double[] slopes = new double[4];
            double h = 0;
            for (int t = 0; t < 4; t++) {
                h = Math.tanh(wx * rows[0][t][0] + wh * h + bias);
                slopes[t] = 1 - h * h;
            }
            double[] expected = new double[4];
            double way = 1;
            for (int back = 0; back < 4; back++) {
                expected[back] = Math.abs(wx) * slopes[3 - back] * way;
                way *= Math.abs(wh) * slopes[3 - back];
            }
            assertArrayEquals(expected, GradientFlow.through(model, "layer", rows, 1).norms(), 1e-6);
        }
    }

    @Test
    void itVanishesInAVanillaLayerSoonerThanInAnLstmAndExplodesWithLargeWeights() {
        UntrainedLayer layer = UntrainedLayer.of(Cell.RNN).hidden(32).inputs(8);
        double[] vanilla = GradientFlow.untrained(layer, 8, 60, 1).norms();
        double[] lstm = GradientFlow.untrained(UntrainedLayer.of(Cell.LSTM).hidden(32).inputs(8), 8, 60, 1).norms();
        double[] large = GradientFlow.untrained(layer.gain(5), 8, 60, 1).norms();
        assertTrue(vanilla[50] / vanilla[0] < 1e-9, "vanilla " + vanilla[50]);
        assertTrue(lstm[50] / lstm[0] > 1e3 * vanilla[50] / vanilla[0], "lstm " + lstm[50]);
        assertTrue(large[50] / large[0] > 100, "large " + large[50]);
    }

    @Test
    void stepsBackAreCountedFromEachSequencesOwnEnd() {
        try (Model model = Model.of("a = input axis=s cols=2\nlayer = recurrent a cell=gru size=3 layers=2 dropout=0.5\n", 5)) {
            float[][] sequence = {{1, 0}, {0, 1}, {1, 1}};
            float[][] end = {{0, 1}, {1, 1}};
            double[] alone = GradientFlow.through(model, "layer", new float[][][] {end}, 1).norms();
            double[] both = GradientFlow.through(model, "layer", new float[][][] {end, sequence}, 1).norms();
            assertEquals(2, alone.length);
            assertEquals(3, both.length);
            assertTrue(both[2] > 0);
        }
    }

    @Test
    void theInputsOfALayerAreFoundBehindDropout() {
        String spec = """
            ids = ids axis=text
            e = embedding ids rows=5 cols=3
            d = dropout e p=0.3
            first = recurrent d cell=lstm size=4
            second = recurrent first cell=gru size=4
            """;
        try (Model model = Model.of(spec, 1)) {
            assertEquals(List.of("first", "second"), GradientFlow.layers(model));
            LayerInputs inputs = LayerInputs.of(model, "first");
            assertEquals(5, inputs.ids());
            float[] table = model.parameter("e.weight").toArray();
            assertArrayEquals(new float[] {table[6], table[7], table[8]}, inputs.of(new int[] {2, 0}, 1, 2)[0][0]);
            assertEquals(20, GradientFlow.through(model, "first", inputs.random(2, 20, 1), 1).norms().length);
            assertThrows(IllegalArgumentException.class, () -> LayerInputs.of(model, "second"));
            assertThrows(IllegalArgumentException.class, () -> inputs.of(new int[] {5}, 1, 1));
            assertThrows(IllegalArgumentException.class, () -> inputs.of(new int[] {1}, 1, 2));
            assertMessage("steps = 0", () -> inputs.of(new int[] {1}, 1, 0));
            assertMessage("sequences = 0", () -> inputs.random(0, 5, 1));
        }
    }

    @Test
    void aLayerIsMeasuredWithoutItsInitialStatesAndWithItsOtherAttributes() {
        String spec = """
            x = input axis=s cols=2
            start = input axis=s cols=6 per=sequence
            layer = recurrent x h0=start cell=lstm size=3 bidirectional=true dropout=0.2 layers=1 trainable=false
            """;
        try (Model model = Model.of(spec, 4); Model plain = Model.of("""
            x = input axis=s cols=2
            layer = recurrent x cell=lstm size=3 bidirectional=true
            """, 4)) {
            plain.parameters().forEach(parameter -> parameter.set(model.parameter(parameter.name()).toArray()));
            float[][][] rows = LayerInputs.of(model, "layer").random(3, 6, 1);
            assertArrayEquals(GradientFlow.through(plain, "layer", rows, 1).norms(), GradientFlow.through(model, "layer", rows, 1).norms());
        }
    }

    @Test
    void whatMeansNothingIsRefused() {
        UntrainedLayer layer = UntrainedLayer.of(Cell.GRU);
        assertMessage("hidden = 0", () -> layer.hidden(0));
        assertMessage("inputs = -3", () -> layer.inputs(-3));
        assertMessage("gain = 0.0", () -> layer.gain(0));
        assertMessage("gain = NaN", () -> layer.gain(Double.NaN));
        assertMessage("cell = LSTM_PROJECTED", () -> UntrainedLayer.of(Cell.LSTM_PROJECTED));
        assertMessage("steps = 0", () -> GradientFlow.untrained(layer, 1, 0, 1));
        try (Model model = Model.of("a = input axis=s cols=1\nb = linear a cols=1\nh = recurrent a cell=rnn size=1\n", 1)) {
            assertMessage("no recurrent node 'b'; it has [h]", () -> GradientFlow.through(model, "b", new float[1][1][1], 1));
            assertMessage("no sequence", () -> GradientFlow.through(model, "h", new float[1][0][1], 1));
        }
    }

    private static void assertMessage(String part, Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
