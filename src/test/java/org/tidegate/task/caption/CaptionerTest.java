package org.tidegate.task.caption;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Messages.assertMessage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.data.GreyImage;
import org.tidegate.decode.BeamSearch;
import org.tidegate.task.Tasks;
import org.tidegate.task.Texts;
import org.tidegate.train.Training;

/** Captions of images of 5 x 5 pixels: a bar, a dot or a frame, drawn with noise. */
class CaptionerTest {
    private static final List<String> FIGURES = List.of("a dot", "one long bar", "frame");
    private static final String[] PIXELS = {
        ".....,.....,..#..,.....,.....", "..#..,..#..,..#..,..#..,..#..", "#####,#...#,#...#,#...#,#####"};
    private static final BeamSearch BEAM = BeamSearch.of(4).lengthNormalization(1).best(3);

    /** A model that has learned something, for the tests that only ask. */
    private static Captioner learned;
    private static CaptionerAnswers answers;

    @TempDir
    Path folder;

    @BeforeAll
    static void learn() throws IOException {
        List<CaptionedImage> examples = images(300, 1);
        learned = captioner(examples).build();
        learned.train(examples, training(8));
        answers = learned.answers(Precision.FLOAT32);
    }

    @AfterAll
    static void close() {
        answers.close();
        learned.close();
    }

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

    private static List<GreyImage> pixels(List<CaptionedImage> images) {
        return images.stream().map(CaptionedImage::image).toList();
    }

    private static Training training(double epochs) {
        return Training.epochs(epochs).batch(16).learningRate(0.02).clipNorm(1).seed(3);
    }

    private static CaptionerBuilder captioner(List<CaptionedImage> examples) {
        return Captioner.builder(examples).hidden(16).embedding(8).dropout(0.1).shift(0).seed(5);
    }

    private static CaptionerEvaluation evaluate(Captioner model, List<CaptionedImage> examples) {
        try (CaptionerAnswers now = model.answers(Precision.FLOAT32)) {
            return now.evaluate(examples);
        }
    }

    @Test
    void captionsAreLearnedByEveryKindOfCellAndInSeveralLayers() throws IOException {
        List<CaptionedImage> examples = images(300, 1);
        CaptionedImage one = images(1, 7).get(0);
        for (Cell cell : List.of(Cell.GRU, Cell.LSTM, Cell.RNN)) {
            try (Captioner model = captioner(examples).cell(cell).layers(cell == Cell.LSTM ? 2 : 1).build()) {
                CaptionerEvaluation before = evaluate(model, images(60, 2));
                model.train(examples, training(8));
                CaptionerEvaluation after = evaluate(model, images(60, 2));
                assertTrue(before.exact() < 0.6 && after.exact() >= 0.95, cell + ": from " + before + " to " + after);
                assertTrue(after.loss() < before.loss() / 4 && after.wordErrorRate() < 0.05, cell + ": " + after);
                try (CaptionerAnswers now = model.answers(Precision.FLOAT32)) {
                    assertEquals(one.caption(), now.caption(one.image()));
                }
            }
        }
    }

