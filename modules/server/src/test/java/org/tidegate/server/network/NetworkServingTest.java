/* Networks as tensors. */
package org.tidegate.server.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;

class NetworkServingTest {
    private static NetworkServing serving(String spec) {
        return new NetworkServing(Networks.frozen(spec, Precision.FLOAT32));
    }

    private static InferenceTensor real(String name, float[] values, long... shape) {
        return InferenceTensor.of(name, values, shape);
    }

    private static InferenceTensor whole(String name, int[] values, long... shape) {
        return InferenceTensor.of(name, values, shape);
    }

    private static List<InferenceTensor> answer(NetworkServing serving, InferenceRequest request) {
        return Networks.together(serving, List.of(request)).get(0);
    }

    /** One sequence by a session of its own. */
    private static float[] alone(Session session, String input, float[] rows, int steps, String output) {
        session.clear();
        Batch batch = session.network().newBatch().equalLengths("time", 1, steps).reals(input, rows);
        session.forward(batch);
        return session.output(output).toArray();
    }

    @Test
    void theMetadataNamesInputsThatOutputsFollowFromAndTheLengthsOfTheirAxes() {
        try (NetworkServing curve = serving(Networks.CURVE); NetworkServing two = serving(Networks.TWO);
                NetworkServing mixed = serving(Networks.MIXED); NetworkServing words = serving(Networks.WORDS)) {
            assertEquals("[x FP32 [-1, -1, 2], time.lengths INT32 [-1]] [y FP32 [-1, -1, 3]]", text(curve));
            assertEquals("[source FP32 [-1, -1, 2], target FP32 [-1, -1, 2], source.lengths INT32 [-1], target.lengths INT32 [-1]]"
                    + " [y FP32 [-1, -1, 2]]", text(two));
            assertEquals("[x FP32 [-1, -1, 1], who FP32 [-1, 5], time.lengths INT32 [-1]] [y FP32 [-1, 2], steps FP32 [-1, -1, 2]]",
                    text(mixed));
            assertEquals("[words INT32 [-1, -1], text.lengths INT32 [-1]] [y FP32 [-1, -1, 1]]", text(words));
        }
    }

    private static String text(NetworkServing serving) {
        return serving.inputs().stream().map(each -> each.name() + " " + each.datatype() + " " + each.shape()).toList() + " "
                + serving.outputs().stream().map(each -> each.name() + " " + each.datatype() + " " + each.shape()).toList();
    }

    @Test
    void requestsOfAllFormsRunTogetherWithTheBitsOfEachSequenceAlone() {
        Random random = new Random(1);
        for (Precision precision : Precision.values()) {
            FrozenModel model = Networks.frozen(Networks.CURVE, precision);
            try (NetworkServing serving = new NetworkServing(model); Session session = model.newSession()) {
                for (int turn = 0; turn < 40; turn++) {
                    List<InferenceRequest> requests = new ArrayList<>();
                    List<float[]> expected = new ArrayList<>();
                    for (int r = 1 + random.nextInt(6); r > 0; r--) {
                        ask(random, session, requests, expected);
                    }
                    List<List<InferenceTensor>> answers = Networks.together(serving, requests);
                    for (int r = 0; r < requests.size(); r++) {
                        assertArrayEquals(expected.get(r), answers.get(r).get(0).floats());
                        assertEquals(requests.get(r).input("x").rank(), answers.get(r).get(0).rank());
                    }
                }
            }
        }
    }

    /** A request of a few sequences, padded or one after another, and what they give alone. */
    private static void ask(Random random, Session session, List<InferenceRequest> requests, List<float[]> expected) {
        int n = 1 + random.nextInt(4);
        int[] lengths = random.ints(n, 1, 9).toArray();
        boolean padded = random.nextBoolean();
        int steps = padded ? Arrays.stream(lengths).max().orElseThrow() + random.nextInt(3) : 0;
        int rows = padded ? n * steps : Arrays.stream(lengths).sum();
        float[] x = new float[2 * rows];
        float[] y = new float[3 * rows];
        Arrays.fill(x, 99); // what is padding is not read
        int row = 0;
        for (int length : lengths) {
            float[] sequence = Networks.floats(random, 2 * length);
            System.arraycopy(sequence, 0, x, 2 * row, 2 * length);
            System.arraycopy(alone(session, "x", sequence, length, "y"), 0, y, 3 * row, 3 * length);
            row += padded ? steps : length;
        }
        requests.add(Networks.request(padded ? real("x", x, n, steps, 2) : real("x", x, rows, 2), whole("time.lengths", lengths, n)));
        expected.add(y);
    }

