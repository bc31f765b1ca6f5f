package org.tidegate.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tidegate.Batch;
import org.tidegate.GradientNorm;
import org.tidegate.Metrics;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.Session;
import org.tidegate.State;
import org.tidegate.Tensor;
import org.tidegate.Update;

/** Gradients that something changes between backward and update. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrainerTest {
    private static final String TAGGER = """
        x = input axis=time cols=3
        tags = ids axis=time
        h = recurrent x cell=lstm size=5
        y = linear h cols=4
        loss = cross_entropy y tags
        """;
    private static final int STEPS = 6;
    private static final double RATE = 0.05;

    /** Sequences of a step; a part of them is a process's. The rest of the tags are not counted. */
    private record Data(long seed, boolean carries) {
        private static final int[] LENGTHS = {3, 1, 4, 2};

        Batch fill(Batch batch, long step, int first, int end) {
            Random random = new Random(seed + step);
            float[][][] x = new float[LENGTHS.length][][];
            int[][] tags = new int[LENGTHS.length][];
            for (int s = 0; s < LENGTHS.length; s++) {
                x[s] = new float[LENGTHS[s]][3];
                tags[s] = new int[LENGTHS[s]];
                for (int t = 0; t < LENGTHS[s]; t++) {
                    for (int c = 0; c < 3; c++) {
                        x[s][t][c] = random.nextFloat();
                    }
                    tags[s][t] = s == 2 && t > 0 ? -100 : random.nextInt(4);
                }
            }
            return batch.lengths("time", Arrays.copyOfRange(LENGTHS, first, end)).reals("x", Arrays.copyOfRange(x, first, end))
                    .ids("tags", Arrays.copyOfRange(tags, first, end));
        }
    }

    /** A model in training. */
    private static final class Learner implements TrainingTask, AutoCloseable {
        final Model model = Model.of(TAGGER, 7);
        final Session session = model.newTrainingSession(1);
        final Optimizer optimizer = model.newOptimizer("adam");
        final List<Double> norms = new ArrayList<>();
        private final Batch batch = model.newBatch();
        private final Data data;
        private final int first;
        private final int end;
        long spoiled = -1; // the step whose loss is none

        Learner(Data data, int first, int end) {
            this.data = data;
            this.first = first;
            this.end = end;
            session.setCarry(data.carries());
        }

        Learner train(Training training) throws IOException {
            TrainingListener listener = new TrainingListener() {
                @Override
                public void stepped(Progress progress) {
                    norms.add(progress.gradientNorm());
                }
            };
            Training steps = training.learningRate(RATE).schedule(Schedule.constant()).listener(listener);
            new Trainer(session, optimizer, this, steps).run(TrainingState.start(new TrainingState.Settings("adam", 4, 0, 1, "")));
            return this;
        }

        float[][] parameters() {
            return model.parameters().stream().map(Tensor::toArray).toArray(float[][]::new);
        }

        @Override
        public long stepsPerEpoch() {
            return STEPS;
        }

        @Override
        public Batch batch(long step) {
            data.fill(batch, step, first, end);
            if (step == spoiled) {
                batch.writableReals("x").put(0, Float.NaN);
            }
            return batch;
        }

        @Override
        public boolean forgetsState(long step) {
            return !data.carries() || step == 0;
        }

        @Override
        public OptionalDouble validate() {
            return OptionalDouble.empty();
        }

        @Override
        public void save(Path file, TrainingState state) { }

        @Override
        public void saveModel(Path file, TrainingState state) { }

        @Override
        public void checkWritable(Path file) { }

        @Override
        public void close() {
            optimizer.close();
            session.close();
            model.close();
        }
    }

    private static final Training TRAINING = Training.epochs(1).clipNorm(0.1);

    @Test
    void anExchangeThatChangesNothingLeavesEveryBitOfTheTraining() throws IOException {
        for (boolean carries : new boolean[] {false, true}) {
            Data data = new Data(3, carries);
            List<Long> targets = new ArrayList<>();
            try (Learner plain = new Learner(data, 0, 4).train(TRAINING);
                    Learner exchanging = new Learner(data, 0, 4).train(TRAINING.exchange((gradients, counted) -> targets.add(counted)))) {
                assertArrayEquals(plain.parameters(), exchanging.parameters());
                assertEquals(plain.norms, exchanging.norms);
                assertEquals(List.of(7L, 7L, 7L, 7L, 7L, 7L), targets);
                assertEquals(plain.session.state(), exchanging.session.state());
                assertEquals(plain.session.random(), exchanging.session.random());
            }
        }
    }

    @Test
    void theExchangeIsAfterTheBackwardPassAndBeforeTheNormAndTheClipping() throws IOException {
        Data data = new Data(4, false);
        Training once = Training.epochs(1.0 / STEPS).clipNorm(0.1).gradientNorm(GradientNorm.L1);
        float[][] seen = new float[1][];
        try (Learner learner = new Learner(data, 0, 4); Learner expected = new Learner(data, 0, 4)) {
            Metrics forward = expected.session.forward(expected.batch(0));
            expected.session.backward();
            float[] gradients = expected.session.gradients().toArray();
            learner.train(once.exchange((all, targets) -> {
                assertEquals(forward.targets(), targets);
                seen[0] = all.toArray();
                for (int i = 0; i < all.size(); i++) {
                    all.buffer().put(i, 3 * all.buffer().get(i));
                }
            }));
            assertArrayEquals(gradients, seen[0]);
            double sum = 0;
            for (int i = 0; i < gradients.length; i++) {
                gradients[i] *= 3;
                sum += Math.abs((double) gradients[i]);
            }
            assertEquals(sum, learner.norms.get(0), 1e-9 * sum);
            expected.session.gradients().set(gradients);
            expected.session.update(expected.optimizer, Update.of(RATE).clipNorm(0.1).norm(GradientNorm.L1));
            assertArrayEquals(expected.parameters(), learner.parameters());
        }
    }

    /** Weighted by targets, summed by the thread that comes last, and taken by all. */
    private static final class Sum implements GradientExchange {
        private final CyclicBarrier added;
        private final CyclicBarrier taken;
        private double[] sum;
        private long all;

        Sum(int parties) {
            added = new CyclicBarrier(parties);
            taken = new CyclicBarrier(parties, () -> sum = null);
        }

        @Override
        public void exchange(Tensor gradients, long targets) {
            float[] mine = gradients.toArray();
            synchronized (this) {
                if (sum == null) {
                    sum = new double[mine.length];
                    all = 0;
                }
                for (int i = 0; i < mine.length; i++) {
                    sum[i] += (double) mine[i] * targets;
                }
                all += targets;
            }
            await(added);
            for (int i = 0; i < mine.length; i++) {
                mine[i] = (float) (sum[i] / all);
            }
            gradients.set(mine);
            await(taken);
        }

        private static void await(CyclicBarrier barrier) {
            try {
                barrier.await(60, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException("the other trainer did not come", e);
            }
        }
    }

    @Test
    void trainersThatSumTheirGradientsStayAlikeToTheBitAndTrainAsOneOnTheJoinedBatch() throws Exception {
        for (boolean carries : new boolean[] {false, true}) {
            Data data = new Data(5, carries);
            Training training = TRAINING.exchange(new Sum(2));
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try (Learner joined = new Learner(data, 0, 4).train(TRAINING); Learner head = new Learner(data, 0, 1);
                    Learner tail = new Learner(data, 1, 4)) {
                Future<Learner> first = threads.submit(() -> head.train(training));
                Future<Learner> second = threads.submit(() -> tail.train(training));
                first.get();
                second.get();
                assertArrayEquals(head.parameters(), tail.parameters());
                assertEquals(head.norms, tail.norms);
                float[][] expected = joined.parameters();
                float[][] found = head.parameters();
                for (int p = 0; p < expected.length; p++) {
                    assertArrayEquals(expected[p], found[p], 2e-4f);
                }
                assertEquals(joined.norms.get(0), head.norms.get(0), 1e-6);
                assertFalse(Arrays.deepEquals(new Learner(data, 0, 4).parameters(), found));
            } finally {
                threads.shutdownNow();
            }
        }
    }

    @Test
    void aLossThatIsNoneEndsTheTrainingAsWithoutAnExchange() {
        Data data = new Data(6, true);
        List<Long> calls = new ArrayList<>();
        try (Learner plain = new Learner(data, 0, 4); Learner exchanging = new Learner(data, 0, 4)) {
            plain.spoiled = 2;
            exchanging.spoiled = 2;
            String message = assertThrows(DivergedException.class, () -> plain.train(TRAINING)).getMessage();
            Training training = TRAINING.exchange((gradients, targets) -> calls.add(targets));
            assertEquals(message, assertThrows(DivergedException.class, () -> exchanging.train(training)).getMessage());
            assertEquals(2, calls.size());
            assertArrayEquals(plain.parameters(), exchanging.parameters());
            assertEquals(plain.session.state(), exchanging.session.state());
            assertEquals(plain.session.random(), exchanging.session.random());
            assertEquals(2, exchanging.optimizer.updates());
        }
    }

    @Test
    void aNormThatIsNoneAfterTheExchangeEndsTheTrainingAndChangesNothing() throws IOException {
        try (Learner learner = new Learner(new Data(7, false), 0, 4)) {
            float[][] before = learner.parameters();
            Training training = TRAINING.exchange((gradients, targets) -> gradients.buffer().put(0, Float.NaN));
            String message = assertThrows(DivergedException.class, () -> learner.train(training)).getMessage();
            assertTrue(message.contains("the gradient's norm is NaN"), message);
            assertArrayEquals(before, learner.parameters());
        }
    }

    @Test
    void anExchangeThatThrowsEndsTheTrainingAndItsStepIsNotMade() throws IOException {
        Data data = new Data(8, true);
        try (Learner two = new Learner(data, 0, 4); Learner failing = new Learner(data, 0, 4)) {
            two.train(Training.epochs(2.0 / STEPS).clipNorm(0.1));
            int[] calls = {0};
            Training training = TRAINING.exchange((gradients, targets) -> {
                if (++calls[0] == 3) {
                    throw new IllegalStateException("the network is down");
                }
            });
            assertEquals("the network is down", assertThrows(IllegalStateException.class, () -> failing.train(training)).getMessage());
            assertArrayEquals(two.parameters(), failing.parameters());
            State state = failing.session.state();
            assertEquals(two.session.state(), state);
            assertEquals(two.session.random(), failing.session.random());
            for (float gradient : failing.session.gradients().toArray()) {
                assertEquals(0, gradient);
            }
        }
    }
}
