package org.tidegate.text;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of data as every reader of this library opens it. What is packed with gzip, whatever the file is called, is unpacked while it is
 * read. Text is UTF-8, UTF-16 or UTF-32, of either byte order, with or without a byte order mark, which is dropped; malformed bytes are
 * an error that names their line, never a replacement character, and so is a NUL, which no text has. Lines end in {@code \n},
 * {@code \r\n} or {@code \r}.
 *
 * <p>What a damaged or malicious file can take is bounded: a line by {@link #LONGEST_LINE}, a text by a share of Java's memory.
 *
 * <p>Not for several threads at once.
 */
public final class InputFile implements Closeable {
    /** The file that stands for standard input, which is read as it is and never closed. */
    public static final Path STANDARD_INPUT = Path.of("/dev/stdin");
    /** The limit of a line, in bytes of UTF-8: 16 MiB. */
    public static final int LONGEST_LINE = 1 << 24;

    private static final int BUFFER = 1 << 16;
    /** The bytes that are looked at to tell what a file is. */
    private static final int HEAD = 1 << 13;
    /** The shortest head that tells a packed file. */
    private static final int MAGIC = 4;
    /** Java's memory for a line of a list beside its bytes. */
    private static final int LINE = 64;
    /** Where a tar archive says what it is. */
    private static final int TAR = 257;
    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final Map<String, int[]> OTHERS = new LinkedHashMap<>();

    static {
        OTHERS.put("a ZIP archive or an Office file", new int[] {'P', 'K', 3, 4});
        OTHERS.put("packed with bzip2", new int[] {'B', 'Z', 'h', Encoding.ANY, 0x31, 0x41, 0x59});
        OTHERS.put("packed with xz", new int[] {0xFD, '7', 'z', 'X'});
        OTHERS.put("packed with zstd", new int[] {0x28, 0xB5, 0x2F, 0xFD});
        OTHERS.put("packed with lz4", new int[] {0x04, 0x22, 0x4D, 0x18});
        OTHERS.put("packed with 7-Zip", new int[] {'7', 'z', 0xBC, 0xAF});
        OTHERS.put("packed with compress", new int[] {0x1F, 0x9D});
        OTHERS.put("packed twice with gzip", new int[] {0x1F, 0x8B});
    }

    private final String name;
    private final byte[] head; // the first bytes, unpacked
    private final InputStream bytes;
    private InputStream utf8; // once the encoding is known

    private final byte[] block = new byte[BUFFER];
    private int at;
    private int end;
    private boolean tooLong; // the last line was refused before its end
    private boolean afterReturn; // the last line ended in \r: a \n that follows belongs to it
    private int number;
    private long start; // offset of the line that was read last
    private long offset; // of what follows it

    private InputFile(InputStream raw, String name) throws IOException {
        this.name = name;
        InputStream plain = new BufferedInputStream(raw, BUFFER);
        byte[] first = head(plain);
        plain = new SequenceInputStream(new ByteArrayInputStream(first), plain);
        if (Gunzip.isMagic(first)) {
            plain = new BufferedInputStream(new Gunzip(plain, name), BUFFER);
            first = head(plain);
            plain = new SequenceInputStream(new ByteArrayInputStream(first), plain);
        }
        head = first;
        bytes = plain;
        refuseOthers();
    }

    /**
     * Opens a file.
     *
     * @param file the file
     * @return its content, unpacked; to be closed
     * @throws IllegalArgumentException if it is a folder, or packed in another way than with gzip
     * @throws IOException if it cannot be read
     */
    public static InputFile open(Path file) throws IOException {
        if (file.equals(STANDARD_INPUT)) {
            return of(System.in, file.toString());
        }
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a folder; expected a file");
        }
        InputStream in = new FilterInputStream(Files.newInputStream(file)) {
            @Override
            public int available() { // that of a file asks for its position, which a pipe has not
                return 0;
            }
        };
        try {
            return new InputFile(in, file.toString());
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Opens a stream, of which no more is read than there is: a line is there as soon as it has arrived.
     *
     * @param in the stream, which stays open
     * @param name of the stream in messages
     * @return its content, unpacked
     * @throws IllegalArgumentException as {@link #open}
     * @throws IOException if it cannot be read
     */
    public static InputFile of(InputStream in, String name) throws IOException {
        return new InputFile(new FilterInputStream(in) {
            @Override
            public void close() {}
        }, name);
    }

    /**
     * Reads a whole file as text.
     *
     * @param file the file
     * @return its text
     * @throws IllegalArgumentException as {@link #open} and {@link #text}
     * @throws IOException if it cannot be read
     */
    public static String read(Path file) throws IOException {
        try (InputFile in = open(file)) {
            return in.text();
        }
    }

    /**
     * Reads the lines of a file, without their ends; line i of the file is the list's i − 1.
     *
     * @param file the file
     * @return its lines
     * @throws IllegalArgumentException as {@link #open} and {@link #line}, or if they do not fit into Java's memory
     * @throws IOException if it cannot be read
     */
    public static List<String> lines(Path file) throws IOException {
        try (InputFile in = open(file)) {
            return in.lines();
        }
    }

    /** {@return the name in messages} */
    public String name() {
        return name;
    }

    /**
     * {@return whether the content, unpacked, begins with these bytes}
     *
     * @param values bytes from 0 to 255, up to four
     */
    public boolean startsWith(int... values) {
        return Encoding.begins(head, values);
    }

    /** {@return the content, unpacked, as it is} */
    public InputStream bytes() {
        return bytes;
    }

    /**
     * {@return the content as text in UTF-8, which is not checked if it was UTF-8; a byte order mark at its start is in it}
     *
     * @throws IOException if it cannot be read
     */
    public InputStream utf8() throws IOException {
        if (utf8 == null) {
            Charset form = Encoding.of(head);
            utf8 = form == StandardCharsets.UTF_8 ? bytes : new WideText(bytes, form, name);
        }
        return utf8;
    }

    /**
     * {@return the content as text}
     *
     * @throws IllegalArgumentException if it is no text (the message names the line), or does not fit into Java's memory
     * @throws IOException if it cannot be read
     */
    public String text() throws IOException {
        int most = (int) Math.min(Integer.MAX_VALUE - 16, Runtime.getRuntime().maxMemory() / 3);
        byte[] all = utf8().readNBytes(most + 1);
        if (all.length > most) {
            throw new IllegalArgumentException(name + " has more than " + most + " bytes of text" + (most > 1 << 30
                    ? "; a text may have up to 2 GiB. Split it into parts." : tooLittleMemory()));
        }
        refuseNul(all, 1);
        return Utf8.decode(all, name);
    }

    /**
     * {@return the lines that are left, without their ends}
     *
     * @throws IllegalArgumentException as {@link #line}, or if they do not fit into Java's memory
     * @throws IOException if it cannot be read
     */
    public List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        long room = Runtime.getRuntime().maxMemory() * 2 / 3;
        for (String line = line(); line != null; line = line()) {
            lines.add(line);
            if (offset + (long) LINE * number > room) {
                throw new IllegalArgumentException(name + " has more than " + number + " lines" + tooLittleMemory());
            }
        }
        return lines;
    }

    /**
     * {@return the next line without its end, null after the last} A byte order mark that a line begins with, as the second of two files
     * that were put together has it, is dropped.
     *
     * @throws IllegalArgumentException if the line is no text or longer than {@link #LONGEST_LINE}; the message names it. The next call
     *     reads the line after it.
     * @throws IOException if it cannot be read
     */
    public String line() throws IOException {
        byte[] line = lineBytes();
        return line == null ? null : decode(line);
    }

    /** {@return the number of the line that was read last, from 1} */
    public int number() {
        return number;
    }

    /** The next line as {@link #line} has it, in UTF-8 that is not checked; null after the last. */
    byte[] lineBytes() throws IOException {
        if (tooLong) {
            tooLong = false;
            while (!endLine(lineEnd()) && fill()) { // the rest of a line that was refused
                continue;
            }
        }
        if (afterReturn && fill() && block[at] == '\n') {
            at++;
            offset++;
        }
        afterReturn = false;
        if (!fill()) {
            return null;
        }
        number++;
        start = offset;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (boolean ended = false; !ended && fill();) {
            int stop = lineEnd();
            line.write(block, at, stop - at);
            ended = endLine(stop);
            if (line.size() > LONGEST_LINE) {
                tooLong = !ended;
                throw new IllegalArgumentException(name + ", line " + number + " is longer than " + LONGEST_LINE
                        + " bytes; expected lines of text");
            }
        }
        return line.toByteArray();
    }

    /** Where the line ends in the block; the block's end if it does not. */
    private int lineEnd() {
        int stop = at;
        while (stop < end && block[stop] != '\n' && block[stop] != '\r') {
            stop++;
        }
        return stop;
    }

    /** Goes on behind the line's end that stands there; whether there is one. */
    private boolean endLine(int stop) {
        boolean ended = stop < end;
        afterReturn = ended && block[stop] == '\r';
        offset += stop - at + (ended ? 1 : 0);
        at = ended ? stop + 1 : stop;
        return ended;
    }

    private static String tooLittleMemory() {
        return "; Java's own memory, " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB, is too small for this; give it more:"
                + " TIDEGATE_JAVA_OPTIONS=-Xmx8g for the command, -Xmx8g for a program of your own";
    }

    private String decode(byte... line) {
        refuseNul(line, number);
        String text = new String(line, StandardCharsets.UTF_8);
        if (text.indexOf(Utf8.REPLACEMENT) >= 0) {
            Utf8.check(line, name, start, number);
        }
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }

    private void refuseNul(byte[] text, int line) {
        int in = line;
        for (byte each : text) {
            if (each == 0) {
                throw new IllegalArgumentException(name + ", line " + in + " has a NUL, a byte of 0, which no text has. Is it another kind"
                        + " of file? If it is UTF-16, convert it: iconv -f UTF-16LE (or UTF-16BE) -t UTF-8 FILE > NEW; if not, take the NULs"
                        + " out: tr -d '\\000' < FILE > NEW");
            }
            in += each == '\n' ? 1 : 0;
        }
    }

    /** Whether there are bytes in the block, after it was filled anew if there were none. */
    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, utf8().read(block, 0, BUFFER));
        }
        return at < end;
    }

    /** The first bytes: as many as have arrived, but enough to tell what they are; less only if the first line is shorter. */
    private static byte[] head(InputStream in) throws IOException {
        byte[] head = new byte[HEAD];
        int length = 0;
        while (length < MAGIC && (length == 0 || head[length - 1] != '\n')) {
            int got = in.read(head, length, HEAD - length);
            if (got < 0) {
                break;
            }
            length += got;
        }
        return Arrays.copyOf(head, length);
    }

    private void refuseOthers() throws IOException {
        OTHERS.forEach((what, magic) -> {
            if (Encoding.begins(head, magic)) {
                throw new IllegalArgumentException(name + " is " + what + "; unpack it, or pack it with gzip, which is read as it is");
            }
        });
        if (new String(head, StandardCharsets.ISO_8859_1).startsWith("ustar", TAR)) {
            throw new IllegalArgumentException(name + " is a tar archive; take the files out first: tar -xf FILE");
        }
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }
}