    @Test
    void lengthsMayBeLeftOutWhereAllStepsAreMeant() {
        try (NetworkServing serving = serving(Networks.CURVE)) {
            float[] x = Networks.floats(new Random(2), 12);
            InferenceTensor without = answer(serving, Networks.request(real("x", x, 2, 3, 2))).get(0);
            InferenceTensor with = answer(serving, Networks.request(real("x", x, 6, 2), whole("time.lengths", new int[] {3, 3}, 2))).get(0);
            assertArrayEquals(new long[] {2, 3, 3}, without.shape());
            assertArrayEquals(new long[] {6, 3}, with.shape());
            assertArrayEquals(with.floats(), without.floats());
        }
    }

    @Test
    void rowsOfSequencesGoInAndComeOutBesideSteps() {
        FrozenModel model = Networks.frozen(Networks.MIXED, Precision.FLOAT32);
        try (NetworkServing serving = new NetworkServing(model); Session session = model.newSession()) {
            Random random = new Random(3);
            float[] x = Networks.floats(random, 6);
            float[] who = Networks.floats(random, 10);
            InferenceTensor lengths = whole("time.lengths", new int[] {2, 4}, 2);
            InferenceRequest request = Networks.request(real("x", x, 6), real("who", who, 2, 5), lengths);
            List<InferenceTensor> found = answer(serving, request);
            assertEquals(List.of("y", "steps"), found.stream().map(InferenceTensor::name).toList());
            Batch batch = model.newBatch().lengths("time", 2, 4).reals("who", who);
            for (int row = 0; row < 6; row++) {
                batch.writableReals("x").put(row < 2 ? batch.row("time", 0, row) : batch.row("time", 1, row - 2), x[row]);
            }
            session.forward(batch);
            assertArrayEquals(session.output("y").toArray(), found.get(0).floats());
            assertArrayEquals(new long[] {2, 2}, found.get(0).shape());
            assertEquals(1, answer(serving, Networks.request(List.of("y"), real("x", x, 6, 1), real("who", who, 2, 5), lengths)).size());
        }
    }

    @Test
    void windowsOverStepsHaveFewerRowsInTheFormOfTheInput() {
        FrozenModel model = Networks.frozen(Networks.PAIRS, Precision.FLOAT32);
        try (NetworkServing serving = new NetworkServing(model); Session session = model.newSession()) {
            float[] x = Networks.floats(new Random(4), 2 * 12);
            float[] first = alone(session, "x", Arrays.copyOf(x, 10), 5, "y");
            float[] second = alone(session, "x", Arrays.copyOfRange(x, 10, 24), 7, "y");
            InferenceTensor lengths = whole("time.lengths", new int[] {5, 7}, 2);
            InferenceTensor y = answer(serving, Networks.request(real("x", x, 12, 2), lengths)).get(0);
            assertArrayEquals(new long[] {5, 2}, y.shape());
            assertArrayEquals(first, Arrays.copyOf(y.floats(), 4));
            assertArrayEquals(second, Arrays.copyOfRange(y.floats(), 4, 10));
            float[] padded = Arrays.copyOf(x, 28);
            System.arraycopy(x, 10, padded, 14, 14);
            InferenceTensor other = answer(serving, Networks.request(real("x", padded, 2, 7, 2), lengths)).get(0);
            assertArrayEquals(new long[] {2, 3, 2}, other.shape());
            assertArrayEquals(first, Arrays.copyOf(other.floats(), 4));
            assertArrayEquals(new float[2], Arrays.copyOfRange(other.floats(), 4, 6));
            assertArrayEquals(second, Arrays.copyOfRange(other.floats(), 6, 12));
            refused("at least 2", serving, real("x", new float[2], 1, 1, 2));
        }
    }

