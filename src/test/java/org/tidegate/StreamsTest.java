/* Many streams that step together, beside a session for each. */
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
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamsTest {
    private static final int WORDS = 10;

    @Test
    void setsThatChangeAnswerLikeASessionForEachStream() {
        try (Model model = Model.of(Networks.WORDS, 1)) {
            for (Precision precision : Precision.values()) {
                try (FrozenModel frozen = model.freeze(precision); Streams streams = frozen.newStreams("y", 20);
                        Streams elsewhere = frozen.newStreams("y", 20)) {
                    follow(frozen, streams, elsewhere, new Random(precision.ordinal()));
                }
            }
        }
    }

    /** Opens, steps, moves and closes streams by chance. */
    private static void follow(FrozenModel frozen, Streams streams, Streams elsewhere, Random random) {
        Map<Long, Session> alone = new LinkedHashMap<>();
        for (int turn = 0; turn < 200; turn++) {
            while (alone.size() < 2 || alone.size() < streams.capacity() && random.nextInt(3) == 0) {
                alone.put(streams.open(), frozen.newSession());
            }
            List<Long> chosen = new ArrayList<>(alone.keySet());
            Collections.shuffle(chosen, random);
            chosen = chosen.subList(0, 1 + random.nextInt(chosen.size()));
            long[] numbers = chosen.stream().mapToLong(Long::longValue).toArray();
            for (int again = random.nextInt(3); again >= 0; again--) {
                int[] ids = random.ints(numbers.length, 0, WORDS).toArray();
                FloatBuffer shown = streams.step(numbers, ids);
                assertEquals(WORDS * numbers.length, shown.remaining());
                for (int i = 0; i < numbers.length; i++) {
                    assertArrayEquals(floats(alone.get(numbers[i]).step(ids[i])), floats(shown, i * WORDS, WORDS));
                }
            }
            long one = numbers[random.nextInt(numbers.length)];
            assertEquals(alone.get(one).state(), streams.state(one));
            switch (random.nextInt(4)) {
                case 0 -> {
                    streams.close(one);
                    alone.remove(one).close();
                }
                case 1 -> { // away and back
                    long there = elsewhere.open(State.fromBytes(streams.state(one).toBytes()));
                    streams.close(one);
                    int id = random.nextInt(WORDS);
                    assertArrayEquals(floats(alone.get(one).step(id)), floats(elsewhere.step(new long[] {there}, new int[] {id})));
                    long back = streams.open(elsewhere.state(there));
                    elsewhere.close(there);
                    alone.put(back, alone.remove(one));
                }
                default -> {
                }
            }
            assertEquals(alone.size(), streams.count());
        }
        alone.values().forEach(Session::close);
    }

    @Test
    void everyFormOfAStepIsTheSameStep() {
        try (Model words = Model.of(Networks.WORDS, 1); FrozenModel ids = words.freeze(Precision.FLOAT32);
                Streams ofIds = ids.newStreams("y", 9); Model curve = Model.of(Networks.CURVE, 1);
                FrozenModel reals = curve.freeze(Precision.FLOAT32); Streams ofReals = reals.newStreams("y", 9);
                Session alone = reals.newSession()) {
            float[] rows = Networks.floats(1, 6);
            float[] points = floats(alone.step(rows));
            FloatBuffer inside = ByteBuffer.allocateDirect(40).order(ByteOrder.nativeOrder()).asFloatBuffer();
            inside.put(9).put(rows).flip().position(1);
            Batch batch = reals.newBatch().lengths("time", 1, 1).reals("x", rows);
            assertArrayEquals(points, floats(ofReals.step(two(ofReals), rows)));
            assertArrayEquals(points, floats(ofReals.step(LongBuffer.wrap(two(ofReals)), FloatBuffer.wrap(rows))));
            assertArrayEquals(points, floats(ofReals.step(LongBuffer.wrap(two(ofReals)), inside)));
            assertArrayEquals(points, floats(ofReals.step(LongBuffer.wrap(two(ofReals)), batch)));
            assertEquals(1, inside.position());

            float[] scores = floats(ofIds.step(two(ofIds), new int[] {3, 4}));
            long[] pair = two(ofIds);
            LongBuffer middle = LongBuffer.wrap(new long[] {7, pair[0], pair[1], 7}, 1, 2);
            assertArrayEquals(scores, floats(ofIds.step(middle, IntBuffer.wrap(new int[] {9, 3, 4}, 1, 2))));
            Batch words34 = ids.newBatch().lengths("text", 1, 1).ids("words", 3, 4);
            assertArrayEquals(scores, floats(ofIds.step(LongBuffer.wrap(two(ofIds)), words34)));
            assertEquals(1, middle.position());
        }
    }

    private static long[] two(Streams streams) {
        return new long[] {streams.open(), streams.open()};
    }

    @Test
    void rowsOfADerivedAxisComeStreamAfterStream() {
        try (Model model = Model.of("x = input axis=time cols=1\nf = frames x size=2\nu = upsample f factor=2\n", 1);
                FrozenModel frozen = model.freeze(Precision.FLOAT32); Streams streams = frozen.newStreams("u", 3)) {
            long first = streams.open();
            assertEquals(0, streams.step(new long[] {first}, new float[] {1}).remaining());
            long[] all = {streams.open(), first};
            assertArrayEquals(new float[] {1, 2, 1, 2}, floats(streams.step(all, new float[] {8, 2})));
            assertEquals(0, streams.rows(0));
            assertEquals(2, streams.rows(1));
            assertArrayEquals(new float[] {8, 9, 8, 9}, floats(streams.step(all, new float[] {9, 3})));
            assertThrows(IndexOutOfBoundsException.class, () -> streams.rows(2));
        }
    }

    @Test
    void windowsAreCompletedByStepsOverABatch() {
        try (Model model = Model.of("x = input axis=time cols=1\nf = frames x size=2\n", 1);
                FrozenModel frozen = model.freeze(Precision.FLOAT32); Streams streams = frozen.newStreams("f", 1);
                Session alone = frozen.newSession()) {
            LongBuffer stream = LongBuffer.wrap(new long[] {streams.open()});
            Batch batch = frozen.newBatch();
            float[][] windows = {{}, {1, 2}, {}, {3, 4}};
            for (int t = 0; t < windows.length; t++) {
                batch.clear().lengths("time", 1).reals("x", t + 1);
                assertArrayEquals(windows[t], floats(streams.step(stream, batch)));
                assertArrayEquals(windows[t], floats(alone.step(batch)));
            }
        }
    }

    @Test
    void misuseIsRefusedAndChangesNothing() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32);
                Streams streams = frozen.newStreams("y", 2); Streams others = frozen.newStreams("y", 2);
                Session alone = frozen.newSession()) {
            long stream = streams.open();
            long foreign = others.open();
            long closed = streams.open();
            streams.close(closed);
            streams.step(new long[] {stream}, new int[] {1});
            alone.step(1);
            assertMessage("is none of these", () -> streams.step(new long[] {stream, closed}, new int[] {1, 1}));
            assertMessage("is none of these", () -> streams.step(new long[] {foreign}, new int[] {1}));
            assertMessage("is given twice", () -> streams.step(new long[] {stream, stream}, new int[] {1, 1}));
            assertMessage("has 2 elements; 1 stream needs 1", () -> streams.step(new long[] {stream}, new int[] {1, 2}));
            assertMessage("A step of 0 streams; expected 1 to 2", () -> streams.step(new long[0], new int[0]));
            assertMessage("A step of 3 streams; expected 1 to 2", () -> streams.step(new long[3], new int[3]));
            assertMessage("is 10, expected 0 to 9", () -> streams.step(new long[] {stream}, new int[] {WORDS}));
            assertMessage("takes ids", () -> streams.step(new long[] {stream}, new float[] {1}));
            LongBuffer one = LongBuffer.wrap(new long[] {stream});
            Batch other = frozen.newBatch().lengths("text", 1).ids("next", 1);
            assertMessage("'next' is no input that 'y' follows from", () -> streams.step(one, other));
            Batch longer = frozen.newBatch().lengths("text", 2).ids("words", 1, 1);
            assertMessage("sequences of length 1", () -> streams.step(one, longer));
            assertMessage("is none of these", () -> streams.close(closed));
            assertMessage("is none of these", () -> streams.state(foreign));
            assertMessage("belongs to no model", IllegalStateException.class, () -> streams.open(State.of(1, new float[12])));
            assertMessage("of 2 sequences", () -> streams.open(two(frozen)));
            assertMessage("no value 'z'", () -> frozen.newStreams("z", 2));
            assertMessage("cannot be what streams show", () -> frozen.newStreams("loss", 2));
            assertMessage("expected 1 to 1048576", () -> frozen.newStreams("y", 0));
            streams.open();
            assertMessage("all 2 streams are open", IllegalStateException.class, streams::open);
            assertMessage("threads=0", () -> streams.setThreads(0));
            streams.setThreads(2);
            assertArrayEquals(floats(alone.step(5)), floats(streams.step(new long[] {stream}, new int[] {5})));
        }
    }

    private static State two(FrozenModel model) {
        try (Session session = model.newSession()) {
            session.step(new int[] {1, 2});
            return session.state();
        }
    }

    @Test
    void statesPassBetweenSessionsAndStreams() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32);
                Streams streams = frozen.newStreams("y", 4); Session session = frozen.newSession(); Session other = frozen.newSession()) {
            session.step(new int[] {3, 4});
            long stream = streams.open(session.state().select(1));
            float[] expected = floats(session.step(new int[] {0, 5}), WORDS, WORDS);
            assertArrayEquals(expected, floats(streams.step(new long[] {stream}, new int[] {5})));
            other.setState(streams.state(stream));
            assertArrayEquals(floats(other.step(6)), floats(streams.step(new long[] {stream}, new int[] {6})));
            long fresh = streams.open(State.of(0));
            assertTrue(streams.state(fresh).isEmpty());
            assertNotEquals(fresh, streams.open(streams.state(fresh)));
        }
    }

    @Test
    void aClosedPoolRefusesAndWhatItShowedStays() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32)) {
            Streams streams = frozen.newStreams("y", 4);
            assertSame(frozen, streams.model());
            long stream = streams.open();
            FloatBuffer shown = streams.step(new long[] {stream}, new int[] {1});
            assertTrue(streams.bytes() > 0);
            frozen.close();
            float[] before = floats(streams.step(new long[] {stream}, new int[] {2})); // holds the weights
            streams.close();
            streams.close();
            assertMessage("is closed", IllegalStateException.class, () -> streams.step(new long[] {stream}, new int[] {1}));
            assertMessage("is closed", IllegalStateException.class, streams::open);
            assertMessage("is closed", IllegalStateException.class, streams::count);
            assertArrayEquals(before, floats(shown));
        }
    }

    @Test
    void aSteadyStepOfSetsThatChangeAllocatesNothing() {
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32);
                Streams streams = frozen.newStreams("y", 8)) {
            long[] all = new long[8];
            for (int i = 0; i < all.length; i++) {
                all[i] = streams.open();
            }
            LongBuffer numbers = LongBuffer.wrap(all);
            IntBuffer ids = IntBuffer.wrap(new int[] {1, 2, 3, 4, 5, 6, 7, 8});
            Batch batch = frozen.newBatch().lengths("text", 1, 1).ids("words", 3, 4);
            int[] ones = {1, 1, 1, 1, 1, 1, 1, 1};
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long allocated = -1;
            for (long end = System.nanoTime() + 20_000_000_000L; allocated != 0 && System.nanoTime() < end;) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 10_000; i++) {
                    int count = 1 + i * 5 % 8;
                    streams.step(numbers.position(i % (9 - count)).limit(i % (9 - count) + count), ids.position(0).limit(count));
                    numbers.clear();
                    ids.clear();
                    int n = 1 + i % 8;
                    batch.lengths("text", ones, n).writableIds("words").put(0, 1);
                    streams.step(numbers.limit(n), batch);
                    numbers.clear();
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertEquals(0, allocated);
        }
    }

    private static float[] floats(FloatBuffer buffer) {
        return floats(buffer, 0, buffer.remaining());
    }

    private static float[] floats(FloatBuffer buffer, int first, int count) {
        float[] floats = new float[count];
        buffer.get(first, floats);
        return floats;
    }
}
