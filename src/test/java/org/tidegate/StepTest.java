/* Streams: one step at a time, and the state as a value. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Messages.assertMessage;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StepTest {
    @Test
    void stepsEqualForwardCallsWithTheStateCarried() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32)) {
            for (Network network : new Network[] {model, frozen}) {
                try (Session steps = network.newSession(); Session forward = network.newSession()) {
                    forward.setCarry(true);
                    Batch batch = network.newBatch();
                    for (int i = 0; i < 10; i++) {
                        forward.forward(batch.lengths("text", 1).ids("words", i));
                        assertArrayEquals(forward.output("y").toArray(), scores(steps.step(i)));
                        assertArrayEquals(forward.output("h").toArray(), steps.output("h").toArray());
                        assertEquals(forward.state(), steps.state());
                    }
                }
            }
        }
    }

    @Test
    void everyFormOfAStepIsTheSameStep() {
        try (Model words = Model.of(Networks.WORDS, 1); Session ids = words.newSession(); Model curve = Model.of(Networks.CURVE, 1);
                Session reals = curve.newSession()) {
            float[] word = scores(ids.step(3));
            float[] row = {0.5f, -1, 2};
            float[] point = scores(reals.step(new float[] {0.5f, -1, 2}));
            IntBuffer idsGiven = IntBuffer.wrap(new int[] {9, 3, 9}, 1, 1);
            FloatBuffer realsGiven = ByteBuffer.allocateDirect(16).order(java.nio.ByteOrder.nativeOrder()).asFloatBuffer().put(9).put(row).position(1);
            check(ids, word, () -> scores(ids.step(new int[] {3})));
            check(ids, word, () -> scores(ids.step(idsGiven)));
            check(ids, word, () -> scores(ids.step(words.newBatch().lengths("text", 1).ids("words", 3))));
            check(reals, point, () -> scores(reals.step(FloatBuffer.wrap(row))));
            check(reals, point, () -> scores(reals.step(realsGiven)));
            check(reals, point, () -> scores(reals.step(curve.newBatch().lengths("time", 1).reals("x", row))));
            assertEquals(1, idsGiven.position());
            assertEquals(3, realsGiven.remaining());
        }
    }

    @Test
    void aSessionThatKeepsSomeValuesShowsTheLastOfThemAndNoOther() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32);
                Session all = frozen.newSession(); Session some = frozen.newSession("h", "e")) {
            for (int i = 0; i < 10; i++) {
                all.step(i);
                assertArrayEquals(all.output("h").toArray(), scores(some.step(i)));
                assertArrayEquals(all.output("e").toArray(), some.output("e").toArray());
                assertEquals(all.state(), some.state());
            }
            assertMessage("'y' is not kept by this session", IllegalStateException.class, () -> some.output("y"));
            assertMessage("no value 'z'", IllegalArgumentException.class, () -> frozen.newSession("z"));
            try (Session states = frozen.newSession("h.c_n")) {
                assertMessage("The session has no output to show", IllegalStateException.class, () -> states.step(1));
            }
        }
    }

    @Test
    void streamsSideBySideAreTheRowsOfOneStep() {
        try (Model model = Model.of(Networks.CURVE, 1); Session both = model.newSession(); Session one = model.newSession()) {
            for (int i = 0; i < 3; i++) {
                float[] rows = Networks.floats(i, 6);
                float[] pair = scores(both.step(rows));
                float[] second = scores(one.step(Arrays.copyOfRange(rows, 3, 6)));
                assertArrayEquals(second, Arrays.copyOfRange(pair, 2, 4), 1e-6f);
            }
            assertEquals(2, both.state().sequences());
            assertMessage("2 sequences, this batch has 1", IllegalArgumentException.class, () -> both.step(new float[] {1, 2, 3f}));
        }
    }

    @Test
    void aSteadyStepReturnsTheSameBufferFromItsBeginning() {
        try (Model model = Model.of(Networks.WORDS, 1); Session session = model.newSession()) {
            FloatBuffer first = session.step(1);
            assertEquals(10, first.remaining());
            first.get();
            first.limit(4);
            assertSame(first, session.step(2));
            assertEquals(10, first.remaining());
            session.reset();
            assertEquals(20, session.step(new int[] {1, 2}).remaining());
        }
    }

    @Test
    void aStateIsAValueToStoreAndPutBack() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32);
                Session session = frozen.newSession(); Session other = frozen.newSession()) {
            State fresh = session.state();
            assertTrue(fresh.isEmpty());
            session.step(1);
            State middle = session.state();
            float[] expected = scores(session.step(2));
            assertEquals(frozen.fingerprint(), middle.fingerprint());
            State stored = State.fromBytes(middle.toBytes());
            assertEquals(middle, stored);
            assertEquals(middle.hashCode(), stored.hashCode());
            assertArrayEquals(middle.toArray(), stored.toArray());
            other.setState(stored);
            assertArrayEquals(expected, scores(other.step(2)));
            assertNotEquals(middle, other.state());
            other.setState(State.of(1, middle.toArray()));
            assertArrayEquals(expected, scores(other.step(2)));
            other.setState(State.fromBytes(fresh.toBytes()));
            assertTrue(other.state().isEmpty());
        }
    }

    @Test
    void selectedSequencesGoOnInTheirNewPlaces() {
        String two = """
            words = ids axis=text
            e = embedding words rows=10 cols=4
            a = recurrent e cell=lstm size=3 layers=2
            b = recurrent a cell=gru size=5
            y = linear b cols=6
            """;
        try (Model model = Model.of(two, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32); Session session = frozen.newSession();
                Session alone = frozen.newSession()) {
            session.step(new int[] {1, 2, 3});
            State three = session.state();
            assertSame(3, three.sequences());
            session.setState(three.select(2, 0, 0, 1));
            float[] scores = scores(session.step(new int[] {7, 7, 8, 9}));
            int[][] histories = {{3, 7}, {1, 7}, {1, 8}, {2, 9}};
            for (int s = 0; s < histories.length; s++) {
                alone.reset();
                alone.step(histories[s][0]);
                assertArrayEquals(scores(alone.step(histories[s][1])), Arrays.copyOfRange(scores, 6 * s, 6 * s + 6));
            }
            session.setState(three.select(1));
            assertEquals(1, session.state().sequences());
            assertEquals(three, three.select(0, 1, 2));
            assertMessage("Sequence 3 of a state of 3", IllegalArgumentException.class, () -> three.select(0, 3));
            assertMessage("Sequence -1", IllegalArgumentException.class, () -> three.select(-1));
            assertMessage("No sequence is chosen", IllegalArgumentException.class, three::select);
            assertMessage("no model", IllegalStateException.class, () -> State.of(1, 2, 3).select(0));
        }
    }

    @Test
    void aSessionSelectsInPlaceWhatItsStateSelectsAsAValue() {
        try (Model model = Model.of(Networks.WORDS, 1); Session session = model.newSession(); Session other = model.newSession()) {
            session.step(new int[] {1, 2, 3});
            State three = session.state();
            session.select("text", 2, 0, 0, 1);
            assertEquals(three.select(2, 0, 0, 1), session.state());
            other.setState(three.select(2, 0, 0, 1));
            assertArrayEquals(scores(other.step(new int[] {7, 7, 8, 9})), scores(session.step(new int[] {7, 7, 8, 9})));
            session.select("text", 3);
            assertEquals(1, session.state().sequences());
            State one = session.state();
            assertMessage("chosen[1] is 1; the axis has sequences 0 to 0", IllegalArgumentException.class,
                () -> session.select("text", 0, 1));
            assertMessage("0 sequences were chosen", IllegalArgumentException.class, () -> session.select("text"));
            assertMessage("no axis 'words'", IllegalArgumentException.class, () -> session.select("words", 0));
            assertEquals(one, session.state());
            try (Session fresh = model.newSession(); Session training = model.newTrainingSession(1)) {
                assertMessage("no sequences to choose from", IllegalStateException.class, () -> fresh.select("text", 0));
                assertMessage("a training session", IllegalStateException.class, () -> training.select("text", 0));
            }
        }
    }

    @Test
    void aSourceIsEncodedOnceForAllBeams() {
        String spec = """
            source = ids axis=source
            read = embedding source rows=10 cols=4
            encoder = recurrent read cell=lstm size=3 bidirectional=true
            words = ids axis=target
            written = embedding words rows=10 cols=4
            decoder = recurrent written cell=lstm size=6 h0=encoder.h_n c0=encoder.c_n
            seen = attention decoder encoder score=general
            y = linear seen cols=8
            """;
        try (Model model = Model.of(spec, 1); FrozenModel frozen = model.freeze(Precision.INT8); Session once = frozen.newSession();
                Session repeated = frozen.newSession()) {
            once.forward(frozen.newBatch().lengths("source", 2, 3).ids("source", new int[][] {{1, 2}, {3, 4, 5}}));
            once.select("source", 0, 0, 1, 1);
            repeated.forward(frozen.newBatch().lengths("source", 2, 2, 3, 3)
                .ids("source", new int[][] {{1, 2}, {1, 2}, {3, 4, 5}, {3, 4, 5}}));
            assertArrayEquals(repeated.output("encoder").toArray(), once.output("encoder").toArray());
            Batch words = frozen.newBatch().equalLengths("target", 4, 1);
            int[][] parents = {{1, 0, 3, 3}, {0, 0, 2, 3}};
            for (int step = 0; step < 3; step++) {
                words.ids("words", step, 2, 7, 9 - step);
                assertArrayEquals(scores(repeated.step(words)), scores(once.step(words)));
                once.select("target", parents[step % 2]);
                repeated.select("target", parents[step % 2]);
            }
        }
    }

    @Test
    void aClearedSessionShowsNothingOfItsPast() {
        try (Model model = Model.of(Networks.WORDS, 1); Session session = model.newSession(); Session fresh = model.newSession()) {
            session.forward(Networks.words(model, 1, 3, 5));
            session.step(new int[] {1, 2});
            Tensor words = session.output("e");
            session.clear();
            assertThrows(IllegalStateException.class, words::buffer);
            assertMessage("has not been evaluated", IllegalStateException.class, () -> session.output("y"));
            assertTrue(session.state().isEmpty());
            assertArrayEquals(scores(fresh.step(new int[] {4, 5, 6})), scores(session.step(new int[] {4, 5, 6})));
        }
    }

    @Test
    void theStateOfAnotherModelIsRefused() {
        String spec = Networks.WORDS;
        try (Model one = Model.of(spec, 1); Model two = Model.of(spec, 2); Model wider = Model.of(spec.replace("size=6", "size=7"), 1);
                FrozenModel frozenOne = one.freeze(Precision.FLOAT32); FrozenModel low = one.freeze(Precision.BFLOAT16);
                FrozenModel frozenTwo = two.freeze(Precision.FLOAT32); Session first = frozenOne.newSession();
                Session second = frozenTwo.newSession(); Session lowSession = low.newSession(); Session third = wider.newSession();
                Session trainable = one.newSession()) {
            first.step(1);
            second.step(1);
            third.step(1);
            State own = first.state();
            assertMessage("other parameters", IllegalArgumentException.class, () -> first.setState(second.state()));
            assertMessage(String.format("%016x", frozenTwo.fingerprint()), IllegalArgumentException.class, () -> first.setState(second.state()));
            assertMessage("another graph", IllegalArgumentException.class, () -> first.setState(third.state()));
            assertEquals(own, first.state());
            lowSession.setState(own);
            trainable.setState(own); // its parameters may be the same ones
            assertEquals(0, trainable.state().fingerprint());
        }
    }

    @Test
    void brokenBytesAreNoState() {
        try (Model model = Model.of(Networks.WORDS, 1); Session session = model.newSession()) {
            session.step(1);
            byte[] bytes = session.state().toBytes();
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThrows(IllegalArgumentException.class, () -> State.fromBytes(cut));
            }
            assertThrows(IllegalArgumentException.class, () -> State.fromBytes(Arrays.copyOf(bytes, bytes.length + 1)));
            byte[] huge = bytes.clone();
            Arrays.fill(huge, 24, 48, (byte) 0x7f);
            assertThrows(IllegalArgumentException.class, () -> State.fromBytes(huge));
            ByteBuffer wrapped = ByteBuffer.allocate(32 + 5 * 16 + 4 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .put(bytes, 0, 24).putLong(5);
            for (int table = 0; table < 4; table++) { // their sum passes 2^64: with the fifth it would be 4
                wrapped.putLong(Integer.MAX_VALUE).putLong(Integer.MAX_VALUE);
            }
            wrapped.putLong(1 << 30).putLong(16);
            assertThrows(IllegalArgumentException.class, () -> State.fromBytes(wrapped.array()));
            assertMessage("no model", IllegalStateException.class, () -> State.of(1, 2, 3).toBytes());
        }
    }

    @Test
    void aSelectionThatNoArrayCanHoldIsRefusedBeforeItTakesAny() {
        byte[] bytes = ByteBuffer.allocate(32 + 16 + (4 << 20)).order(ByteOrder.LITTLE_ENDIAN).put(new byte[] {'T', 'G', 'S', 'T'})
            .putLong(24, 1).putLong(32, 1).putLong(40, 1 << 20).array();
        State state = State.fromBytes(bytes);
        assertEquals(1 << 20, state.select(0).toArray().length);
        assertMessage("536870912 numbers", IllegalArgumentException.class, () -> state.select(new int[512])); // of 2^31 bytes and a header
        assertMessage("4294967296 numbers", IllegalArgumentException.class, () -> state.select(new int[1 << 12])); // 0 in 32 bits
        assertMessage("4297064448 numbers", IllegalArgumentException.class, () -> state.select(new int[(1 << 12) + 2])); // 2^21 in 32 bits
    }

    @Test
    void bytesThatAnotherThreadChangesMeanwhileAreReadOnce() throws Exception {
        try (Model model = Model.of(Networks.CURVE, 1); Session session = model.newSession()) {
            session.step(new float[6]);
            State two = session.state();
            byte[] bytes = two.toBytes();
            ByteBuffer sizes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            long columns = sizes.getLong(40);
            AtomicBoolean stop = new AtomicBoolean();
            Thread changes = new Thread(() -> {
                while (!stop.get()) { // 2 sequences of h, or 1 of twice its width
                    sizes.putLong(32, 1).putLong(40, 2 * columns);
                    sizes.putLong(32, 2).putLong(40, columns);
                }
            });
            changes.start();
            try {
                int whole = 0;
                for (long end = System.nanoTime() + 500_000_000; System.nanoTime() < end;) {
                    State read;
                    try {
                        read = State.fromBytes(bytes);
                    } catch (IllegalArgumentException torn) {
                        assertTrue(torn.getMessage().contains("it is cut or damaged"), torn.getMessage());
                        continue;
                    }
                    whole++;
                    assertEquals(read, State.fromBytes(read.toBytes()));
                }
                assertTrue(whole > 0);
            } finally {
                stop.set(true);
                changes.join();
            }
        }
    }

    @Test
    void whatIsNoStepIsToldInTheUsersWords() {
        try (Model words = Model.of(Networks.WORDS, 1); Session ids = words.newSession(); Session training = words.newTrainingSession(1);
                Model curve = Model.of(Networks.CURVE, 1); Session reals = curve.newSession();
                Model two = Model.of("a = input axis=t cols=1\nb = input axis=t cols=1\ny = add a b\n", 1); Session both = two.newSession();
                Model none = Model.of("a = input axis=t cols=1\n", 1); Session nothing = none.newSession()) {
            assertMessage("'words' takes ids", IllegalArgumentException.class, () -> ids.step(new float[] {1f}));
            assertMessage("'x' takes floats", IllegalArgumentException.class, () -> reals.step(1));
            assertMessage("rows of 3", IllegalArgumentException.class, () -> reals.step(new float[] {1f, 2f}));
            assertMessage("no ids", IllegalArgumentException.class, () -> ids.step(new int[0]));
            assertMessage("10", IllegalArgumentException.class, () -> ids.step(10));
            assertMessage("training session", IllegalStateException.class, () -> training.step(1));
            assertMessage("'y' has not been evaluated", IllegalStateException.class, () -> both.step(new float[] {1f}));
            assertMessage("no output", IllegalStateException.class, () -> nothing.step(new float[] {1f}));
            assertMessage("length 1", IllegalArgumentException.class, () -> ids.step(words.newBatch().lengths("text", 2).ids("words", 1, 2)));
            assertArrayEquals(new float[] {3}, scores(both.step(two.newBatch().lengths("t", 1).reals("a", 1).reals("b", 2))));
            assertEquals(10, ids.step(9).remaining());
        }
    }

    @Test
    void steppingAfterCloseOrFromTwoThreadsIsAnException() throws Exception {
        Model model = Model.of(Networks.WORDS, 1);
        Session session = model.newSession();
        FloatBuffer scores = session.step(1);
        float before = scores.get(0);
        Thread[] threads = new Thread[2];
        CountDownLatch refused = new CountDownLatch(1);
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                try {
                    while (refused.getCount() > 0) {
                        session.step(1);
                    }
                } catch (IllegalStateException e) {
                    refused.countDown();
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, refused.getCount());
        session.close();
        model.close();
        assertMessage("session is closed", IllegalStateException.class, () -> session.step(1));
        session.close();
        assertTrue(scores.get(0) == scores.get(0) && Float.isFinite(before));
    }

    @Test
    void aSteadyStepAllocatesNothing() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32);
                Session ids = frozen.newSession(); Model curve = Model.of(Networks.CURVE, 1); Session reals = curve.newSession()) {
            Batch batch = frozen.newBatch().lengths("text", 1);
            float[] row = Networks.floats(1, 3);
            FloatBuffer direct = ByteBuffer.allocateDirect(12).asFloatBuffer();
            assertAllocatesNothing("an id", i -> ids.step(i % 10));
            assertAllocatesNothing("a row", i -> reals.step(row));
            assertAllocatesNothing("a buffer", i -> reals.step(direct));
            assertAllocatesNothing("a batch", i -> {
                batch.writableIds("words").put(0, i % 10);
                ids.step(batch);
            });
            Batch forward = frozen.newBatch().lengths("text", 3, 2).ids("words", 1, 2, 3, 4, 5);
            ids.reset();
            assertAllocatesNothing("a forward call", i -> {
                forward.writableIds("words").put(0, i % 10);
                ids.forward(forward);
            });
        }
    }

    @Test
    void aSteadySelectionAllocatesNothing() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32);
                Session session = frozen.newSession()) {
            Batch batch = frozen.newBatch().lengths("text", 1, 1).ids("words", 3, 4);
            int[] parents = {1, 0};
            assertAllocatesNothing("a selection", i -> {
                session.step(batch);
                session.select("text", parents);
            });
        }
    }

    // The compiler may still be at work, for long on a busy machine, so the first round without any allocation decides.
    private static void assertAllocatesNothing(String what, IntConsumer step) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = -1;
        for (long end = System.nanoTime() + 20_000_000_000L; allocated != 0 && System.nanoTime() < end;) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                step.accept(i);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, allocated, "bytes that 10,000 steps of " + what + " allocate");
    }

    private interface Steps {
        float[] run();
    }

    private static void check(Session session, float[] expected, Steps steps) {
        session.reset();
        assertArrayEquals(expected, steps.run());
    }

    private static float[] scores(FloatBuffer buffer) {
        float[] scores = new float[buffer.remaining()];
        buffer.get(buffer.position(), scores);
        return scores;
    }
}
