/* Packed rows and what a batch refuses. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Messages.assertMessage;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchTest {
    private final Model model = Model.of("""
        words = ids axis=text
        x = input axis=text cols=3
        label = ids axis=text per=sequence
        other = ids axis=side
        e = embedding words rows=1000 cols=2
        both = concat e x
        """, 1);
    private final Batch batch = model.newBatch();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void raggedSequencesLieWhereABruteForcePackerPutsThem() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            int[] lengths = random.ints(1 + random.nextInt(9), 1, 8).toArray();
            int[][] ids = new int[lengths.length][];
            float[][][] reals = new float[lengths.length][][];
            for (int s = 0; s < lengths.length; s++) {
                int padded = lengths[s] + random.nextInt(3);
                ids[s] = random.ints(padded, 0, 1000).toArray();
                reals[s] = new float[padded][];
                for (int t = 0; t < padded; t++) {
                    reals[s][t] = Networks.floats(random.nextLong(), 3);
                }
            }
            batch.lengths("text", lengths).ids("words", ids).reals("x", reals);

            List<Integer> order = IntStream.range(0, lengths.length).boxed()
                .sorted(Comparator.comparing((Integer s) -> -lengths[s])).toList(); // a stable sort
            List<Integer> packedIds = new ArrayList<>();
            List<Float> packedReals = new ArrayList<>();
            int longest = IntStream.of(lengths).max().orElseThrow();
            for (int t = 0; t < longest; t++) {
                int active = 0;
                for (int s : order) {
                    if (t < lengths[s]) {
                        assertEquals(packedIds.size(), batch.row("text", s, t));
                        packedIds.add(ids[s][t]);
                        for (float value : reals[s][t]) {
                            packedReals.add(value);
                        }
                        active++;
                    }
                }
                assertEquals(active, batch.active("text", t));
            }
            assertEquals(longest, batch.steps("text"));
            assertEquals(lengths.length, batch.sequences("text"));
            assertEquals(packedIds.size(), batch.rows("text"));
            IntBuffer words = batch.writableIds("words");
            assertEquals(packedIds.size(), words.remaining());
            for (int i = 0; i < packedIds.size(); i++) {
                assertEquals(packedIds.get(i), words.get(i));
            }
            FloatBuffer x = batch.writableReals("x");
            assertEquals(packedReals.size(), x.remaining());
            for (int i = 0; i < packedReals.size(); i++) {
                assertEquals(packedReals.get(i), x.get(i));
            }
        }
    }

    @Test
    void equalLengthsAreStepsTimesSequences() {
        batch.equalLengths("text", 4, 3);
        for (int t = 0; t < 3; t++) {
            for (int s = 0; s < 4; s++) {
                assertEquals(t * 4 + s, batch.row("text", s, t));
            }
        }
        assertEquals(3, batch.length("text", 2));
    }

    @Test
    void aPerSequenceInputKeepsTheCallersOrder() {
        batch.lengths("text", 1, 5, 3).ids("label", 7, 8, 9);
        IntBuffer labels = batch.writableIds("label");
        assertEquals(List.of(7, 8, 9), List.of(labels.get(0), labels.get(1), labels.get(2)));
        assertEquals(3, labels.remaining());
    }

    @Test
    void buffersAreUsedAgainUntilMoreRoomIsNeeded() {
        batch.equalLengths("text", 4, 5);
        IntBuffer first = batch.writableIds("words");
        batch.equalLengths("text", 2, 3);
        assertSame(first, batch.writableIds("words"));
        assertEquals(6, batch.writableIds("words").limit());
        batch.equalLengths("text", 4, 6);
        assertEquals(24, batch.writableIds("words").limit());
    }

    @Test
    void newLengthsDropTheInputsOfTheirAxisOnly() {
        try (Session session = model.newSession()) {
            batch.lengths("text", 2).ids("words", 1, 2).reals("x", new float[6]);
            session.forward(batch);
            assertEquals(2, session.output("both").shape()[0]);
            batch.lengths("side", 4).ids("other", 1, 2, 3, 4);
            session.forward(batch);
            batch.lengths("text", 3).ids("words", 1, 2, 3);
            session.forward(batch);
            IllegalStateException missing = assertThrows(IllegalStateException.class, () -> session.output("both"));
            assertTrue(missing.getMessage().contains("'both'"), missing.getMessage());
        }
    }

    @Test
    void aClearedBatchGivesNothing() {
        batch.lengths("text", 2).ids("words", 1, 2).clear();
        assertThrows(IllegalStateException.class, () -> batch.rows("text"));
        assertThrows(IllegalStateException.class, () -> batch.writableIds("words"));
    }

    @Test
    void mistakesAreToldInTheUsersWords() {
        assertMessage("no axis 'texts'; its axes are text, side", () -> batch.lengths("texts", 1));
        assertMessage("the length of sequence 1 is 0; each must be at least 1", () -> batch.lengths("text", 3, 0));
        assertMessage("given 0 sequences; at least 1", () -> batch.lengths("text"));
        assertMessage("given -2 sequences", () -> batch.equalLengths("text", -2, 3));
        assertMessage("3 sequences, but only 2 lengths", () -> batch.lengths("text", new int[2], 3));
        assertMessage("4294967294 steps in all", () -> batch.equalLengths("text", 2, Integer.MAX_VALUE));
        batch.lengths("text", 2, 1);
        assertMessage("no input 'e'; its inputs are words, x, label, other", () -> batch.writableIds("e"));
        assertMessage("'words' takes ids, not floats", () -> batch.writableReals("words"));
        assertMessage("'x' takes floats (3 a row), not ids", () -> batch.writableIds("x"));
        assertMessage("'words' was given 2 ids, expected 3", () -> batch.ids("words", 1, 2));
        assertMessage("'x' was given 1 floats, expected 9", () -> batch.reals("x", 1f));
        assertMessage("'words' was given 1 sequences; axis 'text' has 2", () -> batch.ids("words", new int[][] {{1, 2}}));
        assertMessage("sequence 0 has 1 steps, but its length is 2", () -> batch.ids("words", new int[][] {{1}, {2}}));
        assertMessage("step 0 of sequence 0 has 2 columns, expected 3", () -> batch.reals("x", new float[][][] {{{1, 2}, {1}}, {{1}}}));
        assertMessage("'label' has one row for each sequence", () -> batch.ids("label", new int[][] {{1}, {2}}));
        assertMessage("sequence 1 has steps 0 ... 0, not 1", () -> batch.row("text", 1, 1));
        assertMessage("sequences 0 ... 1, not 2", () -> batch.row("text", 2, 0));
        assertMessage("steps 0 ... 1, not 2", () -> batch.active("text", 2));
    }

    @Test
    void anInputTooLargeForABufferIsRefused() {
        try (Model wide = Model.of("x = input axis=time cols=1000000", 1)) {
            Batch large = wide.newBatch().equalLengths("time", 2, 300);
            assertMessage("600000000 numbers (600 rows x 1000000 columns)", () -> large.writableReals("x"));
        }
    }

    @Test
    void anInputNeedsItsAxisFirst() {
        IllegalStateException early = assertThrows(IllegalStateException.class, () -> batch.ids("words", 1));
        assertTrue(early.getMessage().contains("lengths of axis 'text' have not been given"), early.getMessage());
    }

    @Test
    void whatFailsMidwayIsNotGivenAndWhatFailsBeforeStays() {
        String spec = "x = ids axis=text\nhot = one_hot x rows=10\ny = linear hot cols=2\n";
        try (Model small = Model.of(spec, 1); Session session = small.newSession()) {
            Batch filled = small.newBatch().lengths("text", 2, 1).ids("x", 1, 2, 3);
            assertMessage("was given 2 ids, expected 3", () -> filled.ids("x", 4, 5));
            assertMessage("was given 1 sequences", () -> filled.ids("x", new int[][] {{4, 5}}));
            session.forward(filled);
            float[] before = session.output("y").toArray();
            session.forward(small.newBatch().lengths("text", 2, 1).ids("x", 1, 2, 3));
            assertArrayEquals(before, session.output("y").toArray());

            assertMessage("sequence 1 has 0 steps", () -> filled.ids("x", new int[][] {{4, 5}, {}}));
            session.forward(filled);
            assertNotGiven(session);
            filled.ids("x", 1, 2, 3);
            assertMessage("length of sequence 1 is 0", () -> filled.lengths("text", 2, 0));
            assertThrows(IllegalStateException.class, () -> filled.rows("text"));
            session.forward(filled);
            assertNotGiven(session);
        }
    }

    private static void assertNotGiven(Session session) {
        assertTrue(assertThrows(IllegalStateException.class, () -> session.output("y")).getMessage().contains("has not been evaluated"));
    }

    @Test
    void lengthsThatAnotherThreadChangesMeanwhileAreTakenOnce() throws Exception {
        int[] lengths = new int[64];
        Arrays.fill(lengths, 1);
        AtomicBoolean stop = new AtomicBoolean();
        Thread changes = new Thread(() -> {
            for (int i = 0; !stop.get(); i++) {
                Arrays.fill(lengths, i % 2 == 0 ? 1 : 5_000);
            }
        });
        changes.start();
        try {
            for (int round = 0; round < 2_000; round++) {
                batch.lengths("text", lengths);
                int rows = IntStream.range(0, 64).map(s -> batch.length("text", s)).sum();
                assertEquals(rows, batch.rows("text"));
                assertEquals(rows, IntStream.range(0, batch.steps("text")).map(t -> batch.active("text", t)).sum());
            }
        } finally {
            stop.set(true);
            changes.join();
        }
    }

    @Test
    void aBatchOfAnotherModelIsRefused() {
        try (Model another = Model.of(Networks.WORDS, 1); Session session = another.newSession()) {
            assertMessage("made for another model", () -> session.forward(batch.lengths("text", 1)));
        }
    }

    @Test
    void aModelOfTheSameSpecTakesTheBatch() {
        try (Model twin = Model.of(model.spec(), 9); Session session = twin.newSession()) {
            session.forward(batch.lengths("text", 2).ids("words", 1, 2).reals("x", new float[6]));
            assertEquals(2, session.output("both").shape()[0]);
        }
    }
}
