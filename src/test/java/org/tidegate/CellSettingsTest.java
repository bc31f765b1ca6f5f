/* Cells with settings, from the builder to the file and the frozen model. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Attribute.activation;
import static org.tidegate.Attribute.activations;
import static org.tidegate.Attribute.clip;
import static org.tidegate.Attribute.coupled;
import static org.tidegate.Attribute.layerNorm;
import static org.tidegate.Attribute.name;
import static org.tidegate.Attribute.peepholes;
import static org.tidegate.Attribute.projection;
import static org.tidegate.Messages.assertMessage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CellSettingsTest {
    @TempDir
    private Path folder;

    static Stream<Arguments> cells() {
        return Stream.of(
            cell("cell=lstm size=8 peepholes=true coupled=true clip=2.5", Cell.LSTM, peepholes(), coupled(), clip(2.5)),
            cell("cell=lstm size=8 layer_norm=true", Cell.LSTM, layerNorm()),
            cell("cell=lstm_projected size=8 proj=5 layer_norm=true", Cell.LSTM_PROJECTED, projection(5), layerNorm()),
            cell("cell=gru size=8 activation=relu clip=3", Cell.GRU, activation(Activation.RELU), clip(3)),
            cell("cell=gru_reset_before size=8 activation=sigmoid", Cell.GRU_RESET_BEFORE, activation(Activation.SIGMOID)),
            cell("cell=rnn size=8 clip=1", Cell.RNN, clip(1)),
            cell("cell=rnn size=8 activations=elu:-0.5", Cell.RNN, activations(Activation.ELU.spec(-0.5))),
            cell("cell=gru size=8 activations=hard_sigmoid,softsign", Cell.GRU,
                activations(Activation.HARD_SIGMOID.spec(), Activation.SOFTSIGN.spec())),
            cell("cell=lstm size=8 peepholes=true activations=hard_sigmoid:0.2:0.5,scaled_tanh:1.5:0.7,tanh", Cell.LSTM, peepholes(),
                activations(Activation.HARD_SIGMOID.spec(0.2, 0.5), Activation.SCALED_TANH.spec(1.5, 0.7), Activation.TANH.spec())),
            cell("cell=min_gru size=8", Cell.MIN_GRU),
            cell("cell=min_lstm size=8", Cell.MIN_LSTM));
    }

    private static Arguments cell(String line, Cell cell, Attribute... settings) {
        return Arguments.of(line, cell, List.of(settings));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void aNetworkOfEveryKindLearnsIsSavedLoadedAndFrozen(String line, Cell cell, List<Attribute> settings) throws IOException {
        ModelBuilder net = new ModelBuilder();
        Node words = net.ids("words", Attribute.axis("text"));
        Attribute[] attributes = Stream.concat(Stream.of(name("h")), settings.stream()).toArray(Attribute[]::new);
        Node h = net.recurrent(net.embedding(words, 10, 4), cell, 8, attributes);
        net.crossEntropy(net.linear(h, 10, name("y")), net.ids("next", words));
        assertTrue(net.spec().contains("h = recurrent embedding " + line + "\n"), net.spec());
        Path file = folder.resolve("model.safetensors");
        try (Model model = net.build(3); Session session = model.newTrainingSession(1); Optimizer optimizer = model.newOptimizer("adam")) {
            Batch batch = Networks.words(model, 1, 6, 4);
            double first = session.train(batch, optimizer, Update.of(0.05)).loss();
            double last = first;
            for (int i = 0; i < 60; i++) {
                last = session.train(batch, optimizer, Update.of(0.05)).loss();
            }
            assertTrue(last < 0.5 * first, first + " → " + last);
            model.save(file);
            float[] expected = answer(model);
            try (Model read = Model.load(file); FrozenModel frozen = read.freeze(Precision.FLOAT32)) {
                assertEquals(model.fingerprint(), read.fingerprint());
                assertArrayEquals(expected, answer(read));
                assertArrayEquals(expected, answer(frozen), 1e-3f);
            }
        }
    }

    private static float[] answer(Network network) {
        try (Session session = network.newSession()) {
            Batch batch = network.newBatch().lengths("text", 5).ids("words", 1, 2, 3, 4, 5);
            session.forward(batch);
            return session.output("y").toArray();
        }
    }

    @Test
    void aSettingThatTheCellDoesNotKnowIsRefusedWithThoseThatItKnows() {
        ModelBuilder net = new ModelBuilder();
        net.recurrent(net.input("x", 3), Cell.GRU, 4, peepholes());
        assertMessage("unknown attribute 'peepholes=true'; known: ", TidegateException.class, () -> net.build(1));
        ModelBuilder both = new ModelBuilder();
        both.recurrent(both.input("x", 3), Cell.LSTM, 4, peepholes(), layerNorm());
        assertMessage("layer_norm=true does not go together with peepholes", TidegateException.class, () -> both.build(1));
    }

    @Test
    void activationsThatTheCellHasNoPlaceForOrThatTakeNoNumberAreRefused() {
        ModelBuilder few = new ModelBuilder();
        few.recurrent(few.input("x", 3), Cell.LSTM, 4, activations(Activation.TANH.spec()));
        assertMessage("'activations=tanh' of cell=lstm: expected 3 functions as in sigmoid,tanh,tanh, got 1", TidegateException.class,
            () -> few.build(1));
        ModelBuilder numbers = new ModelBuilder();
        numbers.recurrent(numbers.input("x", 3), Cell.RNN, 4, activations(Activation.SOFTSIGN.spec(1)));
        assertMessage("softsign takes no number, got 1", TidegateException.class, () -> numbers.build(1));
        assertThrows(IllegalArgumentException.class, () -> Activation.ELU.spec(Double.NaN));
    }
}