    @Test
    void twoAxesHaveLengthsOfTheirOwn() {
        FrozenModel model = Networks.frozen(Networks.TWO, Precision.FLOAT32);
        try (NetworkServing serving = new NetworkServing(model); Session session = model.newSession()) {
            Random random = new Random(5);
            float[] source = Networks.floats(random, 6);
            float[] target = Networks.floats(random, 10);
            session.forward(model.newBatch().equalLengths("source", 1, 3).reals("source", source)
                    .equalLengths("target", 1, 5).reals("target", target));
            assertArrayEquals(session.output("y").toArray(),
                    answer(serving, Networks.request(real("source", source, 1, 3, 2), real("target", target, 1, 5, 2))).get(0).floats());
            refused("[1, 2] sequences", serving, real("source", source, 1, 3, 2), real("target", Arrays.copyOf(target, 8), 2, 2, 2));
        }
    }

    @Test
    void realsAndIdsOfAllDatatypesAreTaken() {
        try (NetworkServing curve = serving(Networks.CURVE); NetworkServing words = serving(Networks.WORDS)) {
            float[] x = {0.5f, -1, 0.25f, 2};
            float[] expected = answer(curve, Networks.request(real("x", x, 1, 2, 2))).get(0).floats();
            ByteBuffer doubles = Networks.bytes(32);
            ByteBuffer upper = Networks.bytes(8);
            for (float each : x) {
                doubles.putDouble(each);
                upper.putShort((short) (Float.floatToRawIntBits(each) >>> 16));
            }
            ByteBuffer halves = Networks.bytes(8).putShort((short) 0x3800).putShort((short) 0xbc00).putShort((short) 0x3400)
                    .putShort((short) 0x4000);
            for (InferenceTensor tensor : List.of(new InferenceTensor("x", Datatype.FP64, new long[] {1, 2, 2}, doubles.flip()),
                    new InferenceTensor("x", Datatype.BF16, new long[] {1, 2, 2}, upper.flip()),
                    new InferenceTensor("x", Datatype.FP16, new long[] {1, 2, 2}, halves.flip()))) {
                assertArrayEquals(expected, answer(curve, Networks.request(tensor)).get(0).floats());
            }
            float[] ofIds = answer(words, Networks.request(whole("words", new int[] {3, 9}, 1, 2))).get(0).floats();
            for (Datatype type : Datatype.values()) {
                if (type.isInteger()) {
                    ByteBuffer ids = Networks.bytes(2 * type.bytes()).put(0, (byte) 3).put(type.bytes(), (byte) 9);
                    InferenceTensor tensor = new InferenceTensor("words", type, new long[] {1, 2}, ids);
                    assertArrayEquals(ofIds, answer(words, Networks.request(tensor)).get(0).floats());
                }
            }
        }
    }

    @Test
    void whatIsWrongWithATensorIsSaid() {
        try (NetworkServing curve = serving(Networks.CURVE); NetworkServing words = serving(Networks.WORDS);
                NetworkServing mixed = serving(Networks.MIXED)) {
            float[] x = new float[12];
            refused("'x' is missing", curve);
            refused("[N, T, 2]", curve, real("x", x, 2, 2, 3));
            refused("[N, T, 2]", curve, real("x", x, 3, 4));
            refused("[N, T, 2]", curve, real("x", x, 12));
            refused("no sequence", curve, real("x", new float[0], 0, 3, 2));
            refused("has 0 steps", curve, real("x", new float[0], 2, 0, 2));
            refused("to add up to them", curve, real("x", x, 6, 2));
            refused("they add up to 5", curve, real("x", x, 6, 2), whole("time.lengths", new int[] {2, 3}, 2));
            refused("at most 4", curve, real("x", x, 2, 3, 2), whole("time.lengths", new int[] {2, 4}, 2));
            refused("has 0 steps", curve, real("x", x, 2, 3, 2), whole("time.lengths", new int[] {2, 0}, 2));
            refused("has -1 steps", curve, real("x", x, 2, 3, 2), whole("time.lengths", new int[] {-1, 7}, 2));
            refused("whole numbers", words, real("words", x, 3, 4));
            refused("[N, T]", words, whole("words", new int[12], 1, 3, 4));
            refused("10", words, whole("words", new int[] {3, 10}, 1, 2));
            refused("-1", words, whole("words", new int[] {3, -1}, 1, 2));
            refused("[N, 5]", mixed, real("x", x, 2, 6), real("who", x, 3, 4));
            refused("expected numbers", curve, InferenceTensor.of("x", List.of("a", "b"), 1, 1, 2));
        }
    }

