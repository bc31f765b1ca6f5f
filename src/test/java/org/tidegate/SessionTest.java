/* Forward, backward, training and state through the whole stack. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Messages.assertMessage;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final Update STEP = Update.of(0.05).clipNorm(1);

    @Test
    void trainingLearnsARaggedBatchByHeart() {
        try (Model model = Model.of(Networks.WORDS, 1); Session session = model.newTrainingSession(1);
                Optimizer optimizer = model.newOptimizer("adam")) {
            Batch batch = Networks.words(model, 1, 3, 7, 5);
            Metrics first = session.train(batch, optimizer, STEP);
            assertEquals(Math.log(10), first.loss(), 0.3);
            assertEquals(15, first.targets());
            assertTrue(first.gradientNorm() > 0 && first.isFinite());
            Metrics last = first;
            for (int i = 0; i < 200; i++) {
                last = session.train(batch, optimizer, STEP);
            }
            assertTrue(last.loss() < 0.05, last.toString());
            assertEquals(201, optimizer.updates());
        }
    }

    @Test
    void theSameSeedGivesTheSameBits() {
        assertArrayEquals(trained(7), trained(7));
        assertNotEquals(trained(7)[3], trained(8)[3]);
    }

    @Test
    void aStepInPiecesIsTheStepInOneCall() {
        float[][] weights = new float[2][];
        for (int i = 0; i < 2; i++) {
            try (Model model = Model.of(Networks.WORDS, 1); Session session = model.newTrainingSession(1);
                    Optimizer optimizer = model.newOptimizer("adamw weight_decay=0.1")) {
                Batch batch = Networks.words(model, 1, 3, 7, 5);
                if (i == 0) {
                    session.train(batch, optimizer, STEP);
                } else {
                    session.forward(batch);
                    session.backward();
                    session.update(optimizer, STEP);
                }
                weights[i] = model.parameter("h.weight_hh_l0").toArray();
            }
        }
        assertArrayEquals(weights[0], weights[1]);
    }

    @Test
    void aLossInJavaGivesTheGradientsOfTheSameLossInTheGraph() {
        try (Model model = Model.of(Networks.CURVE, 3); Session inside = model.newTrainingSession(1);
                Session outside = model.newTrainingSession(1)) {
            Batch batch = model.newBatch().lengths("time", 4, 2, 6).reals("x", Networks.floats(1, 36));
            outside.forward(batch);
            float[] target = Networks.floats(2, 24);
            float[] gradient = outside.output("y").toArray();
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = 2 * (gradient[i] - target[i]) / gradient.length;
            }
            outside.backward(OutputGradient.of("y", gradient));
            inside.forward(batch.reals("target", target));
            inside.backward();
            for (Tensor parameter : model.parameters()) {
                assertArrayEquals(inside.parameterGradient(parameter.name()).toArray(),
                    outside.parameterGradient(parameter.name()).toArray(), 1e-6f, parameter.name());
            }
            assertArrayEquals(inside.outputGradient("x").toArray(), outside.outputGradient("x").toArray(), 1e-6f);
            assertArrayEquals(gradient, inside.outputGradient("y").toArray(), 1e-6f);
        }
    }

    @Test
    void aGradientIsOfTheRowsOfTheForwardCallBeforeAndEndsWithTheNext() {
        try (Model model = Model.of(Networks.CURVE, 3); Session session = model.newTrainingSession(1)) {
            Batch batch = model.newBatch().lengths("time", 2, 1).reals("x", Networks.floats(1, 9)).reals("target", Networks.floats(2, 6));
            session.forward(batch);
            session.backward();
            assertEquals(9, session.outputGradient("x").toArray().length);
            session.forward(batch.lengths("time", 400).reals("x", Networks.floats(1, 1200)).reals("target", Networks.floats(2, 800)));
            assertThrows(IllegalStateException.class, () -> session.outputGradient("x"));
            session.backward();
            assertEquals(1200, session.outputGradient("x").toArray().length);
        }
    }

    @Test
    void gradientsAddUpUntilTheyAreCleared() {
        try (Model model = Model.of(Networks.CURVE, 3); Session session = model.newTrainingSession(1)) {
            Batch batch = model.newBatch().lengths("time", 3).reals("x", Networks.floats(1, 9)).reals("target", Networks.floats(2, 6));
            session.forward(batch);
            session.backward();
            float once = session.parameterGradient("y.bias").toArray()[1];
            session.forward(batch);
            session.backward();
            assertEquals(2 * once, session.parameterGradient("y.bias").toArray()[1], 1e-6);
            session.parameterGradient("y.bias").buffer().put(1, 42);
            assertEquals(42, session.parameterGradient("y.bias").toArray()[1]);
            session.zeroGradients();
            assertEquals(0, session.parameterGradient("y.bias").toArray()[1]);
        }
    }

    @Test
    void allGradientsAreOnePieceThatMayBeWrittenBeforeTheUpdate() {
        Tensor kept;
        try (Model model = Model.of(Networks.CURVE, 3); Session session = model.newTrainingSession(1); Session others = model.newSession();
                Optimizer optimizer = model.newOptimizer("sgd")) {
            Tensor all = session.gradients();
            assertEquals("gradients", all.name());
            assertArrayEquals(new long[] {all.size()}, all.shape());
            session.forward(model.newBatch().lengths("time", 3).reals("x", Networks.floats(1, 9)).reals("target", Networks.floats(2, 6)));
            session.backward();
            int at = 0;
            for (Tensor parameter : model.parameters()) {
                float[] expected = session.parameterGradient(parameter.name()).toArray();
                assertArrayEquals(expected, Arrays.copyOfRange(all.toArray(), at, at + expected.length), parameter.name());
                at += (expected.length + 15) / 16 * 16;
            }
            assertEquals(all.size(), at);
            float[] before = model.parameter("y.bias").toArray();
            session.zeroGradients();
            all.set(at - 16, new float[] {3, -4}, 0, 2); // the last parameter is y.bias
            assertEquals(7, session.update(optimizer, Update.of(0.5).norm(GradientNorm.L1)).gradientNorm());
            assertArrayEquals(new float[] {before[0] - 1.5f, before[1] + 2}, model.parameter("y.bias").toArray(), 1e-6f);
            assertEquals(0, session.update(optimizer, Update.of(0.5)).gradientNorm());
            assertMessage("TG_TRAIN", IllegalStateException.class, others::gradients);
            kept = all;
        }
        assertMessage("closed", IllegalStateException.class, kept::toArray);
    }

    @Test
    void eachNormIsTheOneThatIsReportedAndLimited() {
        for (GradientNorm norm : GradientNorm.values()) {
            try (Model model = Model.of(Networks.CURVE, 3); Session session = model.newTrainingSession(1);
                    Optimizer optimizer = model.newOptimizer("sgd")) {
                float[] before = model.parameter("y.bias").toArray();
                session.parameterGradient("y.bias").set(3, -4);
                double expected = norm == GradientNorm.L2 ? 5 : norm == GradientNorm.L1 ? 7 : 4;
                assertEquals(expected, session.update(optimizer, Update.of(1).clipNorm(0.5).norm(norm)).gradientNorm());
                assertEquals(before[0] - 3 * 0.5 / expected, model.parameter("y.bias").toArray()[0], 1e-5);
                session.parameterGradient("y.bias").set(0.01f, 0);
                session.update(optimizer, Update.of(1).clipNorm(0.5).norm(norm).clipValue(1)); // below all limits
                assertEquals(before[0] - 3 * 0.5 / expected - 0.01, model.parameter("y.bias").toArray()[0], 1e-5);
            }
        }
        assertThrows(NullPointerException.class, () -> Update.of(1).norm(null));
    }

    @Test
    void parametersAreViewsThatMayBeWritten() {
        try (Model model = Model.of(Networks.CURVE, 3); Session session = model.newSession()) {
            model.parameter("y.weight").set(new float[10]);
            model.parameter("y.bias").set(0.25f, -3);
            session.forward(model.newBatch().lengths("time", 2).reals("x", Networks.floats(1, 6)));
            assertArrayEquals(new float[] {0.25f, -3, 0.25f, -3}, session.output("y").toArray());
            model.parameter("y.bias").buffer().put(0, 9);
            assertArrayEquals(new float[] {9, -3}, model.parameter("y.bias").toArray());
        }
    }

    @Test
    void carriedStateMakesTwoChunksOneSequence() {
        try (Model model = Model.of(Networks.CURVE, 3); Session whole = model.newSession(); Session chunks = model.newSession()) {
            float[] x = Networks.floats(4, 7 * 3);
            whole.forward(model.newBatch().lengths("time", 7).reals("x", x));
            float[] expected = whole.output("y").toArray();
            chunks.setCarry(true);
            chunks.forward(model.newBatch().lengths("time", 4).reals("x", java.util.Arrays.copyOf(x, 12)));
            State middle = chunks.state();
            Batch rest = model.newBatch().lengths("time", 3).reals("x", java.util.Arrays.copyOfRange(x, 12, 21));
            chunks.forward(rest);
            float[] ends = chunks.output("y").toArray();
            assertArrayEquals(java.util.Arrays.copyOfRange(expected, 8, 14), ends, 1e-6f);

            chunks.setState(middle); // branch: the same rest from the same middle
            chunks.forward(rest);
            assertArrayEquals(ends, chunks.output("y").toArray());
            assertEquals(1, middle.sequences());
            assertEquals(middle, State.fromBytes(middle.toBytes()));

            chunks.reset();
            assertTrue(chunks.state().isEmpty());
            chunks.forward(rest);
            assertNotEquals(ends[0], chunks.output("y").toArray()[0]);
        }
    }

    @Test
    void theStateOfAnLstmHasBothHalvesForEverySequence() {
        try (Model model = Model.of(Networks.WORDS, 3); Session session = model.newSession()) {
            session.setCarry(true);
            session.forward(Networks.words(model, 1, 3, 5));
            State state = session.state();
            assertEquals(2, state.sequences());
            assertEquals(2 * (6 + 6), state.toArray().length);
            IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> session.setState(State.of(2, new float[22])));
            assertTrue(thrown.getMessage().contains("24"), thrown.getMessage());
        }
    }

    @Test
    void randomPositionRepeatsDropout() {
        try (Model model = Model.of("x = input axis=time cols=50\ny = dropout x p=0.5", 1);
                Session session = model.newTrainingSession(5)) {
            Batch batch = model.newBatch().lengths("time", 1).reals("x", Networks.floats(1, 50));
            long position = session.random();
            session.forward(batch);
            float[] first = session.output("y").toArray();
            session.forward(batch);
            assertTrue(!java.util.Arrays.equals(first, session.output("y").toArray()));
            session.setRandom(position);
            session.forward(batch);
            assertArrayEquals(first, session.output("y").toArray());
        }
    }

    @Test
    void anOutdatedViewIsAnExceptionAndASteadyOneIsTheSame() {
        try (Model model = Model.of(Networks.WORDS, 3); Session session = model.newSession()) {
            Batch batch = Networks.words(model, 1, 3, 5);
            session.forward(batch);
            Tensor first = session.output("y");
            assertArrayEquals(new long[] {8, 10}, first.shape());
            session.forward(batch);
            IllegalStateException outdated = assertThrows(IllegalStateException.class, first::buffer);
            assertTrue(outdated.getMessage().contains("'y'"), outdated.getMessage());
            assertSame(first, session.output("y"));
            FloatBuffer buffer = first.buffer();
            assertEquals(80, buffer.remaining());
            session.forward(Networks.words(model, 1, 30, 5));
            assertArrayEquals(new long[] {35, 10}, session.output("y").shape());
        }
    }

    @Test
    void aViewThatAnotherThreadHasOutdatedStaysSo() throws Exception {
        try (Model model = Model.of(Networks.WORDS, 3); Session session = model.newSession()) {
            Batch batch = Networks.words(model, 1, 3, 5);
            session.forward(batch);
            Tensor first = session.output("y");
            Thread other = new Thread(() -> {
                session.forward(batch.ids("words", new int[8]));
                session.output("y").toArray();
            });
            other.start();
            other.join();
            assertMessage("before the session's last forward call", IllegalStateException.class, first::toArray);
            assertMessage("before the session's last forward call", IllegalStateException.class, () -> first.set(0, new float[1], 0, 1));
            assertNotSame(first, session.output("y"));
            assertMessage("before the session's last forward call", IllegalStateException.class, first::byteBuffer);
        }
    }

    @Test
    void aCallThatIsRefusedBeforeItRunsLeavesTheViewsValid() {
        try (Model model = Model.of(Networks.WORDS, 3); Session session = model.newSession(); Model other = Model.of(Networks.CURVE, 1)) {
            session.forward(Networks.words(model, 1, 3, 5));
            Tensor view = session.output("y");
            float[] before = view.toArray();
            assertThrows(IllegalArgumentException.class, () -> session.step(new int[0]));
            assertThrows(IllegalArgumentException.class, () -> session.step(new float[] {1}));
            assertThrows(IllegalArgumentException.class, () -> session.forward(other.newBatch()));
            assertArrayEquals(before, view.toArray());
        }
    }

    @Test
    void frozenNodesKeepTheirParameters() {
        String spec = Networks.WORDS.replace("rows=10 cols=4", "rows=10 cols=4 trainable=false");
        try (Model model = Model.of(spec, 3); Session session = model.newTrainingSession(1);
                Optimizer optimizer = model.newOptimizer("sgd")) {
            float[] before = model.parameter("e.weight").toArray();
            session.train(Networks.words(model, 1, 5), optimizer, STEP);
            assertArrayEquals(before, model.parameter("e.weight").toArray());
            assertTrue(!model.parameter("e.weight").trainable() && model.parameter("y.bias").trainable());
            assertMessage("trainable=false", IllegalArgumentException.class, () -> session.parameterGradient("e.weight"));
        }
    }

    @Test
    void aSteadyStepAllocatesNothingThatStays() {
        try (Model model = Model.of(Networks.WORDS, 1); Session session = model.newTrainingSession(1);
                Optimizer optimizer = model.newOptimizer("adam")) {
            Batch batch = Networks.words(model, 1, 3, 7, 5);
            int[] lengths = {3, 7, 5};
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long bytes = 0;
            long before = 0;
            for (int i = 0; i < 2_100; i++) {
                if (i == 100) {
                    bytes = session.bytes();
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                batch.lengths("text", lengths, 3);
                batch.writableIds("words").put(0, i % 10);
                batch.writableIds("next").put(0, i % 10);
                session.train(batch, optimizer, STEP);
                session.output("y");
            }
            long perStep = (threads.getCurrentThreadAllocatedBytes() - before) / 2_000;
            assertEquals(bytes, session.bytes());
            assertTrue(perStep <= 48, perStep + " bytes a step"); // the Metrics, until the compiler drops them
        }
    }

    @Test
    void mistakesAreToldInTheUsersWords() {
        try (Model model = Model.of(Networks.WORDS, 3); Session session = model.newSession();
                Session training = model.newTrainingSession(1);
                Optimizer optimizer = model.newOptimizer("sgd"); Model other = Model.of(Networks.WORDS, 3);
                Optimizer others = other.newOptimizer("sgd")) {
            Batch batch = Networks.words(model, 1, 3);
            assertMessage("no value 'z'; it has words, next, e, h", IllegalArgumentException.class, () -> session.output("z"));
            assertMessage("'words' holds ids", IllegalArgumentException.class, () -> session.output("words"));
            assertMessage("'y' has not been evaluated", IllegalStateException.class, () -> session.output("y"));
            assertMessage("no parameter 'q'", IllegalArgumentException.class, () -> training.parameterGradient("q"));
            assertMessage("TG_TRAIN", IllegalStateException.class, () -> session.train(batch, optimizer, STEP));
            assertMessage("backward", IllegalStateException.class, training::backward);
            assertMessage("model", IllegalArgumentException.class, () -> training.train(batch, others, STEP));
            assertMessage("10", IllegalArgumentException.class, () -> session.forward(batch.ids("words", 3, 10, 1)));
            assertMessage("threads=0", IllegalArgumentException.class, () -> session.setThreads(0));
            assertMessage("learning rate is -1.0", IllegalArgumentException.class, () -> Update.of(-1));
            assertMessage("clip norm is NaN", IllegalArgumentException.class, () -> Update.of(1).clipNorm(Double.NaN));
            assertMessage("3 numbers cannot be the state of 2 sequences", IllegalArgumentException.class, () -> State.of(2, 1, 2, 3));
            training.forward(batch.ids("words", 1, 2, 3));
            assertMessage("expected 30", IllegalArgumentException.class, () -> training.backward(OutputGradient.of("y", 1, 2)));
        }
    }

    private static float[] trained(long seed) {
        try (Model model = Model.of(Networks.WORDS, seed); Session session = model.newTrainingSession(seed);
                Optimizer optimizer = model.newOptimizer("rmsprop")) {
            Batch batch = Networks.words(model, 1, 3, 7, 5);
            for (int i = 0; i < 10; i++) {
                session.train(batch, optimizer, STEP);
            }
            return model.parameter("h.weight_ih_l0").toArray();
        }
    }
}
