/* Frozen models: the answers of their source, shared by threads, none of their source's later life. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FrozenModelTest {
    @Test
    void everyPrecisionAnswersAsTheModelDoesWithinItsRounding() {
        float[] errors = {1e-6f, 0.01f, 0.03f};
        for (String spec : List.of(Networks.WORDS, Networks.WORDS.replace("cell=lstm", "cell=gru bidirectional=true layers=2"))) {
            try (Model model = Model.of(spec, 1)) {
                float[] expected = answer(model, 3, 7, 5);
                for (Precision precision : Precision.values()) {
                    try (FrozenModel frozen = model.freeze(precision)) {
                        assertEquals(precision, frozen.precision());
                        assertArrayEquals(expected, answer(frozen, 3, 7, 5), errors[precision.ordinal()], precision.toString());
                    }
                }
            }
        }
    }

    @Test
    void aFrozenModelDescribesTheSameGraph() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.INT8)) {
            assertEquals(model.spec(), frozen.spec());
            assertEquals(model.values(), frozen.values());
            assertEquals(model.axes(), frozen.axes());
            assertEquals(model.value("y"), frozen.value("y"));
            assertEquals(model.fingerprint(), frozen.fingerprint());
            assertTrue(frozen.bytes() > 0 && model.bytes() >= 4 * model.parameterCount());
            assertTrue(frozen.toString().contains("INT8"), frozen.toString());
        }
    }

    @Test
    void trainingOrClosingItsSourceDoesNotReachAFrozenModel() {
        Model model = Model.of(Networks.WORDS, 1);
        try (FrozenModel frozen = model.freeze(Precision.FLOAT32)) {
            float[] before = answer(frozen, 3, 5);
            long fingerprint = frozen.fingerprint();
            try (Session session = model.newTrainingSession(1); Optimizer optimizer = model.newOptimizer("adam")) {
                session.train(Networks.words(model, 2, 4), optimizer, Update.of(0.1));
            }
            assertNotEquals(fingerprint, model.fingerprint());
            assertNotEquals(before[0], answer(model, 3, 5)[0]);
            assertArrayEquals(before, answer(frozen, 3, 5));
            model.close();
            assertArrayEquals(before, answer(frozen, 3, 5));
            assertEquals(fingerprint, frozen.fingerprint());
        }
    }

    @Test
    void sessionsKeepAClosedFrozenModelAlive() {
        try (Model model = Model.of(Networks.WORDS, 1)) {
            FrozenModel frozen = model.freeze(Precision.FLOAT32);
            try (Session session = frozen.newSession()) {
                float[] before = scores(session.step(3));
                session.reset();
                frozen.close();
                frozen.close();
                assertTrue(frozen.isClosed() && frozen.toString().contains("closed"));
                assertArrayEquals(before, scores(session.step(3)));
            }
            assertThrows(IllegalStateException.class, frozen::newSession);
            assertThrows(IllegalStateException.class, frozen::bytes);
            assertThrows(IllegalStateException.class, frozen::fingerprint);
            assertEquals(model.spec(), frozen.spec());
        }
    }

    @Test
    void aFrozenModelDoesNotTrain() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32);
                Session session = frozen.newSession(); Optimizer optimizer = model.newOptimizer("sgd")) {
            Batch batch = Networks.words(model, 1, 3);
            assertThrows(IllegalArgumentException.class, () -> session.train(batch, optimizer, Update.of(1)));
            assertThrows(IllegalStateException.class, session::zeroGradients);
            assertEquals(frozen, session.network());
        }
    }

    @Test
    void aClosedModelIsNotFrozen() {
        Model model = Model.of(Networks.WORDS, 1);
        model.close();
        assertThrows(IllegalStateException.class, () -> model.freeze(Precision.FLOAT32));
        assertThrows(NullPointerException.class, () -> model.freeze(null));
    }

    @Test
    void threadsWithTheirOwnSessionsAllGetTheSameAnswers() throws Exception {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32)) {
            float[] expected = stream(frozen);
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Future<float[]>> results = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    results.add(threads.submit(() -> stream(frozen)));
                }
                for (Future<float[]> result : results) {
                    assertArrayEquals(expected, result.get());
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    @Test
    void aSessionThatStreamsHoldsLittle() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32);
                Session session = frozen.newSession()) {
            session.step(1);
            session.step(2);
            long bytes = session.bytes();
            for (int i = 0; i < 20; i++) {
                session.step(i % 10);
            }
            assertEquals(bytes, session.bytes());
            assertTrue(bytes < 16_384, bytes + " bytes");
        }
    }

    private static float[] stream(FrozenModel model) {
        try (Session session = model.newSession()) {
            float[] last = null;
            for (int i = 0; i < 2_000; i++) {
                last = scores(session.step(i % 10));
            }
            return last;
        }
    }

    private static float[] scores(FloatBuffer buffer) {
        float[] scores = new float[buffer.remaining()];
        buffer.get(scores);
        return scores;
    }

    private static float[] answer(Network network, int... lengths) {
        try (Session session = network.newSession()) {
            Batch batch = network.newBatch().lengths("text", lengths);
            int rows = batch.rows("text");
            int[] ids = new int[rows];
            for (int i = 0; i < rows; i++) {
                ids[i] = i * 7 % 10;
            }
            session.forward(batch.ids("words", ids).ids("next", ids));
            return session.output("y").toArray();
        }
    }
}
