package org.tidegate.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.IntBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextStreamsTest {
    // A token is its own position, so a batch shows where it was taken from.
    private static TextStreams streams(int tokens, int streams, int steps, long seed) {
        return new TextStreams(IntStream.range(0, tokens).toArray(), streams, steps, seed);
    }

    private static int[][] batch(TextStreams streams, long step) {
        IntBuffer inputs = IntBuffer.allocate(streams.streams() * streams.steps());
        IntBuffer targets = IntBuffer.allocate(streams.streams() * streams.steps());
        streams.fill(step, inputs, targets);
        assertFalse(inputs.hasRemaining() || targets.hasRemaining());
        return new int[][] {inputs.array(), targets.array()};
    }

    @Test
    void aTargetIsTheTokenThatFollows() {
        TextStreams streams = streams(1_000, 4, 7, 1);
        for (long step = 0; step < 3 * streams.stepsPerEpoch(); step++) {
            int[][] batch = batch(streams, step);
            for (int i = 0; i < batch[0].length; i++) {
                assertEquals(batch[0][i] + 1, batch[1][i]);
            }
        }
    }

    @Test
    void everyStreamGoesOnWhereItsLastChunkEnded() {
        TextStreams streams = streams(1_000, 4, 7, 1);
        int n = streams.streams();
        int last = (streams.steps() - 1) * n;
        for (long step = 1; step < streams.stepsPerEpoch(); step++) {
            int[] before = batch(streams, step - 1)[1];
            int[] after = batch(streams, step)[0];
            for (int s = 0; s < n; s++) {
                assertEquals(before[last + s], after[s]);
            }
        }
        assertTrue(streams.startsEpoch(0) && streams.startsEpoch(streams.stepsPerEpoch()));
        assertFalse(streams.startsEpoch(1));
    }

    @Test
    void rowsAreStepByStepWithTheStreamsSideBySide() {
        TextStreams streams = streams(1_000, 3, 5, 1);
        int[] inputs = batch(streams, 0)[0];
        for (int t = 1; t < 5; t++) {
            for (int s = 0; s < 3; s++) {
                assertEquals(inputs[s] + t, inputs[t * 3 + s]);
            }
        }
        int length = inputs[1] - inputs[0];
        assertEquals((1_000 - 5) / 3, length);
    }

    @Test
    void anEpochSeesNoTokenTwiceAndNearlyAllOfThem() {
        TextStreams streams = streams(5_000, 8, 10, 3);
        for (int epoch = 0; epoch < 3; epoch++) {
            Set<Integer> seen = new HashSet<>();
            for (long step = 0; step < streams.stepsPerEpoch(); step++) {
                for (int token : batch(streams, epoch * streams.stepsPerEpoch() + step)[0]) {
                    assertTrue(seen.add(token));
                }
            }
            assertTrue(seen.size() > 4_900, seen.size() + " of 5000");
        }
    }

    @Test
    void epochsStartAtDifferentOffsetsThatTheSeedDecides() {
        TextStreams streams = streams(2_000, 2, 50, 9);
        Set<Integer> offsets = new HashSet<>();
        for (int epoch = 0; epoch < 20; epoch++) {
            int offset = batch(streams, epoch * streams.stepsPerEpoch())[0][0];
            assertTrue(offset >= 0 && offset < 50);
            offsets.add(offset);
        }
        assertTrue(offsets.size() > 10, "offsets " + offsets);
        for (long step : new long[] {0, 5, 77}) {
            assertArrayEquals(batch(streams, step)[0], batch(streams(2_000, 2, 50, 9), step)[0]);
        }
        assertNotEqualSomewhere(streams, streams(2_000, 2, 50, 10));
    }

    private static void assertNotEqualSomewhere(TextStreams a, TextStreams b) {
        assertTrue(IntStream.range(0, 5).anyMatch(e -> batch(a, e * a.stepsPerEpoch())[0][0] != batch(b, e * b.stepsPerEpoch())[0][0]));
    }

    @Test
    void theShortestTextStillGivesOneChunk() {
        TextStreams streams = streams(4 * 6 + 6, 4, 6, 2);
        assertEquals(1, streams.stepsPerEpoch());
        for (int epoch = 0; epoch < 20; epoch++) {
            batch(streams, epoch);
        }
    }

    @Test
    void aTextThatIsTooShortSaysWhatItNeeds() {
        String message = assertThrows(IllegalArgumentException.class, () -> streams(200, 32, 50, 1)).getMessage();
        assertTrue(message.contains("200 tokens") && message.contains("at least 1650") && message.contains("at most 3 streams"), message);
        assertThrows(IllegalArgumentException.class, () -> streams(0, 1, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> streams(100, 0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> streams(100, Integer.MAX_VALUE, Integer.MAX_VALUE, 1));
    }
}