    private static void refused(String expected, NetworkServing serving, InferenceTensor... inputs) {
        ProtocolException failure = assertThrows(ProtocolException.class, () -> answer(serving, Networks.request(inputs)));
        assertTrue(failure.getMessage().contains(expected), failure.getMessage());
    }

    /** A shape says of any number of sequences that they have no step. */
    @Test
    void sequencesWithoutElementsTakeNoMemory() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (NetworkServing curve = serving(Networks.CURVE); NetworkServing words = serving(Networks.WORDS);
                NetworkServing each = serving("who = input axis=time cols=5 per=sequence\ny = linear who cols=2\n")) {
            refused("has 0 steps", curve, real("x", new float[0], 1, 0, 2)); // classes are loaded
            refused("has no sequence", each, real("who", new float[0], 0, 0));
            long before = threads.getCurrentThreadAllocatedBytes();
            for (long many : new long[] {500_000_000L, Integer.MAX_VALUE}) {
                refused("has 0 steps", curve, real("x", new float[0], many, 0, 2));
                refused("has 0 steps", curve, real("x", new float[0], many, 0, 2), whole("time.lengths", new int[] {1}, 1));
                refused("has 0 steps", words, whole("words", new int[0], many, 0));
                refused("has no sequence", each, real("who", new float[0], many, 0));
                refused("has no sequence", curve, real("x", new float[0], 0, many, 2));
            }
            assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 10_000_000);
            int most = Integer.MAX_VALUE;
            refused("add up to 4294967294", curve, real("x", new float[4], 2, 2), whole("time.lengths", new int[] {most, most}, 2));
        }
    }

    /** Where no input has steps a few bytes could name any number of them. */
    @Test
    void lengthsThatNoInputHasAreBounded() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (NetworkServing each = serving("who = input axis=time cols=5 per=sequence\ny = linear who cols=2\n")) {
            InferenceTensor who = real("who", Networks.floats(new Random(7), 10), 2, 5);
            float[] expected = answer(each, Networks.request(who)).get(0).floats();
            assertArrayEquals(expected, answer(each, Networks.request(who, whole("time.lengths", new int[] {3, 1 << 19}, 2))).get(0).floats());
            long before = threads.getCurrentThreadAllocatedBytes();
            refused("expected at most 1048576", each, who, whole("time.lengths", new int[] {1, (1 << 19) + 1}, 2));
            refused("4000000000 steps", each, who, whole("time.lengths", new int[] {1, 2_000_000_000}, 2));
            assertTrue(threads.getCurrentThreadAllocatedBytes() - before < 1_000_000);
        }
    }

    @Test
    void anIdThatIsWrongFailsItsOwnRequestAlone() {
        try (NetworkServing serving = serving(Networks.WORDS)) {
            InferenceRequest good = Networks.request(whole("words", new int[] {1, 2, 3}, 1, 3));
            float[] expected = answer(serving, good).get(0).floats();
            InferenceRequest bad = Networks.request(whole("words", new int[] {1, 77}, 1, 2));
            List<InferenceRequest> requests = List.of(good, bad, good);
            List<NetworkServing.Read> read = requests.stream().map(serving::read).toList();
            List<NetworkServing.Found> found = serving.run(read);
            for (int i : new int[] {0, 2}) {
                assertArrayEquals(expected, serving.write(good, read.get(i), found.get(i)).get(0).floats());
            }
            ProtocolException failure = assertThrows(ProtocolException.class, () -> serving.write(bad, read.get(1), found.get(1)));
            assertTrue(failure.getMessage().contains("77"), failure.getMessage());
        }
    }

    @Test
    void notANumberStaysInItsOwnSequence() {
        for (Precision precision : Precision.values()) {
            try (NetworkServing serving = new NetworkServing(Networks.frozen(Networks.CURVE, precision))) {
                InferenceRequest good = Networks.request(real("x", Networks.floats(new Random(6), 6), 1, 3, 2));
                float[] expected = answer(serving, good).get(0).floats();
                List<List<InferenceTensor>> found = Networks.together(serving,
                        List.of(good, Networks.request(real("x", new float[] {1, Float.NaN, 1, 1}, 1, 2, 2)), good));
                assertArrayEquals(expected, found.get(0).get(0).floats());
                assertArrayEquals(expected, found.get(2).get(0).floats());
                for (float each : found.get(1).get(0).floats()) {
                    assertTrue(Float.isNaN(each));
                }
            }
        }
    }
}
