/* Threads that share what they may and what they may not. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tidegate.hammer.Hammer;
import org.tidegate.hammer.Soak;

@Tag(Soak.TAG)
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HammerTest {
    /** Its loss and its output belong to the one input. */
    private static final String COPIES = """
        x = input axis=time cols=2 gradient=true
        h = recurrent x cell=lstm size=2
        loss = mse h x
        """;
    private static final Class<IllegalStateException> BUSY = IllegalStateException.class;
    private static final Class<IllegalArgumentException> WRONG = IllegalArgumentException.class;
    private static final Update NOTHING = Update.of(0);

    /** A content of a batch for {@link #COPIES}, and what it gives alone. No two have as many sequences or rows. */
    private static final class Content {
        final int[] lengths;
        final float[] rows;
        final float[][][] sequences;
        double loss;
        float[] output;

        Content(int number, Model model) {
            lengths = IntStream.rangeClosed(0, number).map(s -> 1 + (7 * s + number) % 5).toArray();
            int sum = IntStream.of(lengths).sum();
            rows = Networks.floats(number, 2 * sum);
            sequences = new float[lengths.length][][];
            try (Session session = model.newSession()) {
                Batch batch = give(model.newBatch());
                for (int s = 0; s < sequences.length; s++) {
                    sequences[s] = new float[lengths[s]][];
                    for (int t = 0; t < lengths[s]; t++) {
                        int row = batch.row("time", s, t);
                        sequences[s][t] = Arrays.copyOfRange(rows, 2 * row, 2 * row + 2);
                    }
                }
                loss = session.forward(batch).loss();
                output = session.output("h").toArray();
            }
        }

        static Content[] of(Model model) {
            Content[] contents = IntStream.range(0, 12).mapToObj(number -> new Content(number, model)).toArray(Content[]::new);
            assertEquals(12, Arrays.stream(contents).mapToInt(content -> content.rows.length).distinct().count());
            return contents;
        }

        Batch give(Batch batch) {
            return batch.lengths("time", lengths).reals("x", rows);
        }

        static Content any(Content[] contents, SplittableRandom random) {
            return contents[random.nextInt(contents.length)];
        }

        static void assertLossOfOne(Content[] contents, Metrics metrics) {
            assertTrue(Arrays.stream(contents).anyMatch(content -> content.loss == metrics.loss()), "a loss of no content: " + metrics);
        }

        static void assertOutputOfOne(Content[] contents, float[] output) {
            assertTrue(Arrays.stream(contents).anyMatch(content -> Arrays.equals(content.output, output)),
                "an output of no content, " + output.length + " numbers: " + Arrays.toString(output));
        }
    }

    /** What threads share that should not. */
    private record Pair(Session session, Batch batch) {
        static Pair of(Model model) {
            return new Pair(model.newSession(), model.newBatch());
        }
    }

    @Test
    void aSharedBatchAndSessionAnswerWithOneContentOrRefuse() throws Exception {
        try (Model model = Model.of(COPIES, 1)) {
            Content[] contents = Content.of(model);
            AtomicReference<Pair> pair = new AtomicReference<>(Pair.of(model));
            ThreadLocal<Batch> own = ThreadLocal.withInitial(model::newBatch);
            int[] changing = IntStream.range(0, 64).map(s -> 1).toArray();
            new Hammer("a shared batch and session")
                .operation("fill rows", random -> Content.any(contents, random).give(pair.get().batch()), BUSY, WRONG)
                .operation("fill sequences", random -> {
                    Content content = Content.any(contents, random);
                    pair.get().batch().lengths("time", content.lengths).reals("x", content.sequences);
                }, BUSY, WRONG)
                .operation("fill and fail", random -> {
                    float[][][] broken = Content.any(contents, random).sequences.clone();
                    broken[broken.length - 1] = new float[0][];
                    assertRefused(() -> pair.get().batch().reals("x", broken));
                }, BUSY)
                .operation("lengths that change", random -> {
                    changing[random.nextInt(64)] = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(300);
                    pair.get().batch().lengths("time", changing);
                }, BUSY, WRONG)
                .operation("clear", random -> pair.get().batch().clear(), BUSY)
                .operation("rows", random -> {
                    Batch batch = pair.get().batch();
                    int rows = batch.rows("time");
                    assertTrue(rows >= 64 || Arrays.stream(contents).anyMatch(content -> content.rows.length == 2 * rows), rows + " rows");
                    batch.row("time", batch.sequences("time") - 1, 0);
                }, BUSY, WRONG)
                .operation("forward", random -> {
                    Pair shared = pair.get();
                    Metrics metrics = shared.session().forward(shared.batch());
                    if (metrics.targets() > 0 || metrics.loss() != 0) { // else the input was not given
                        Content.assertLossOfOne(contents, metrics);
                    }
                }, BUSY)
                .operation("forward of one's own batch", random -> {
                    Content content = Content.any(contents, random);
                    assertEquals(content.loss, pair.get().session().forward(content.give(own.get())).loss());
                }, BUSY)
                .operation("output", random -> Content.assertOutputOfOne(contents, pair.get().session().output("h").toArray()), BUSY)
                .operation("close", random -> {
                    if (random.nextInt(50) == 0) {
                        pair.get().session().close();
                        pair.set(Pair.of(model));
                    }
                }, BUSY)
                .run();
            for (Content content : contents) {
                Pair left = pair.get();
                assertEquals(content.loss, left.session().forward(content.give(left.batch().clear())).loss());
                assertArrayEquals(content.output, left.session().output("h").toArray());
            }
            pair.get().session().close();
        }
    }

    @Test
    void eachForwardCallOfASharedSessionReturnsItsOwnLoss() throws Exception {
        try (Model model = Model.of(COPIES, 1); Session session = model.newSession()) {
            Content[] contents = Content.of(model);
            ThreadLocal<Batch> own = ThreadLocal.withInitial(model::newBatch);
            new Hammer("forward of a shared session").operation("forward", random -> {
                Content content = Content.any(contents, random);
                assertEquals(content.loss, session.forward(content.give(own.get())).loss());
            }, BUSY).run();
            assertEquals(contents[0].loss, session.forward(contents[0].give(model.newBatch())).loss());
        }
    }

    @Test
    void aSharedSessionOverDerivedAxesAnswersOrRefuses() throws Exception {
        String spec = "x = input axis=steps cols=2\nc = conv1d x filters=3 kernel=3 pad=2,0\nf = frames c size=2\n"
            + "g = recurrent f cell=gru size=4\nnone = mul g value=0\nloss = mse g none\n";
        try (Model model = Model.of(spec, 1); FrozenModel frozen = model.freeze(Precision.FLOAT32); Session session = frozen.newSession()) {
            float[][] rows = {floats(2 * 7), floats(2 * 40)};
            double[] losses = new double[2];
            for (int i = 0; i < 2; i++) {
                losses[i] = session.forward(frozen.newBatch().lengths("steps", rows[i].length / 2).reals("x", rows[i])).loss();
            }
            State start = session.state();
            ThreadLocal<Batch> own = ThreadLocal.withInitial(frozen::newBatch);
            Batch shared = frozen.newBatch();
            new Hammer("a shared session over derived axes")
                .operation("forward", random -> {
                    int i = random.nextInt(2);
                    Batch batch = own.get().lengths("steps", rows[i].length / 2).reals("x", rows[i]);
                    assertEquals(losses[i], session.forward(batch).loss());
                }, BUSY)
                .operation("step", random -> session.step(new float[2 * (1 + random.nextInt(3))]), BUSY, WRONG)
                .operation("lengths", random -> {
                    for (int length : session.lengths("f")) {
                        assertTrue(length >= 0 && length <= 20, length + " rows");
                    }
                }, BUSY)
                .operation("output", random -> session.output("g").toArray(), BUSY)
                .operation("select", random -> session.select("steps", 0, 0), BUSY, WRONG)
                .operation("state", random -> session.setState(random.nextBoolean() ? start : session.state()), BUSY)
                .operation("reset", random -> session.reset(), BUSY)
                .operation("clear", random -> session.clear(), BUSY)
                .operation("lengths of a batch", random -> shared.lengths("steps", 1 + random.nextInt(30), 2), BUSY)
                .operation("rows of a batch", random -> assertTrue(shared.rows("f") <= 16), BUSY)
                .run();
            session.clear();
            assertEquals(losses[1], session.forward(frozen.newBatch().lengths("steps", 40).reals("x", rows[1])).loss());
        }
    }

    @Test
    void streamsOfManyThreadsGoOnFromTheirOwnStatesOrAreRefused() throws Exception {
        try (Model model = Model.of("x = input axis=time cols=2\nh = recurrent x cell=lstm size=3\ny = linear h cols=2\n", 1);
                FrozenModel frozen = model.freeze(Precision.FLOAT32)) {
            float[][] expected = new float[32][]; // what the steps of a stream show
            try (Session alone = frozen.newSession()) {
                for (int step = 0; step < expected.length; step++) {
                    expected[step] = shown(alone.step(input(step)), 0);
                }
            }
            AtomicReference<Streams> current = new AtomicReference<>(frozen.newStreams("y", 150));
            AtomicReferenceArray<Client> clients = new AtomicReferenceArray<>(40);
            new Hammer("streams of many threads")
                .operation("step some", random -> {
                    Streams streams = current.get();
                    List<Client> mine = Client.take(clients, streams, 1 + random.nextInt(8), random);
                    try {
                        float[] rows = new float[2 * mine.size()];
                        for (int i = 0; i < mine.size(); i++) {
                            System.arraycopy(input(mine.get(i).steps), 0, rows, 2 * i, 2);
                        }
                        if (mine.isEmpty()) {
                            return;
                        }
                        FloatBuffer y = streams.step(mine.stream().mapToLong(client -> client.number).toArray(), rows);
                        // Another thread's step may write the buffer from now on; "check one" sees whether the streams are right.
                        assertTrue(y.capacity() >= 2 * mine.size());
                        mine.forEach(client -> client.steps++);
                    } finally {
                        mine.forEach(client -> client.busy.set(false));
                    }
                }, BUSY, WRONG)
                .operation("check one", random -> {
                    Streams streams = current.get();
                    for (Client client : Client.take(clients, streams, 1, random)) {
                        try (Session alone = frozen.newSession()) {
                            alone.setState(streams.state(client.number));
                            assertArrayEquals(expected[client.steps], shown(alone.step(input(client.steps)), 0));
                        } finally {
                            client.busy.set(false);
                        }
                    }
                }, BUSY, WRONG)
                .operation("open", random -> {
                    Streams streams = current.get();
                    Client.put(clients, new Client(streams, streams.open()), random);
                }, BUSY, WRONG)
                .operation("move", random -> {
                    Streams streams = current.get();
                    for (Client client : Client.take(clients, streams, 1, random)) {
                        Client moved = new Client(streams, streams.open(State.fromBytes(streams.state(client.number).toBytes())));
                        moved.steps = client.steps;
                        streams.close(client.number);
                        Client.put(clients, moved, random);
                    }
                }, BUSY, WRONG)
                .operation("misuse", random -> {
                    Streams streams = current.get();
                    long one = streams.open();
                    long[] numbers = switch (random.nextInt(4)) {
                        case 0 -> new long[] {one, one};
                        case 1 -> new long[] {one, one + 1};
                        case 2 -> new long[] {random.nextLong(), one};
                        default -> new long[] {one, 0};
                    };
                    try {
                        streams.step(numbers, new float[4]);
                        throw new AssertionError("taken: " + Arrays.toString(numbers));
                    } catch (IllegalArgumentException e) {
                        assertTrue(streams.state(one).isEmpty());
                    } finally {
                        streams.close(one);
                    }
                    assertRefused(() -> streams.close(one));
                }, BUSY)
                .operation("figures", random -> {
                    Streams streams = current.get();
                    assertTrue(streams.count() <= 150);
                    assertTrue(streams.bytes() > 0);
                }, BUSY)
                .operation("another pool", random -> {
                    if (random.nextInt(200) == 0) {
                        current.getAndSet(frozen.newStreams("y", 150)).close();
                    }
                })
                .run();
            current.get().close();
        }
    }

    /** A stream of a pool; whoever sets busy may step it. */
    private static final class Client {
        final Streams streams;
        final long number;
        final AtomicBoolean busy = new AtomicBoolean();
        volatile int steps;

        Client(Streams streams, long number) {
            this.streams = streams;
            this.number = number;
        }

        /** Closes the stream whose place it takes, perhaps in the middle of its step. */
        static void put(AtomicReferenceArray<Client> clients, Client client, SplittableRandom random) {
            Client before = clients.getAndSet(random.nextInt(clients.length()), client);
            if (before != null && before.streams == client.streams) {
                client.streams.close(before.number);
            }
        }

        /** Some that nobody steps and that have steps left, busy from now on. */
        static List<Client> take(AtomicReferenceArray<Client> clients, Streams streams, int most, SplittableRandom random) {
            List<Client> taken = new ArrayList<>();
            for (int tries = 0; tries < 3 * most && taken.size() < most; tries++) {
                Client client = clients.get(random.nextInt(clients.length()));
                if (client != null && client.streams == streams && client.busy.compareAndSet(false, true)) {
                    if (client.steps < 31) {
                        taken.add(client);
                    } else {
                        client.busy.set(false);
                    }
                }
            }
            return taken;
        }
    }

    private static float[] input(int step) {
        return new float[] {(float) Math.sin(step), (float) Math.cos(2 * step)};
    }

    private static float[] shown(FloatBuffer buffer, int first) {
        float[] two = new float[2];
        buffer.get(first, two);
        return two;
    }

    private static float[] floats(int count) {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) Math.sin(i * 0.7);
        }
        return floats;
    }

    @Test
    void whoeverWritesIntoBuffersHandedOutWritesNowhereElse() throws Exception {
        try (Model model = Model.of(COPIES, 1); Session session = model.newTrainingSession(1); Session steps = model.newSession();
                Optimizer optimizer = model.newOptimizer("adam")) {
            Content[] contents = Content.of(model);
            Batch batch = model.newBatch();
            FloatBuffer moving = ByteBuffer.allocateDirect(4_000).asFloatBuffer();
            AtomicReferenceArray<FloatBuffer> shown = new AtomicReferenceArray<>(8);
            Class<IndexOutOfBoundsException> outside = IndexOutOfBoundsException.class;
            new Hammer("buffers handed out")
                .operation("fill", random -> Content.any(contents, random).give(batch), BUSY, WRONG)
                .operation("write the batch's buffer", random -> {
                    FloatBuffer rows = batch.writableReals("x");
                    shown.set(random.nextInt(8), rows);
                    for (int i = 0; i < 200; i++) {
                        rows.put(random.nextInt(rows.capacity()), random.nextInt());
                    }
                    rows.limit(random.nextInt(rows.capacity() + 1));
                }, BUSY, outside)
                .operation("write any buffer", random -> {
                    FloatBuffer any = shown.get(random.nextInt(8));
                    for (int i = 0; any != null && i < 200; i++) {
                        any.put(random.nextInt(any.capacity()), any.get(random.nextInt(any.capacity())));
                    }
                }, outside)
                .operation("train", random -> session.train(batch, optimizer, NOTHING), BUSY)
                .operation("forward", random -> session.forward(batch), BUSY)
                .operation("backward", random -> {
                    int rows = (int) session.output("h").shape()[0];
                    FloatBuffer given = ByteBuffer.allocateDirect(8 * rows).asFloatBuffer();
                    FloatBuffer view = random.nextBoolean() ? given : session.outputGradient("h").buffer();
                    session.backward(new OutputGradient("h", view));
                }, BUSY, WRONG)
                .operation("show", random -> {
                    Tensor tensor = random.nextBoolean() ? session.output("h") : random.nextBoolean() ? session.outputGradient("x")
                        : random.nextBoolean() ? session.gradients() : session.parameterGradient("h.weight_hh_l0");
                    shown.set(random.nextInt(8), tensor.buffer());
                }, BUSY)
                .operation("move a limit", random -> moving.limit(2 * random.nextInt(400)))
                .operation("step over what moves", random -> steps.step(moving), BUSY, WRONG, outside)
                .operation("reset", random -> steps.reset(), BUSY)
                .operation("step", random -> steps.step(new float[2 * (1 + random.nextInt(100))]), BUSY, WRONG)
                .run();
            for (Content content : contents) {
                session.reset();
                assertEquals(content.loss, session.forward(content.give(batch)).loss());
            }
        }
    }

    @Test
    void manySessionsTrainReadAndFreezeOneModelThatMayClose() throws Exception {
        AtomicReference<Model> current = new AtomicReference<>(Model.of(COPIES, 1));
        Content[] contents = Content.of(current.get());
        long fingerprint = current.get().fingerprint();
        List<String> names = current.get().parameters().stream().map(Tensor::name).toList();
        long count = current.get().parameterCount();
        Hammer hammer = new Hammer("many sessions of one model");
        ThreadLocal<OfOneModel> own = hammer.perThread(() -> new OfOneModel(current));
        hammer.operation("train", random -> {
            Content content = Content.any(contents, random);
            OfOneModel mine = own.get().follow();
            Metrics metrics = mine.training.train(content.give(mine.batch), mine.optimizer, NOTHING);
            assertEquals(content.loss, metrics.loss());
        }, BUSY)
            .operation("forward, backward, update", random -> {
                Content content = Content.any(contents, random);
                OfOneModel mine = own.get().follow();
                mine.training.forward(content.give(mine.batch));
                mine.training.backward();
                assertEquals(content.loss, mine.training.update(mine.optimizer, NOTHING).loss());
            }, BUSY)
            .operation("forward", random -> {
                Content content = Content.any(contents, random);
                OfOneModel mine = own.get().follow();
                assertEquals(content.loss, mine.reading.forward(content.give(mine.batch)).loss());
                assertArrayEquals(content.output, mine.reading.output("h").toArray());
            }, BUSY)
            .operation("freeze", random -> {
                try (FrozenModel frozen = current.get().freeze(Precision.FLOAT32); Session session = frozen.newSession()) {
                    Content content = Content.any(contents, random);
                    assertEquals(content.loss, session.forward(content.give(frozen.newBatch())).loss(), 1e-6);
                    assertEquals(fingerprint, frozen.fingerprint());
                }
            }, BUSY)
            .operation("parameters", random -> {
                Model model = current.get();
                assertEquals(names, model.parameters().stream().map(Tensor::name).toList());
                assertEquals(count, model.parameterCount());
                assertEquals(names.get(0), model.parameter(names.get(0)).name());
                assertTrue(model.bytes() > 0);
            }, BUSY)
            .operation("fingerprint", random -> assertEquals(fingerprint, current.get().fingerprint()), BUSY)
            .operation("set what is there", random -> {
                Tensor parameter = current.get().parameter(names.get(random.nextInt(names.size())));
                parameter.set(parameter.toArray());
                FloatBuffer buffer = parameter.buffer();
                buffer.put(0, buffer.get(0));
            }, BUSY)
            .operation("close", random -> {
                if (random.nextInt(100) == 0) {
                    Model closing = current.getAndSet(Model.of(COPIES, 1));
                    closing.close();
                    closing.close();
                }
            })
            .run();
        assertEquals(fingerprint, current.get().fingerprint());
        try (Model model = current.get(); Session session = model.newSession()) {
            for (Content content : contents) {
                assertEquals(content.loss, session.forward(content.give(model.newBatch())).loss());
            }
        }
    }

    /** A thread's sessions over the model that is current. */
    private static final class OfOneModel implements AutoCloseable {
        final AtomicReference<Model> current;
        final Deque<Runnable> closing = new ArrayDeque<>();
        Model model;
        Session training;
        Session reading;
        Optimizer optimizer;
        Batch batch;

        OfOneModel(AtomicReference<Model> current) {
            this.current = current;
        }

        OfOneModel follow() {
            Model now = current.get();
            if (model != now) {
                close();
                training = open(now.newTrainingSession(1), Session::close);
                reading = open(now.newSession(), Session::close);
                optimizer = open(now.newOptimizer("sgd"), Optimizer::close);
                batch = now.newBatch();
                model = now;
            }
            return this;
        }

        private <T> T open(T made, Consumer<T> close) {
            closing.push(() -> close.accept(made));
            return made;
        }

        @Override
        public void close() {
            model = null;
            while (!closing.isEmpty()) {
                closing.pop().run();
            }
        }
    }

    @Test
    void eachThreadsSessionOfAFrozenModelAnswersWithTheBitsOfOneThatIsAlone() throws Exception {
        int[][] streams = new int[8][12];
        SplittableRandom ids = new SplittableRandom(1);
        for (int[] stream : streams) {
            Arrays.setAll(stream, t -> ids.nextInt(10));
        }
        try (Model model = Model.of(Networks.WORDS, 1); FrozenModel frozen = model.freeze(Precision.INT8)) {
            float[][][] expected = new float[streams.length][][];
            for (int s = 0; s < streams.length; s++) {
                try (Session alone = frozen.newSession()) {
                    expected[s] = IntStream.of(streams[s]).mapToObj(id -> scores(alone.step(id))).toArray(float[][]::new);
                }
            }
            int[] lengths = IntStream.range(0, streams.length).map(s -> 12 - s).toArray();
            Hammer hammer = new Hammer("sessions of a frozen model");
            ThreadLocal<Session> first = hammer.perThread(frozen::newSession);
            ThreadLocal<Session> second = hammer.perThread(frozen::newSession);
            ThreadLocal<Batch> batches = ThreadLocal.withInitial(frozen::newBatch);
            hammer.operation("a stream", random -> {
                int s = random.nextInt(streams.length);
                first.get().clear();
                for (int t = 0; t < 12; t++) {
                    assertArrayEquals(expected[s][t], scores(first.get().step(streams[s][t])));
                }
            })
                .operation("streams side by side, selected on the way", random -> {
                    int[] chosen = random.ints(1 + random.nextInt(8), 0, 8).toArray();
                    Session session = first.get();
                    session.clear();
                    session.step(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
                    session.clear();
                    session.step(Arrays.stream(streams).mapToInt(stream -> stream[0]).toArray());
                    session.select("text", chosen);
                    float[] rows = scores(session.step(IntStream.of(chosen).map(s -> streams[s][1]).toArray()));
                    for (int i = 0; i < chosen.length; i++) {
                        assertArrayEquals(expected[chosen[i]][1], row(rows, i));
                    }
                })
                .operation("a ragged batch", random -> {
                    Batch batch = batches.get().lengths("text", lengths).ids("words", streams);
                    first.get().clear();
                    first.get().forward(batch);
                    float[] rows = first.get().output("y").toArray();
                    int s = random.nextInt(streams.length);
                    for (int t = 0; t < lengths[s]; t++) {
                        int row = batch.row("text", s, t);
                        assertArrayEquals(expected[s][t], row(rows, row));
                    }
                })
                .operation("a state from one session into another", random -> {
                    int s = random.nextInt(streams.length);
                    int cut = 1 + random.nextInt(11);
                    first.get().clear();
                    for (int t = 0; t < cut; t++) {
                        first.get().step(streams[s][t]);
                    }
                    second.get().clear();
                    second.get().setState(State.fromBytes(first.get().state().toBytes()));
                    assertArrayEquals(expected[s][cut], scores(second.get().step(streams[s][cut])));
                })
                .operation("a session for a moment", random -> {
                    try (Session session = frozen.newSession()) {
                        int s = random.nextInt(streams.length);
                        assertArrayEquals(expected[s][0], scores(session.step(streams[s][0])));
                    }
                })
                .run();
            assertEquals(model.fingerprint(), frozen.fingerprint());
        }
    }

    @Test
    void aStateIsAValueThatAllThreadsMayShare() throws Exception {
        try (Model model = Model.of(Networks.WORDS, 1); Model others = Model.of(Networks.WORDS, 2);
                FrozenModel frozen = model.freeze(Precision.FLOAT32); FrozenModel other = others.freeze(Precision.FLOAT32)) {
            State state;
            State foreign;
            float[] next;
            try (Session session = frozen.newSession(); Session another = other.newSession()) {
                session.step(new int[] {1, 2, 3, 4});
                state = session.state();
                next = scores(session.step(new int[] {5, 5, 5, 5}));
                another.step(new int[] {1, 2, 3, 4});
                foreign = another.state();
            }
            byte[] bytes = state.toBytes();
            byte[] changing = state.toBytes();
            int[] choices = {0, 1, 2, 3};
            Hammer hammer = new Hammer("a state for all threads");
            ThreadLocal<Session> own = hammer.perThread(frozen::newSession);
            hammer.operation("select", random -> {
                int[] chosen = random.ints(1 + random.nextInt(6), 0, 4).toArray();
                own.get().setState(state.select(chosen));
                float[] rows = scores(own.get().step(IntStream.of(chosen).map(s -> 5).toArray()));
                for (int i = 0; i < chosen.length; i++) {
                    assertArrayEquals(row(next, chosen[i]), row(rows, i));
                }
            })
                .operation("to bytes and back", random -> {
                    assertEquals(state, State.fromBytes(state.toBytes()));
                    assertArrayEquals(bytes, state.toBytes());
                    assertEquals(frozen.fingerprint(), state.fingerprint());
                })
                .operation("a foreign state", random -> assertRefused(() -> own.get().setState(foreign)))
                .operation("damaged bytes", random -> {
                    byte[] damaged = bytes.clone();
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        damaged[random.nextInt(80)] = (byte) random.nextInt();
                    }
                    own.get().setState(State.fromBytes(Arrays.copyOf(damaged, damaged.length - random.nextInt(2))));
                }, WRONG)
                .operation("bytes that change", random -> {
                    changing[random.nextInt(changing.length)] = random.nextInt(4) == 0 ? (byte) random.nextInt() : 0;
                    System.arraycopy(bytes, 0, changing, 0, random.nextInt(bytes.length + 1));
                    State.fromBytes(changing).select(0);
                }, WRONG)
                .operation("choices that change", random -> {
                    choices[random.nextInt(4)] = random.nextInt(5);
                    assertEquals(4, state.select(choices).sequences());
                    own.get().setState(state);
                    own.get().step(new int[4]);
                    own.get().select("text", choices);
                    assertEquals(4, own.get().state().sequences());
                }, WRONG)
                .run();
            assertArrayEquals(bytes, state.toBytes());
        }
    }

    @Test
    void aSharedOptimizerTrainsForOneThreadAtATime() throws Exception {
        try (Model model = Model.of(COPIES, 1)) {
            Content[] contents = Content.of(model);
            AtomicReference<Optimizer> current = new AtomicReference<>(model.newOptimizer("adam"));
            List<String> names = current.get().slots().stream().map(Tensor::name).toList();
            Hammer hammer = new Hammer("a shared optimizer");
            ThreadLocal<Session> own = hammer.perThread(() -> model.newTrainingSession(1));
            ThreadLocal<Batch> batches = ThreadLocal.withInitial(model::newBatch);
            hammer.operation("train", random -> {
                Content content = Content.any(contents, random);
                assertEquals(content.loss, own.get().train(content.give(batches.get()), current.get(), NOTHING).loss());
            }, BUSY)
                .operation("slots", random -> {
                    List<Tensor> slots = current.get().slots();
                    assertEquals(names, slots.stream().map(Tensor::name).toList());
                    Tensor slot = slots.get(random.nextInt(slots.size()));
                    for (float number : slot.toArray()) {
                        assertTrue(Float.isFinite(number));
                    }
                    slot.set(slot.toArray());
                }, BUSY)
                .operation("updates", random -> assertTrue(current.get().updates() >= 0), BUSY)
                .operation("set updates", random -> current.get().setUpdates(random.nextInt(1_000)), BUSY)
                .operation("close", random -> {
                    if (random.nextInt(50) == 0) {
                        current.get().close();
                        current.set(model.newOptimizer("adam"));
                    }
                }, BUSY)
                .run();
            try (Session session = model.newSession()) {
                assertEquals(contents[3].loss, session.forward(contents[3].give(model.newBatch())).loss());
            }
            current.get().close();
        }
    }

    @Test
    void aViewShowsTheCallThatItWasMadeForOrNothing() throws Exception {
        try (Model model = Model.of(COPIES, 1)) {
            Content[] contents = Content.of(model);
            AtomicReference<Session> current = new AtomicReference<>(model.newSession());
            AtomicReferenceArray<Tensor> views = new AtomicReferenceArray<>(16);
            ThreadLocal<Batch> own = ThreadLocal.withInitial(model::newBatch);
            new Hammer("views")
                .operation("forward and look", random -> {
                    Session session = current.get();
                    Content content = Content.any(contents, random);
                    assertEquals(content.loss, session.forward(content.give(own.get())).loss());
                    Tensor view = session.output("h");
                    views.set(random.nextInt(16), view);
                    Content.assertOutputOfOne(contents, view.toArray());
                }, BUSY)
                .operation("look at an old one", random -> {
                    Tensor view = views.get(random.nextInt(16));
                    if (view != null) {
                        Content.assertOutputOfOne(contents, view.toArray());
                    }
                }, BUSY)
                .operation("take its buffer", random -> {
                    Tensor view = views.get(random.nextInt(16));
                    if (view != null) {
                        FloatBuffer buffer = view.buffer();
                        assertEquals(view.size(), buffer.remaining());
                        assertTrue(Float.isFinite(buffer.get(buffer.limit() - 1))); // readable even after its session is closed
                    }
                }, BUSY)
                .operation("close", random -> {
                    if (random.nextInt(50) == 0) {
                        current.get().close();
                        current.set(model.newSession());
                    }
                }, BUSY)
                .run();
            Session session = current.get();
            session.forward(contents[5].give(model.newBatch()));
            assertArrayEquals(contents[5].output, session.output("h").toArray());
            session.close();
        }
    }

    /** A row of ten scores. */
    private static float[] row(float[] rows, int row) {
        return Arrays.copyOfRange(rows, 10 * row, 10 * row + 10);
    }

    private static float[] scores(FloatBuffer buffer) {
        float[] scores = new float[buffer.remaining()];
        buffer.get(scores);
        return scores;
    }

    /** Like assertThrows of an IllegalArgumentException, but lets an IllegalStateException through: then another thread was faster. */
    private static void assertRefused(Runnable call) {
        try {
            call.run();
        } catch (IllegalArgumentException expected) {
            return;
        }
        throw new AssertionError("It was not refused.");
    }
}
