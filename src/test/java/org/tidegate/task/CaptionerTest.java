package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.Tensor;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.data.GreyImage;
import org.tidegate.decode.BeamSearch;
import org.tidegate.train.Training;

/** Captions of images of 5 x 5 pixels: a bar, a dot or a frame, drawn with noise. */
class CaptionerTest {
    private static final List<String> FIGURES = List.of("a dot", "one long bar", "frame");
    private static final String[] PIXELS = {
        ".....,.....,..#..,.....,.....", "..#..,..#..,..#..,..#..,..#..", "#####,#...#,#...#,#...#,#####"};

    @TempDir
    Path folder;

    private static List<CaptionedImage> images(int count, long seed) {
        Random random = new Random(seed);
        List<CaptionedImage> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int figure = random.nextInt(FIGURES.size());
            byte[] pixels = new byte[25];
            String drawn = PIXELS[figure].replace(",", "");
            for (int p = 0; p < 25; p++) {
                pixels[p] = (byte) (drawn.charAt(p) == '#' ? 255 - random.nextInt(90) : random.nextInt(90));
            }
            images.add(new CaptionedImage(new GreyImage(5, 5, pixels), FIGURES.get(figure)));
        }
        return images;
    }

    private static Training training(double epochs) {
        return Training.epochs(epochs).batch(16).learningRate(0.02).clipNorm(1).seed(3);
    }

    private static Captioner captioner(List<CaptionedImage> examples, Cell cell) {
        return Captioner.builder(examples).cell(cell).hidden(16).embedding(8).dropout(0.1).shift(0).seed(5).build();
    }

    private static float[] parameters(Captioner model) {
        List<float[]> all = model.model().parameters().stream().map(Tensor::toArray).toList();
        float[] joined = new float[all.stream().mapToInt(values -> values.length).sum()];
        int at = 0;
        for (float[] values : all) {
            System.arraycopy(values, 0, joined, at, values.length);
            at += values.length;
        }
        return joined;
    }

    @Test
    void captionsAreLearnedByEveryKindOfCell() throws IOException {
        List<CaptionedImage> examples = images(300, 1);
        for (Cell cell : List.of(Cell.GRU, Cell.LSTM, Cell.RNN)) {
            try (Captioner model = captioner(examples, cell)) {
                CaptionerEvaluation before = model.evaluate(images(60, 2), BeamSearch.greedy(), 1, Precision.FLOAT32);
                model.train(examples, List.of(), training(8));
                CaptionerEvaluation after = model.evaluate(images(60, 2), BeamSearch.greedy(), 1, Precision.FLOAT32);
                assertTrue(before.exact() < 0.6 && after.exact() >= 0.95, cell + ": from " + before + " to " + after);
                assertTrue(after.loss() < before.loss() / 4 && after.wordErrorRate() < 0.05, cell + ": " + after);
                assertEquals(60, after.images());
                CaptionedImage one = images(1, 7).get(0);
                assertEquals(one.caption(), model.caption(one.image()));
            }
        }
    }

    @Test
    void imagesSideBySideAreReadFromLeftToRight() throws IOException {
        SideBySide two = SideBySide.parse("1-2");
        List<CaptionedImage> examples = two.of(images(200, 1), 600, 4);
        try (Captioner model = Captioner.builder(examples).hidden(24).embedding(8).dropout(0).shift(0).sideBySide(two).build()) {
            model.train(examples, List.of(), training(10));
            List<CaptionedImage> other = two.of(images(50, 9), 80, 5);
            assertTrue(model.evaluate(other, BeamSearch.greedy(), 1, Precision.FLOAT32).exact() > 0.9);
            GreyImage wide = GreyImage.beside(images(1, 1).get(0).image(), images(1, 2).get(0).image());
            assertEquals(images(1, 1).get(0).caption() + " " + images(1, 2).get(0).caption(), model.caption(wide));
        }
    }

    @Test
    void shiftedImagesAreLearnedFromImagesThatAreNot() throws IOException {
        GreyImage margin = new GreyImage(5, 2, new byte[10]);
        List<CaptionedImage> centred = new ArrayList<>();
        List<CaptionedImage> right = new ArrayList<>();
        for (CaptionedImage image : images(300, 1)) {
            centred.add(new CaptionedImage(GreyImage.beside(margin, image.image(), margin), image.caption()));
            right.add(new CaptionedImage(GreyImage.beside(margin, margin, image.image()), image.caption()));
        }
        double[] exact = new double[2];
        for (int i = 0; i < 2; i++) {
            try (Captioner model = Captioner.builder(centred).hidden(24).embedding(8).dropout(0).shift(2 * i).build()) {
                model.train(centred, List.of(), training(12));
                exact[i] = model.evaluate(right, BeamSearch.greedy(), 1, Precision.FLOAT32).exact();
            }
        }
        assertTrue(exact[1] > 0.9 && exact[1] > exact[0] + 0.1, exact[0] + " unless shifted, " + exact[1] + " shifted");
    }

    @Test
    void imagesPutSideBySideAreDrawnFromAll() {
        List<CaptionedImage> singles = images(30, 1);
        List<CaptionedImage> made = new SideBySide(2, 3).of(singles, 200, 1);
        Set<Integer> widths = new TreeSet<>();
        Set<String> first = new TreeSet<>();
        for (CaptionedImage image : made) {
            widths.add(image.image().columns());
            first.add(image.caption().substring(0, 3));
        }
        assertEquals(Set.of(10, 15), widths);
        assertEquals(3, first.size());
        assertEquals(made, new SideBySide(2, 3).of(singles, 200, 1));
        assertNotEquals(made, new SideBySide(2, 3).of(singles, 200, 2));
    }

    @Test
    void aBeamHoldsTheGreedyCaptionAndOthers() throws IOException {
        List<CaptionedImage> examples = images(300, 1);
        try (Captioner model = captioner(examples, Cell.GRU)) {
            model.train(examples, List.of(), training(8));
            List<GreyImage> images = images(9, 8).stream().map(CaptionedImage::image).toList();
            List<List<String>> best = model.caption(images, BeamSearch.of(4).lengthNormalization(1).best(3), 1, Precision.FLOAT32);
            for (int i = 0; i < images.size(); i++) {
                assertEquals(3, Set.copyOf(best.get(i)).size(), best.get(i)::toString);
                assertEquals(model.caption(images.get(i)), best.get(i).get(0));
            }
        }
    }

    @Test
    void theFileIsComplete() throws IOException {
        List<CaptionedImage> examples = images(100, 1);
        Path file = folder.resolve("captions.safetensors");
        List<GreyImage> asked = images(20, 3).stream().map(CaptionedImage::image).toList();
        try (Captioner model = captioner(examples, Cell.GRU)) {
            model.train(examples, List.of(), training(2));
            model.save(file);
            try (Captioner loaded = Captioner.load(file)) {
                assertEquals(model.caption(asked, BeamSearch.of(2), 1, Precision.FLOAT32),
                        loaded.caption(asked, BeamSearch.of(2), 1, Precision.FLOAT32));
                assertEquals(model.vocabulary(), loaded.vocabulary());
                assertEquals(SideBySide.ALONE, loaded.sideBySide());
                assertEquals(5, loaded.rows());
            }
            CheckpointException other = assertThrows(CheckpointException.class, () -> Translator.load(file));
            assertTrue(other.getMessage().contains("its task is \"caption\""), other.getMessage());
        }
    }

    @Test
    void aResumedTrainingEndsInTheSameBits() throws IOException {
        List<CaptionedImage> examples = images(100, 1);
        Path file = folder.resolve("captions.safetensors");
        try (Captioner whole = captioner(examples, Cell.GRU); Captioner again = captioner(examples, Cell.GRU);
                Captioner half = captioner(examples, Cell.GRU)) {
            whole.train(examples, examples.subList(0, 10), training(4));
            again.train(examples, examples.subList(0, 10), training(4));
            assertArrayEquals(parameters(whole), parameters(again));
            int[] steps = {0};
            half.train(examples, examples.subList(0, 10), training(4).stopWhen(() -> steps[0]++ > 10).checkpoint(file));
            try (Captioner resumed = Captioner.resume(file)) {
                resumed.train(examples, examples.subList(0, 10), training(4));
                assertArrayEquals(parameters(whole), parameters(resumed));
            }
            try (Captioner resumed = Captioner.resume(file)) {
                assertThrows(IllegalArgumentException.class, () -> resumed.train(images(100, 2), List.of(), training(4)),
                        "other images");
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        List<CaptionedImage> examples = images(10, 1);
        try (Captioner model = captioner(examples, Cell.GRU)) {
            assertMessage("5 x 6 pixels; this model takes at most 5 x 5", () -> model.caption(new GreyImage(5, 6, new byte[30])));
            long before = model.model().fingerprint();
            List<CaptionedImage> large = List.of(new CaptionedImage(new GreyImage(5, 6, new byte[30]), "wide"));
            assertMessage("at most 5 x 5", () -> model.train(examples, large, Training.epochs(1)));
            assertEquals(before, model.model().fingerprint(), "it was trained before the image was found");
            assertMessage("no images to measure", () -> model.evaluate(List.of(), BeamSearch.greedy(), 1, Precision.FLOAT32));
        }
        assertMessage("2 x 2 pixels was given 5", () -> new GreyImage(2, 2, new byte[5]));
        assertMessage("5 and 4 rows", () -> GreyImage.beside(new GreyImage(5, 1, new byte[5]), new GreyImage(4, 1, new byte[4])));
        assertMessage("empty caption", () -> new CaptionedImage(new GreyImage(1, 1, new byte[1]), " "));
        assertMessage("\"3-\" images side by side", () -> SideBySide.parse("3-"));
        assertMessage("3 to 2 images side by side", () -> SideBySide.parse("3-2"));
        assertMessage("hidden size is 0", () -> Captioner.builder(examples).hidden(0));
        assertMessage("dropout is 1.0", () -> Captioner.builder(examples).dropout(1));
        assertMessage("shift is -1", () -> Captioner.builder(examples).shift(-1));
        assertMessage("no size for a projection", () -> Captioner.builder(examples).cell(Cell.LSTM_PROJECTED));
        assertMessage("empty", () -> Captioner.builder(List.of()).build());
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
