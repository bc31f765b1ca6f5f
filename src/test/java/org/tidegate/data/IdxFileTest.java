package org.tidegate.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFileTest {
    @TempDir
    private Path folder;

    private static byte[] idx(int[] header, int... data) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * header.length + data.length);
        for (int number : header) {
            bytes.putInt(number);
        }
        for (int value : data) {
            bytes.put((byte) value);
        }
        return bytes.array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private Path file(byte... bytes) throws IOException {
        return Files.write(folder.resolve("file"), bytes);
    }

    @Test
    void imagesAndLabelsAreReadPlainAndPacked() throws IOException {
        byte[] images = idx(new int[] {2051, 2, 1, 3}, 0, 128, 255, 1, 2, 3);
        byte[] labels = idx(new int[] {2049, 3}, 7, 0, 255);
        for (byte[][] form : new byte[][][] {{images, labels}, {gzip(images), gzip(labels)}}) {
            IdxFile.Images read = IdxFile.images(file(form[0]));
            assertEquals(2, read.count());
            assertEquals(1, read.rows());
            assertEquals(3, read.columns());
            assertArrayEquals(new byte[] {0, (byte) 128, (byte) 255}, read.pixels()[0]);
            assertArrayEquals(new byte[] {1, 2, 3}, read.pixels()[1]);
            assertArrayEquals(new int[] {7, 0, 255}, IdxFile.labels(file(form[1])));
        }
    }

    @Test
    void everyCutFileIsRefused() throws IOException {
        byte[] images = idx(new int[] {2051, 2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8);
        byte[] packed = gzip(images);
        for (byte[] whole : new byte[][] {images, packed}) {
            for (int length = 0; length < whole.length; length++) {
                Path cut = file(Arrays.copyOf(whole, length));
                String message = assertThrows(IllegalArgumentException.class, () -> IdxFile.images(cut), "length " + length).getMessage();
                assertTrue(message.contains(cut.toString()), message);
            }
        }
        assertMessage("ends after 3 of the 4 bytes of image 2; its header says 2", Arrays.copyOf(images, images.length - 1));
        assertMessage("ends in its header, before the number of rows", Arrays.copyOf(images, 10));
    }

    @Test
    void whatIsNoIdxFileIsRefused() throws IOException {
        assertMessage("begins with the number 2049 (labels); an IDX file of images begins with 2051", idx(new int[] {2049, 3}, 7, 0, 255));
        assertMessage("begins with the number 1936744813", "spam and eggs".getBytes(StandardCharsets.US_ASCII));
        assertMessage("it has 0 images", idx(new int[] {2051, 0, 1, 1}));
        assertMessage("it has -1 rows", idx(new int[] {2051, 1, -1, 1}));
        assertMessage("1000000000 x 1000000000 pixels", idx(new int[] {2051, 1, 1_000_000_000, 1_000_000_000}));
        assertMessage("goes on after", idx(new int[] {2051, 1, 1, 1}, 1, 2));
        assertMessage("ends after 1 of the 900000000 bytes of image 1", idx(new int[] {2051, 2_000_000_000, 30_000, 30_000}, 1));
        assertMessage("has 1 bytes", new byte[] {5});
        Path labels = file(idx(new int[] {2049, Integer.MAX_VALUE}, 7, 8, 9));
        String message = assertThrows(IllegalArgumentException.class, () -> IdxFile.labels(labels)).getMessage();
        assertTrue(message.contains("ends after 3 labels; its header says 2147483647"), message);
        assertThrows(IllegalArgumentException.class, () -> IdxFile.labels(folder));
        assertThrows(NoSuchFileException.class, () -> IdxFile.labels(folder.resolve("none")));
    }

    private void assertMessage(String part, byte... bytes) throws IOException {
        Path file = file(bytes);
        String message = assertThrows(IllegalArgumentException.class, () -> IdxFile.images(file)).getMessage();
        assertTrue(message.contains(part), message);
    }
}
