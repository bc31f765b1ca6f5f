package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class InputFileTest {
    private static final List<String> FORMS = List.of("UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE");

    @TempDir
    Path folder;

    @Test
    void everyEncodingFormIsReadWithAndWithoutItsMarkPlainAndPacked() throws IOException {
        for (String text : List.of("good\tyes\nbad\tno\n", "caf\u00e9 \uD83D\uDE00 na\u00efve\r\n",
                "\u043f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440\n",
                "\u6211\u4e00\u4e2a\u4eba\u53bb\u4e86\u4e00\u5bb6\u4e66\u5e97\u3002\n\u4e00\u672c\u4e66\n",
                "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd\n",
                "\uD83D\uDE00 ".repeat(10_000) + "\n", "\u0938\u092c \u0920\u0940\u0915 \u0939\u0948\u0964\n")) {
            for (String form : FORMS) {
                for (String mark : List.of("", "\uFEFF")) {
                    byte[] bytes = (mark + text).getBytes(Charset.forName(form));
                    assertEquals(text, InputFile.read(file(bytes)), form);
                    assertEquals(text, InputFile.read(file(gzip(bytes))), form);
                    assertEquals(text.lines().toList(), InputFile.lines(file(bytes)), form);
                }
            }
        }
    }

    @Test
    void chineseAndJapaneseAreReadInUtf16WithoutMarkNulOrSpaceAndNotMistakenForOlderEncodings() throws IOException {
        for (String text : List.of("\u6625\u7720\u4E0D\u89C9\u6653\uFF0C\u5904\u5904\u95FB\u557C\u9E1F\u3002".repeat(5),
                ("pos\t" + "\u6F22".repeat(50) + "\nneg\t" + "\u5B57".repeat(40) + "\n").repeat(5),
                "\u543E\u8F29\u306F\u732B\u3067\u3042\u308B\u3002\u540D\u524D\u306F\u307E\u3060\u7121\u3044\u3002".repeat(3))) {
            for (String form : List.of("UTF-16LE", "UTF-16BE")) {
                assertEquals(text, InputFile.read(file(text.getBytes(Charset.forName(form)))), form);
            }
            for (String form : List.of("Shift_JIS", "EUC-JP", "GBK", "Big5")) {
                byte[] bytes = text.getBytes(Charset.forName(form));
                assertTrue(refused(() -> InputFile.read(file(bytes))).contains("is not valid UTF-8"), form);
            }
        }
    }

    @Test
    void nulsInATextAreRefusedWithTheirLine() throws IOException {
        for (String text : List.of("one\ntwo\0three\n", "name\0\nname\0\nname\0\n", "a\nb\0", "\0\0\0\0\0\0", "x\n\0\0\0\0\0\0\0\0")) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int line = (int) text.substring(0, text.indexOf('\0')).chars().filter(c -> c == '\n').count() + 1;
            for (String message : List.of(refused(() -> InputFile.read(file(bytes))), refused(() -> InputFile.lines(file(bytes))))) {
                String start = folder.resolve("file") + ", line " + line + " has a NUL, a byte of 0, which no text has.";
                assertTrue(message.startsWith(start), message);
                assertTrue(message.endsWith("take the NULs out: tr -d '\\000' < FILE > NEW"), message);
            }
        }
    }

    @Test
    void gzipMembersOneAfterTheOtherAreOneTextAndPaddingIsNothing() throws IOException {
        byte[] first = gzip("one\ntw".getBytes(StandardCharsets.UTF_8));
        byte[] second = gzip("o\nthree\n".getBytes(StandardCharsets.UTF_8));
        byte[] empty = gzip();
        assertEquals("one\ntwo\nthree\n", InputFile.read(file(join(first, empty, second, empty, new byte[512]))));
        try (InputFile slow = InputFile.of(new Dribble(join(first, second)), "a pipe")) {
            assertEquals(List.of("one", "two", "three"), slow.lines());
        }
    }

    @Test
    void everyCutOrDamagedGzipIsRefusedWithItsName() throws IOException {
        byte[] one = gzip("one\n".getBytes(StandardCharsets.UTF_8));
        byte[] whole = join(one, gzip("two\n".getBytes(StandardCharsets.UTF_8)));
        for (int length = 2; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (length != one.length) {
                assertEquals(folder.resolve("file") + " is packed with gzip and cut off; is it whole?",
                        refused(() -> InputFile.read(file(cut))));
            }
        }
        byte[] other = one.clone();
        other[one.length - 8] ^= 1;
        assertTrue(refused(() -> InputFile.read(file(other))).contains("is packed with gzip and damaged: its checksum"));
        assertTrue(refused(() -> InputFile.read(file(join(one, new byte[] {'x'})))).contains("after its end there is something else"));
    }

    @Test
    void gzipHeadersWithNamesCommentsAndChecksumsAreRead() throws IOException {
        byte[] packed = gzip("yes\n".getBytes(StandardCharsets.UTF_8));
        byte[] header = {0x1f, (byte) 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 2, 0, 'e', 'x', 'n', 0, 'c', 0, 1, 2};
        assertEquals("yes\n", InputFile.read(file(join(header, Arrays.copyOfRange(packed, 10, packed.length)))));
    }

    @Test
    void otherPackedFilesAreNamed() throws IOException {
        other("a ZIP archive or an Office file", 'P', 'K', 3, 4, 20, 0);
        other("packed with bzip2", 'B', 'Z', 'h', '9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59);
        other("packed with xz", 0xFD, '7', 'z', 'X', 'Z', 0);
        other("packed with zstd", 0x28, 0xB5, 0x2F, 0xFD, 0);
        byte[] twice = gzip(gzip("text".getBytes(StandardCharsets.UTF_8)));
        assertTrue(refused(() -> InputFile.read(file(twice))).contains(" is packed twice with gzip; unpack it"));
        byte[] tar = new byte[1024];
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
        assertTrue(refused(() -> InputFile.read(file(gzip(tar)))).contains(" is a tar archive"));
        assertEquals("BZh9 is no archive\n", InputFile.read(file("BZh9 is no archive\n".getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void aLineThatIsNoTextIsRefusedAndTheNextIsRead() throws IOException {
        byte[] bytes = "one\r\ncaf\u00e9\ntwo\rn\0l\n\u00ef\u00bb\u00bfthree".getBytes(StandardCharsets.ISO_8859_1);
        try (InputFile in = InputFile.of(new Dribble(bytes), "lines")) {
            assertEquals("one", in.line());
            assertTrue(refused(in::line).startsWith("lines is not valid UTF-8: byte 0xE9 at offset 8 (line 2) cannot stand there"));
            assertEquals("two", in.line());
            assertTrue(refused(in::line).startsWith("lines, line 4 has a NUL"));
            assertEquals("three", in.line());
            assertEquals(5, in.number());
            assertNull(in.line());
        }
    }

    @Test
    void lineEndsAreThoseOfUnixWindowsAndOldMacsWhereverTheyFall() throws IOException {
        for (String text : List.of("", "\n", "a", "a\n", "a\r", "a\r\n", "\r\n\r\n", "a\n\nb", "a\r\rb\r\n\n", "\n\r",
                "x".repeat(65_535) + "\r\ny\n", "x".repeat(65_536) + "\ny", "x".repeat(200_000) + "\r\r\n")) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertEquals(text.lines().toList(), InputFile.lines(file(bytes)));
            try (InputFile slow = InputFile.of(new Dribble(bytes), "slow")) {
                assertEquals(text.lines().toList(), slow.lines());
            }
        }
    }

    @Test
    @Timeout(10)
    void aLineIsThereAsSoonAsItHasArrived() throws IOException {
        PipedOutputStream out = new PipedOutputStream();
        try (PipedInputStream in = new PipedInputStream(out)) {
            out.write("a\n".getBytes(StandardCharsets.UTF_8));
            InputFile lines = InputFile.of(in, "pipe");
            assertEquals("a", lines.line()); // would wait for ever if it read on
            out.write("b\r".getBytes(StandardCharsets.UTF_8));
            assertEquals("b", lines.line());
            out.close();
            assertNull(lines.line());
        }
    }

    @Test
    void aLineThatIsTooLongIsRefusedWithoutItsMemory() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            byte[] block = new byte[1 << 20];
            Arrays.fill(block, (byte) 'x');
            for (int i = 0; i < 17; i++) {
                out.write(block);
            }
            out.write("\r\nshort\n".getBytes(StandardCharsets.UTF_8));
        }
        try (InputFile in = InputFile.open(file(packed.toByteArray()))) {
            assertEquals(folder.resolve("file") + ", line 1 is longer than 16777216 bytes; expected lines of text", refused(in::line));
            assertEquals("short", in.line());
            assertEquals(2, in.number());
            assertNull(in.line());
        }
    }

    @Test
    void bytesAreUnpackedAsTheyAre() throws IOException {
        byte[] bytes = {0, 0, 8, 1, (byte) 0xFF, 10, 13, 0};
        for (byte[] form : new byte[][] {bytes, gzip(bytes)}) {
            try (InputFile in = InputFile.open(file(form))) {
                assertTrue(in.startsWith(0, 0, 8));
                assertArrayEquals(bytes, in.bytes().readAllBytes());
            }
        }
    }

    @Test
    void aMarkInTheMiddleOfFilesPutTogetherIsDroppedFromItsLine() throws IOException {
        assertEquals(List.of("one", "two"), InputFile.lines(file("\uFEFFone\n\uFEFFtwo\n".getBytes(StandardCharsets.UTF_8))));
    }

    /** A stream that gives one byte at a time, and says that none is available. */
    private static final class Dribble extends InputStream {
        private final ByteArrayInputStream in;

        Dribble(byte... bytes) {
            in = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            return in.read(to, offset, Math.min(1, length));
        }
    }

    private interface Reading {
        Object read() throws IOException;
    }

    private static String refused(Reading reading) {
        return assertThrows(IllegalArgumentException.class, reading::read).getMessage();
    }

    private void other(String what, int... magic) throws IOException {
        byte[] bytes = new byte[magic.length];
        for (int i = 0; i < magic.length; i++) {
            bytes[i] = (byte) magic[i];
        }
        assertEquals(folder.resolve("file") + " is " + what + "; unpack it, or pack it with gzip, which is read as it is",
                refused(() -> InputFile.read(file(bytes))));
    }

    private Path file(byte... bytes) throws IOException {
        return Files.write(folder.resolve("file"), bytes);
    }

    private static byte[] gzip(byte... bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