    @Test
    void imagesSideBySideAreReadFromLeftToRight() throws IOException {
        SideBySide two = new SideBySide(1, 2);
        List<CaptionedImage> examples = two.of(images(200, 1), 600, 4);
        try (Captioner model = Captioner.builder(examples).hidden(24).embedding(8).dropout(0).shift(0).sideBySide(two).build()) {
            model.train(examples, training(10));
            assertTrue(evaluate(model, two.of(images(50, 9), 80, 5)).exact() > 0.9);
            GreyImage wide = GreyImage.beside(images(1, 1).get(0).image(), images(1, 2).get(0).image());
            try (CaptionerAnswers now = model.answers(Precision.FLOAT32)) {
                assertEquals(images(1, 1).get(0).caption() + " " + images(1, 2).get(0).caption(), now.caption(wide));
            }
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
                model.train(centred, training(12));
                exact[i] = evaluate(model, right).exact();
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
    void aBeamHoldsTheGreedyCaptionAndOthers() {
        List<GreyImage> images = pixels(images(9, 8));
        List<List<String>> best = answers.caption(images, BEAM);
        for (int i = 0; i < images.size(); i++) {
            assertEquals(3, Set.copyOf(best.get(i)).size(), best.get(i)::toString);
            assertEquals(answers.caption(images.get(i)), best.get(i).get(0));
            assertEquals(best.get(i), answers.caption(List.of(images.get(i)), BEAM).get(0), "alone as among others");
        }
    }

    @Test
    void theFiguresAreThoseOfTheMeasurementInItsPrecisionAndSearch() {
        List<CaptionedImage> others = images(60, 2);
        CaptionerEvaluation whole = answers.evaluate(others);
        try (CaptionerAnswers small = learned.answers(Precision.INT8)) {
            CaptionerEvaluation rounded = small.evaluate(others, BEAM);
            assertEquals(whole.loss(), rounded.loss(), 0.05);
            assertNotEquals(whole.loss(), rounded.loss());
            assertEquals(rounded.exact(), rounded.figures().toJson().number("exact"));
            assertEquals(rounded.loss(), rounded.figures().toJson().number("loss"));
            assertEquals("int8", rounded.figures().toJson().string("precision"));
            assertEquals(4, rounded.figures().toJson().integer("beam"));
        }
    }

    @Test
    void theFileIsComplete() throws IOException {
        Path file = folder.resolve("captions.safetensors");
        List<CaptionedImage> wide = new SideBySide(1, 2).of(images(30, 1), 30, 1);
        try (Captioner model = captioner(wide).sideBySide(new SideBySide(1, 2)).shift(2).build();
                CaptionerAnswers now = model.answers(Precision.FLOAT32)) {
            model.save(file);
            try (CaptionerAnswers opened = Captioner.open(file, Precision.FLOAT32)) {
                assertEquals(now.caption(pixels(wide), BEAM), opened.caption(pixels(wide), BEAM));
                assertEquals(model.reading(), opened.reading());
                assertEquals(new SideBySide(1, 2), opened.reading().sideBySide());
                assertEquals(List.of(5, 10, 2), List.of(opened.reading().rows(), opened.reading().columns(), opened.reading().shift()));
                assertEquals(Captioner.TASK, Tasks.task(file));
            }
        }
    }

    @Test
    void aFileWithAnotherReadingIsRefused() throws IOException {
        Path file = folder.resolve("captions.safetensors");
        String reading = learned.reading().toJson().toString();
        assertRefused(file, reading.replace("\"shift\":", "\"move\":"), "\"move\" is not known");
        assertRefused(file, reading.replace("\"least\":1", "\"least\":2"), "2 to 1 images side by side");
        assertRefused(file, reading.replace("\"least\":1", "\"least\":\"1-2\""), "\"side_by_side.least\" is \"1-2\"");
        assertRefused(file, reading.replace("\"rows\":5", "\"rows\":6"), "expected an input of 30 floats");
        assertRefused(file, reading.replace("\"shift\":0", "\"shift\":-1"), "shifted by -1");
        assertRefused(file, reading.replaceFirst("\"frame\"", "\"frame\",\"box\""), "its node 'embedding' has rows for");
    }

    private static void assertRefused(Path file, String reading, String part) throws IOException {
        learned.model().save(file, writer -> writer.metadata("task", Captioner.TASK).metadata("reading", reading));
        String message = assertThrows(CheckpointException.class, () -> Captioner.load(file)).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void aTrainingThatStoppedGoesOnToTheBit() throws IOException {
        List<CaptionedImage> examples = images(100, 1);
        Path file = folder.resolve("captions.safetensors");
        try (Captioner whole = captioner(examples).shift(1).build(); Captioner again = captioner(examples).shift(1).build();
                Captioner half = captioner(examples).shift(1).build()) {
            Training training = training(4).validation(0.1);
            whole.train(examples, training);
            again.train(examples, training);
            assertArrayEquals(Texts.parameters(whole.model()), Texts.parameters(again.model()));
            assertFalse(Double.isNaN(whole.history().get(0).validationLoss()), "nothing was held out");
            int[] steps = {0};
            half.train(examples, training.stopWhen(() -> steps[0]++ > 10).checkpoint(file));
            try (Captioner resumed = Captioner.load(file)) {
                assertMessage("its training data was", () -> resumed.train(images(100, 2), training.continued()));
                resumed.train(examples, training.continued());
                assertArrayEquals(Texts.parameters(whole.model()), Texts.parameters(resumed.model()));
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        GreyImage wide = new GreyImage(5, 6, new byte[30]);
        assertMessage("5 x 6 pixels; this model takes at most 5 x 5", () -> answers.caption(wide));
        assertMessage("no images to measure", () -> answers.evaluate(List.of()));
        List<CaptionedImage> examples = images(10, 1);
        long before = learned.model().fingerprint();
        assertMessage("at most 5 x 5", () -> learned.train(examples, List.of(new CaptionedImage(wide, "wide")), training(1)));
        assertMessage("bptt 5 means nothing for images", () -> learned.train(examples, training(1).bptt(5)));
        assertEquals(before, learned.model().fingerprint(), "it was trained before the image was found");
        assertMessage("2 x 2 pixels was given 5", () -> new GreyImage(2, 2, new byte[5]));
        assertMessage("5 and 4 rows", () -> GreyImage.beside(new GreyImage(5, 1, new byte[5]), new GreyImage(4, 1, new byte[4])));
        assertMessage("empty caption", () -> new CaptionedImage(new GreyImage(1, 1, new byte[1]), " "));
        assertMessage("3 to 2 images side by side", () -> new SideBySide(3, 2));
        assertMessage("hidden size is 0", () -> Captioner.builder(examples).hidden(0));
        assertMessage("dropout is 1.0", () -> Captioner.builder(examples).dropout(1));
        assertMessage("shift is -1", () -> Captioner.builder(examples).shift(-1));
        assertMessage("no size for the projection", () -> Captioner.builder(examples).cell(Cell.LSTM_PROJECTED));
        assertMessage("empty", () -> Captioner.builder(List.of()).build());
    }
}
