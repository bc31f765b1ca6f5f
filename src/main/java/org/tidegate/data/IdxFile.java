package org.tidegate.data;

import java.io.InputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.text.InputFile;

/**
 * A reader of IDX, the format of the MNIST files: a big-endian header (2051, count, rows, columns for images; 2049, count for labels),
 * then one unsigned byte a pixel or label. Plain or packed with gzip, whatever the file is called.
 */
public final class IdxFile {
    private static final int IMAGES = 2051;
    private static final int LABELS = 2049;
    /** Java's memory for an array beside its bytes. */
    private static final int ARRAY = 24;

    /**
     * Grey images of one size.
     *
     * @param rows the height
     * @param columns the width
     * @param pixels {@code [count][rows*columns]}, bytes from 0 to 255 as Java's signed ones
     */
    public record Images(int rows, int columns, byte[][] pixels) {
        /** {@return the number of images} */
        public int count() {
            return pixels.length;
        }
    }

    private final String file;
    private final InputStream in;

    private IdxFile(InputFile in) {
        this.file = in.name();
        this.in = in.bytes();
    }

    /**
     * Reads images.
     *
     * @param file the file, plain or gzip
     * @return the images of the file
     * @throws IllegalArgumentException if the file is something else, is truncated, or has bytes after its images; the message names what
     *     was expected
     * @throws IOException if it cannot be read
     */
    public static Images images(Path file) throws IOException {
        try (InputFile in = InputFile.open(file)) {
            return new IdxFile(in).images();
        }
    }

    /**
     * Reads labels.
     *
     * @param file the file, plain or gzip
     * @return {@code [count]}, from 0 to 255
     * @throws IllegalArgumentException as {@link #images}
     * @throws IOException if it cannot be read
     */
    public static int[] labels(Path file) throws IOException {
        try (InputFile in = InputFile.open(file)) {
            return labels(in);
        }
    }

    /**
     * Reads labels from a file that is open, to its end.
     *
     * @param file the file
     * @return {@code [count]}, from 0 to 255
     * @throws IllegalArgumentException as {@link #images}
     * @throws IOException if it cannot be read
     */
    public static int[] labels(InputFile file) throws IOException {
        IdxFile reader = new IdxFile(file);
        int count = reader.header(LABELS, "labels");
        byte[] bytes = reader.in.readNBytes(count); // grows with the labels that are there
        if (bytes.length < count) {
            throw new IllegalArgumentException(reader.file + " ends after " + bytes.length + " labels; its header says " + count
                    + ". Is it whole?");
        }
        reader.refuseMore();
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = Byte.toUnsignedInt(bytes[i]);
        }
        return labels;
    }

    private Images images() throws IOException {
        int count = header(IMAGES, "images");
        int rows = size("rows");
        int columns = size("columns");
        if ((long) rows * columns > Integer.MAX_VALUE - 16) {
            throw new IllegalArgumentException(file + " says that its images are " + rows + " x " + columns
                    + " pixels; that is no image");
        }
        Images images = new Images(rows, columns, records(count, rows * columns, "image"));
        refuseMore();
        return images;
    }

    private void refuseMore() throws IOException {
        if (in.read() >= 0) {
            throw new IllegalArgumentException(file + " goes on after what its header promises; it is no whole IDX file");
        }
    }

    private int header(int magic, String what) throws IOException {
        byte[] bytes = in.readNBytes(Integer.BYTES);
        if (bytes.length < Integer.BYTES) {
            throw new IllegalArgumentException(file + " has " + bytes.length + " bytes; expected an IDX file of " + what
                    + ", which begins with the number " + magic);
        }
        int found = ByteBuffer.wrap(bytes).getInt();
        if (found != magic) {
            String other = found == IMAGES ? " (images)" : found == LABELS ? " (labels)" : "";
            throw new IllegalArgumentException(file + " begins with the number " + found + other + "; an IDX file of " + what
                    + " begins with " + magic + ", as a big-endian int32");
        }
        return size(what);
    }

    private int size(String what) throws IOException {
        byte[] bytes = in.readNBytes(Integer.BYTES);
        if (bytes.length < Integer.BYTES) {
            throw new IllegalArgumentException(file + " ends in its header, before the number of " + what + "; is it whole?");
        }
        int size = ByteBuffer.wrap(bytes).getInt();
        if (size < 1) {
            throw new IllegalArgumentException(file + " says that it has " + size + " " + what + "; expected 1 or more");
        }
        return size;
    }

    // A list that grows with the records that are there: a damaged header must not exhaust memory.
    private byte[][] records(int count, int bytes, String what) throws IOException {
        List<byte[]> records = new ArrayList<>();
        long room = Runtime.getRuntime().maxMemory() * 2 / 3; // a small file may unpack to any size
        for (int i = 0; i < count; i++) {
            byte[] record = in.readNBytes(bytes);
            if (record.length < bytes) {
                throw new IllegalArgumentException(file + " ends after " + record.length + " of the " + bytes + " bytes of " + what
                        + " " + (i + 1) + "; its header says " + count + ". Is it whole?");
            }
            records.add(record);
            if ((i + 1L) * (bytes + ARRAY) > room) {
                throw new IllegalArgumentException(file + " has more than " + (i + 1) + " " + what + "s of " + bytes + " bytes; Java's memory, "
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MiB, is too small for this; give it more, -Xmx8g for example");
            }
        }
        return records.toArray(new byte[0][]);
    }
}
