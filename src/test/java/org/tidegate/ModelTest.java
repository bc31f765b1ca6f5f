/* Parameters, slots and names. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Messages.assertMessage;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ModelTest {
    private final Model model = Model.of(Networks.WORDS, 11);

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void theSpecIsCanonicalAndBuildsTheSameModel() {
        try (Model wordy = Model.of("# a comment\n" + Networks.WORDS.replace(" cell=lstm", "   cell=lstm layers=1"), 11)) {
            assertEquals(Networks.WORDS, wordy.spec());
        }
        try (Model again = Model.of(model.spec(), 11)) {
            for (Tensor parameter : model.parameters()) {
                assertArrayEquals(parameter.toArray(), again.parameter(parameter.name()).toArray());
            }
        }
    }

    @Test
    void parametersHaveNamesShapesAndACount() {
        assertEquals(List.of("'e.weight' [10, 4]", "'h.weight_ih_l0' [24, 4]", "'h.weight_hh_l0' [24, 6]", "'h.bias_ih_l0' [24]",
            "'h.bias_hh_l0' [24]", "'y.weight' [10, 6]", "'y.bias' [10]"), model.parameters().stream().map(Tensor::toString).toList());
        assertEquals(40 + 96 + 144 + 24 + 24 + 60 + 10, model.parameterCount());
    }

    @Test
    void theNumberOfParametersDoesNotDependOnTheLengths() {
        long before = model.parameterCount();
        try (Session session = model.newSession()) {
            session.forward(Networks.words(model, 1, 500, 2));
        }
        assertEquals(before, model.parameterCount());
    }

    @Test
    void aTensorIsReadAndWrittenInParts() {
        Tensor weight = model.parameter("y.weight");
        float[] all = weight.toArray();
        float[] part = new float[5];
        weight.get(12, part, 1, 3);
        assertArrayEquals(new float[] {0, all[12], all[13], all[14], 0}, part);
        weight.set(58, new float[] {9, 1, 2, 9}, 1, 2);
        assertEquals(1, weight.buffer().get(58));
        assertEquals(2, weight.buffer().get(59));
        assertEquals(2, weight.byteBuffer().getFloat(59 * Float.BYTES));
        assertEquals(ByteOrder.nativeOrder(), weight.byteBuffer().order());
        FloatBuffer buffer = weight.buffer();
        buffer.position(30);
        assertEquals(0, weight.buffer().position());
        assertThrows(IndexOutOfBoundsException.class, () -> weight.get(58, new float[3], 0, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> weight.set(-1, new float[3], 0, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> weight.get(0, new float[3], 2, 2));
        assertMessage("'y.weight' [10, 6] holds 60 floats, but 3 were given", () -> weight.set(1, 2, 3));
        long[] shape = weight.shape();
        shape[0] = 99;
        assertEquals(10, weight.shape()[0]);
    }

    @Test
    void unknownNamesAreAnsweredWithTheKnown() {
        assertMessage("no parameter 'y.weights'; it has e.weight, h.weight_ih_l0", () -> model.parameter("y.weights"));
        assertMessage("no value 'z'; it has words, next, e, h, h.h_n, h.c_n, y, loss", () -> model.value("z"));
    }

    @Test
    void anOptimizersSlotsAreViewsNamedAfterTheParameters() {
        try (Optimizer optimizer = model.newOptimizer("adam"); Session session = model.newTrainingSession(1)) {
            assertEquals("adam", optimizer.text());
            assertEquals(0, optimizer.updates());
            assertEquals(14, optimizer.slots().size());
            Tensor average = optimizer.slots().get(6);
            assertEquals("'exp_avg.y.bias' [10]", average.toString());
            assertEquals("'exp_avg_sq.e.weight' [10, 4]", optimizer.slots().get(7).toString());
            assertArrayEquals(new float[10], average.toArray());
            session.train(Networks.words(model, 1, 5), optimizer, Update.of(0.1));
            assertTrue(average.toArray()[0] != 0);
            optimizer.setUpdates(41);
            session.train(Networks.words(model, 1, 5), optimizer, Update.of(0.1));
            assertEquals(42, optimizer.updates());
            assertMessage("-1", () -> optimizer.setUpdates(-1));
        }
    }

    @Test
    void everyOptimizerOfTheHeaderIsThere() {
        for (String text : Set.of("sgd", "sgd momentum=0.9 nesterov=true", "adam beta1=0.9 beta2=0.999 eps=1e-8", "adamw weight_decay=0.01",
                "rmsprop", "adagrad")) {
            try (Optimizer optimizer = model.newOptimizer(text)) {
                assertEquals(0, optimizer.updates());
            }
        }
    }

    @Test
    void aHugeModelIsRefusedNotAttempted() {
        TidegateException thrown = assertThrows(TidegateException.class,
            () -> Model.of("w = ids axis=t\ne = embedding w rows=2147483647 cols=2147483647", 1));
        assertTrue(thrown.getMessage().startsWith("Not enough native memory"), thrown.getMessage());
    }

    @Test
    void theLibraryKnowsItsVersion() {
        assertTrue(Tidegate.version().matches("\\d+\\.\\d+\\.\\d+"), Tidegate.version());
        Set<String> known = Set.of("generic", "avx2", "avx2_vnni", "avx512", "avx512_vnni", "avx512_bf16");
        assertTrue(known.contains(Tidegate.instructionSet()), Tidegate.instructionSet());
    }
}
