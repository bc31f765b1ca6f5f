package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Axes whose lengths follow from others': windows over the steps, from Java. */
class DerivedAxesTest {
    private static Model pyramid() {
        ModelBuilder net = new ModelBuilder();
        Node x = net.input("x", 2, Attribute.axis("steps"));
        Node smooth = net.conv1d(x, 3, 3, Attribute.name("smooth"), Attribute.padding(2, 0));
        Node pairs = net.frames(smooth, 2, Attribute.name("pairs"));
        Node h = net.recurrent(pairs, Cell.GRU, 4, Attribute.name("h"));
        net.linear(h, 3, Attribute.name("y"));
        return net.build(7);
    }

    private static float[] rows(int steps) {
        float[] rows = new float[2 * steps];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (float) Math.sin(i * 1.7);
        }
        return rows;
    }

    @Test
    void aBatchKnowsTheLengthsAndRowsOfDerivedAxes() {
        try (Model model = Model.of("x = input axis=a cols=1\nf = frames x size=2 pad=0,1\nt = ids axis=f\nl = linear f cols=3\n"
                + "loss = cross_entropy l t\n", 1); Session session = model.newTrainingSession(1)) {
            Batch batch = model.newBatch().lengths("a", 5, 2, 3);
            assertEquals(List.of("a", "f"), model.axes());
            assertArrayEquals(new int[] {3, 1, 2}, new int[] {batch.length("f", 0), batch.length("f", 1), batch.length("f", 2)});
            assertEquals(6, batch.rows("f"));
            assertEquals(4, batch.row("f", 2, 1));
            batch.reals("x", new float[10]).ids("t", new int[][] {{0, 1, 2}, {1}, {2, 0}});
            assertEquals(6, session.forward(batch).targets());
            assertArrayEquals(new int[] {3, 1, 2}, session.lengths("f"));
            assertEquals(6, session.output("l").shape()[0]);
            // New lengths drop the inputs on both axes.
            assertThrows(IllegalArgumentException.class, () -> session.forward(batch.lengths("a", 4).ids("t", 1)));
        }
    }

    @Test
    void aStreamGivesRowsWhenWindowsAreCompleteWithTheBitsOfTheWhole() {
        try (Model model = pyramid(); FrozenModel frozen = model.freeze(Precision.FLOAT32); Session whole = frozen.newSession();
                Session stream = frozen.newSession()) {
            float[] x = rows(9);
            whole.forward(frozen.newBatch().lengths("steps", 9).reals("x", x));
            List<Float> streamed = new ArrayList<>();
            for (int t = 0; t < 9; t++) {
                FloatBuffer y = stream.step(new float[] {x[2 * t], x[2 * t + 1]});
                assertEquals(t % 2 == 1 ? 3 : 0, y.remaining());
                assertArrayEquals(new int[] {t % 2}, stream.lengths("pairs"));
                while (y.hasRemaining()) {
                    streamed.add(y.get());
                }
                assertEquals(t % 2, stream.output("y").shape()[0]);
            }
            float[] expected = whole.output("y").toArray();
            assertEquals(expected.length, streamed.size());
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], streamed.get(i));
            }
        }
    }

    @Test
    void aStateHoldsTheRowsThatAWindowStillNeeds(@TempDir Path folder) throws Exception {
        try (Model model = pyramid()) {
            model.save(folder.resolve("pyramid.safetensors"));
        }
        try (Model model = Model.load(folder.resolve("pyramid.safetensors")); FrozenModel frozen = model.freeze(Precision.INT8);
                Session one = frozen.newSession(); Session other = frozen.newSession()) {
            float[] x = rows(6);
            for (int t = 0; t < 3; t++) {
                one.step(new float[] {x[2 * t], x[2 * t + 1]});
            }
            State between = one.state();
            other.step(new float[] {9, 9});
            other.setState(between);
            FloatBuffer expected = one.step(new float[] {x[6], x[7]});
            FloatBuffer got = other.step(new float[] {x[6], x[7]});
            assertTrue(got.hasRemaining());
            assertEquals(expected, got);
        }
    }

    @Test
    void whatADerivedAxisCannotDoIsRefusedWithASentence() {
        try (Model model = pyramid(); Session session = model.newSession()) {
            Batch batch = model.newBatch();
            assertEquals("The lengths of axis 'pairs' follow from those of 'steps'; give these.",
                assertThrows(IllegalArgumentException.class, () -> batch.lengths("pairs", 1)).getMessage());
            batch.lengths("steps", 4, 1);
            assertTrue(assertThrows(IllegalStateException.class, () -> batch.rows("pairs")).getMessage().contains("shorter than one window"));
            batch.reals("x", new float[10]);
            assertTrue(assertThrows(IllegalArgumentException.class, () -> session.forward(batch)).getMessage().contains("needs at least 2"));
            assertFalse(assertThrows(IllegalArgumentException.class, () -> session.select("pairs", 0)).getMessage().isEmpty());
            assertThrows(IllegalArgumentException.class, () -> session.lengths("nothing"));
        }
    }
}
