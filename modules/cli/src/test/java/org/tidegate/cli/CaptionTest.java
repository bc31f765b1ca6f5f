package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** {@code train caption} and what can be done with its models, on digits of 4 x 6 pixels: as many bright rows as the digit says. */
class CaptionTest {
    private static final String[] WORDS = {"zero", "one", "two", "three", "four", "five"};
    private static final int ROWS = 6;
    private static final int COLUMNS = 4;

    @TempDir
    Path folder;
    private Path images;
    private Path labels;
    private int[] digits;

    @BeforeEach
    void draw() throws IOException {
        Random random = new Random(1);
        digits = random.ints(240, 0, WORDS.length).toArray();
        ByteBuffer pixels = ByteBuffer.allocate(16 + digits.length * ROWS * COLUMNS).putInt(2051).putInt(digits.length).putInt(ROWS)
                .putInt(COLUMNS);
        ByteBuffer numbers = ByteBuffer.allocate(8 + digits.length).putInt(2049).putInt(digits.length);
        for (int digit : digits) {
            for (int p = 0; p < ROWS * COLUMNS; p++) {
                pixels.put((byte) (p / COLUMNS < digit ? 255 - random.nextInt(60) : random.nextInt(60)));
            }
            numbers.put((byte) digit);
        }
        images = Files.write(folder.resolve("images.gz"), gzip(pixels.array()));
        labels = Files.write(folder.resolve("labels"), numbers.array());
    }

    private static byte[] gzip(byte... bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static Run train(Path model, Object... more) {
        return Run.trainTask("caption", model, List.of("--hidden", 24, "--embedding", 8, "--shift", 0, "--lr", 0.02, "--batch", 16,
                "--threads", 1, "--epochs", 8), more);
    }

    @Test
    void imagesAreCaptionedDrawnAndMeasured() throws IOException {
        Path model = folder.resolve("digits.safetensors");
        train(model, "--data", images, labels).succeeded();
        Run plain = Run.of("predict", "--model", model, images).succeeded();
        List<String> captions = plain.out().lines().toList();
        assertEquals(digits.length, captions.size());
        long right = IntStream.range(0, digits.length).filter(i -> captions.get(i).equals(WORDS[digits[i]])).count();
        assertTrue(right > 0.95 * digits.length, right + " right");
        Path sheet = folder.resolve("sheet.png");
        List<JsonObject> answers = Run.of("predict", "--model", model, "--json", "--top", 2, "--chart", sheet, images, images)
                .succeeded().out().lines().map(JsonObject::parse).toList();
        assertEquals(2 * digits.length, answers.size());
        assertEquals(images.toString(), answers.get(0).string("input"));
        assertEquals(captions.get(0), answers.get(0).strings("captions").get(0));
        assertEquals(2, answers.get(0).strings("captions").size());
        assertTrue(ImageIO.read(sheet.toFile()).getWidth() > 10 * COLUMNS);
        assertTrue(Files.exists(folder.resolve("sheet-2.png")), "a sheet for each file");
        JsonObject figures = JsonObject.parse(Run.of("evaluate", "--model", model, "--data", images, labels, "--json")
                .succeeded().lastLine());
        assertEquals((double) right / digits.length, figures.number("exact"), 1e-9);
        assertTrue(figures.number("loss") < 0.2, figures::toString);
    }

    @Test
    void foldersAndTextsOfCaptionsAreReadToo() throws IOException {
        Path pair = Files.createDirectory(folder.resolve("pair"));
        Files.copy(images, pair.resolve("my-images.gz"));
        Files.write(pair.resolve("captions.txt"), Arrays.stream(digits).mapToObj(digit -> digit > 2 ? "many rows" : "few").toList());
        Path model = folder.resolve("rows.safetensors");
        train(model, "--data", pair, "--epochs", 4, "--valid", pair).succeeded();
        List<String> captions = Run.of("predict", "--model", model, images).succeeded().out().lines().toList();
        long right = IntStream.range(0, digits.length).filter(i -> captions.get(i).equals(digits[i] > 2 ? "many rows" : "few"))
                .count();
        assertTrue(right > 0.95 * digits.length, right + " right");
    }

    @Test
    void severalDigitsStandSideBySide() {
        Path model = folder.resolve("two.safetensors");
        Run run = train(model, "--data", images, labels, "--digits", "1-2", "--count", 800).succeeded();
        assertTrue(run.out().contains("720 images to train on, 80 held out; captions of 6 words for images of 6 x 8 pixels"),
                run.out());
        JsonObject figures = JsonObject.parse(Run.of("evaluate", "--model", model, "--data", images, labels, "--json")
                .succeeded().lastLine());
        assertEquals("1-2", figures.string("side_by_side"));
        assertTrue(figures.number("exact") > 0.9, figures::toString);
    }

    @Test
    void theSameSeedAndAResumedTrainingGiveTheSameModel() throws IOException {
        Path whole = folder.resolve("whole.safetensors");
        Path half = folder.resolve("half.safetensors");
        train(whole, "--data", images, labels, "--epochs", 2, "--schedule", "constant").succeeded();
        train(half, "--data", images, labels, "--epochs", 1, "--schedule", "constant").succeeded();
        train(half, "--data", images, labels, "--epochs", 2, "--schedule", "constant", "--resume", "--shift", 1)
                .failed("another network than the options describe (shift is 0)");
        train(half, "--data", images, labels, "--epochs", 2, "--schedule", "constant", "--resume").succeeded();
        Path third = folder.resolve("third.safetensors");
        train(third, "--data", images, labels, "--epochs", 2, "--schedule", "constant").succeeded();
        assertArrayEquals(Tensors.of(whole), Tensors.of(third));
        assertArrayEquals(Tensors.of(whole), Tensors.of(half));
    }

    @Test
    void whatIsWrongIsSaid() throws IOException {
        Path model = folder.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(labels);
        Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, 100));
        assertError("cut ends after 92 labels; its header says 240", "--data", images, cut);
        assertError("labels begins with the number 2049 (labels); an IDX file of images begins with 2051", "--data", labels, labels);
        assertError("images.gz has 240 images, but " + folder.resolve("few.txt") + " has 1 labels", "--data", images,
                Files.writeString(folder.resolve("few.txt"), "one\n"));
        assertError("few.txt, line 2 is empty", "--data", images, Files.writeString(folder.resolve("few.txt"), "one\n\ntwo\n"));
        whole[10] = 11;
        assertError("label 3 is 11; expected a digit", "--data", images, Files.write(folder.resolve("eleven"), whole));
        assertError("has no file of labels or captions after it", "--data", images);
        Path lone = Files.createDirectory(folder.resolve("lone"));
        Files.copy(images, lone.resolve("images"));
        assertError("lone has 0 files with \"labels\" or \"captions\" in their names", "--data", lone);
        Run digits = train(model, "--data", images, labels, "--digits", "0");
        assertTrue(digits.code() == 2 && digits.err().contains("expected a number, or two as in 2-3"), digits.err());
        Run turned = train(model, "--data", images, labels, "--digits", "3-2");
        assertTrue(turned.code() == 2 && turned.err().contains("3 to 2 images side by side"), turned.err());
        assertError("--count 9 is about images put side by side", "--data", images, labels, "--count", 9);
        assertError("--count 0; expected 1 or more", "--data", images, labels, "--digits", "2", "--count", 0);
    }

    private void assertError(String part, Object... options) {
        Run run = train(folder.resolve("model.safetensors"), options);
        assertEquals(1, run.code());
        assertTrue(run.err().contains(part), run.err());
    }
}
