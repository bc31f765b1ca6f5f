package org.tidegate.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavFileTest {
    @TempDir
    Path folder;

    private Audio read(byte... bytes) throws IOException {
        return WavFile.read(Files.write(folder.resolve("a.wav"), bytes));
    }

    private void refused(String part, byte... bytes) {
        String message = assertThrows(IllegalArgumentException.class, () -> read(bytes)).getMessage();
        assertTrue(message.contains(part) && message.contains("a.wav"), message);
    }

    @Test
    void sixteenBitsAreDividedBy32768() throws IOException {
        byte[] samples = {0, (byte) 0x80, (byte) 0xFF, 0x7F, 1, 0};
        Audio audio = read(new Wav().format(1, 1, 11_025, 16).chunk("data", samples).bytes());
        assertEquals(11_025, audio.rate());
        assertArrayEquals(new float[] {-1, 32767 / 32768f, 1 / 32768f}, audio.samples());
        assertEquals(3 / 11_025.0, audio.seconds());
    }

    @Test
    void eightBitsAreUnsigned() throws IOException {
        Audio audio = read(new Wav().format(1, 1, 8000, 8).chunk("data", (byte) 0, (byte) 128, (byte) 255).bytes());
        assertArrayEquals(new float[] {-1, 0, 127 / 128f}, audio.samples());
    }

    @Test
    void twoChannelsAreAveraged() throws IOException {
        assertArrayEquals(new float[] {0.25f, -0.5f},
                read(new Wav().format(1, 2, 8000, 8).chunk("data", (byte) 160, (byte) 160, (byte) 0, (byte) 128).bytes()).samples());
        assertArrayEquals(new float[] {-0.25f},
                read(new Wav().format(1, 2, 8000, 16).chunk("data", (byte) 0, (byte) 0xC0, (byte) 0, (byte) 0).bytes()).samples());
    }

    @Test
    void moreChannelsAreAveragedToo() throws IOException {
        assertArrayEquals(new float[] {0.125f},
                read(new Wav().format(1, 6, 8000, 8).chunk("data", (byte) 224, (byte) 128, (byte) 128, (byte) 128, (byte) 128, (byte) 128)
                        .bytes()).samples());
    }

    @Test
    void integersOfEachWidthAndOrderAreDividedByTheirFullScale() throws IOException {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            for (int bits : new int[] {16, 20, 24, 32}) {
                int bytes = (bits + 7) / 8;
                byte[] data = new byte[3 * bytes]; // least, greatest, 1/4
                byte[][] highFirst = {{-128, 0, 0, 0}, {127, -1, -1, -1}, {32, 0, 0, 0}};
                for (int i = 0; i < data.length; i++) {
                    data[i] = highFirst[i / bytes][order == ByteOrder.BIG_ENDIAN ? i % bytes : bytes - 1 - i % bytes];
                }
                float[] read = read(new Wav(order).format(1, 1, 8000, bits, bytes).chunk("data", data).bytes()).samples();
                assertArrayEquals(new float[] {-1, (float) (1 - Math.pow(2, 1 - 8 * bytes)), 0.25f}, read, order + ", " + bits + " bits");
            }
        }
    }

    @Test
    void floatingPointStaysAsItIs() throws IOException {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            byte[] single = ByteBuffer.allocate(8).order(order).putFloat(-0.1f).putFloat(1.5f).array();
            byte[] twice = ByteBuffer.allocate(16).order(order).putDouble(-0.1f).putDouble(1.5).array();
            float[] expected = {-0.1f, 1.5f};
            assertArrayEquals(expected, read(new Wav(order).format(3, 1, 8000, 32).chunk("data", single).bytes()).samples());
            assertArrayEquals(expected, read(new Wav(order).format(3, 1, 8000, 64).chunk("data", twice).bytes()).samples());
            assertArrayEquals(expected, read(new Wav(order).extensible(3, 1, 8000, 32, true).chunk("data", single).bytes()).samples());
        }
    }

    @Test
    void floatingPointSamplesThatAreNoSoundAreRefusedWithTheirPlace() {
        for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -12_000}) {
            byte[] data = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putDouble(0).putDouble(0.5).putDouble(wrong).array();
            refused("sample 2 of channel 1 is " + wrong, new Wav().format(3, 1, 8000, 64).chunk("data", data).bytes());
        }
    }

    /** The recommendation's tables: the values of segment s and step m are (2m + 33) 2^s, without 33 and 4 times for 16 bits of mu-law. */
    @Test
    void theLawsOfTelephonyAreDecodedByG711() throws IOException {
        byte[] codes = new byte[256];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) i;
        }
        float[] aLaw = read(new Wav().format(6, 1, 8000, 8).chunk("data", codes).bytes()).samples();
        float[] muLaw = read(new Wav().format(7, 1, 8000, 8).chunk("data", codes).bytes()).samples();
        for (int segment = 0; segment < 8; segment++) {
            for (int step = 0; step < 16; step++) {
                double a = segment == 0 ? 16 * step + 8 : (16 * step + 264) * (1 << segment - 1);
                double mu = 4.0 * ((2 * step + 33) * (1 << segment) - 33);
                int code = 16 * segment + step;
                assertEquals(a, 32768 * aLaw[code + 128 ^ 0x55]);
                assertEquals(-a, 32768 * aLaw[code ^ 0x55]);
                assertEquals(mu, 32768 * muLaw[255 - code]);
                assertEquals(-mu, 32768 * muLaw[127 - code], 0.0);
            }
        }
    }

    @Test
    void theExtensibleFormatOfPcmIsRead() throws IOException {
        assertArrayEquals(new float[] {0.5f},
                read(new Wav().extensible(1, 1, 48_000, 16, true).chunk("data", (byte) 0, (byte) 0x40).bytes()).samples());
    }

    @Test
    void chunksStandInAnyOrderAndOddOnesArePadded() throws IOException {
        Audio audio = read(new Wav().chunk("LIST", (byte) 1, (byte) 2, (byte) 3).chunk("data", (byte) 192).format(1, 1, 8000, 8)
                .chunk("junk", (byte) 9).chunk("data", (byte) 1).bytes());
        assertArrayEquals(new float[] {0.5f}, audio.samples());
    }

    @Test
    void theLastPaddingMayBeMissing() throws IOException {
        byte[] bytes = new Wav().format(1, 1, 8000, 8).chunk("data", (byte) 192).bytes();
        assertArrayEquals(new float[] {0.5f}, read(Arrays.copyOf(bytes, bytes.length - 1)).samples());
    }

    @Test
    void aFileMayBePackedWithGzipOrComeOutOfAPipe() throws Exception {
        byte[] wav = Wav.mono(8000, 0.5f, -0.5f);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(wav);
        }
        Path pipe = folder.resolve("pipe");
        for (byte[] form : new byte[][] {wav, packed.toByteArray()}) {
            assertArrayEquals(new float[] {0.5f, -0.5f}, read(form).samples());
            Files.deleteIfExists(pipe);
            assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
            Thread writer = new Thread(() -> assertDoesNotThrow(() -> Files.write(pipe, form)));
            writer.start();
            assertArrayEquals(new float[] {0.5f, -0.5f}, AudioFile.read(pipe).samples());
            writer.join();
        }
    }

    @Test
    void whatIsNoWaveFileIsRefused() {
        refused("has only 3 bytes", (byte) 1, (byte) 2, (byte) 3);
        refused("begins with \"ID3?\"", "ID3\u0004 some music of a day".getBytes(StandardCharsets.ISO_8859_1));
        byte[] other = new Wav().format(1, 1, 8000, 8).bytes();
        System.arraycopy("AVI ".getBytes(StandardCharsets.US_ASCII), 0, other, 8, 4);
        refused("\"AVI \"", other);
        assertThrows(NoSuchFileException.class, () -> WavFile.read(folder.resolve("missing.wav")));
        assertThrows(IllegalArgumentException.class, () -> WavFile.read(folder));
    }

    @Test
    void otherCodingsAreNamed() {
        byte[] some = new byte[24];
        refused("40 bits", new Wav().format(1, 1, 8000, 40).chunk("data", some).bytes());
        refused("0 bits", new Wav().format(1, 1, 8000, 0).chunk("data", some).bytes());
        refused("floating point of 16 bits", new Wav().format(3, 1, 8000, 16).chunk("data", some).bytes());
        refused("ADPCM", new Wav().format(2, 1, 8000, 4, 256).chunk("data", some).bytes());
        refused("number 4660", new Wav().format(0x1234, 1, 8000, 8).chunk("data", some).bytes());
        refused("subformat of its own", new Wav().extensible(1, 1, 8000, 16, false).chunk("data", some).bytes());
        refused("no channels", new Wav().format(1, 0, 8000, 16).chunk("data", some).bytes());
    }

    @Test
    void otherFormatsAreNamedByTheirFirstBytes() {
        String[][] kinds = {{"MP3", "ID3\u0003\0\0\0\0\0\0 and sound"}, {"MP3", "\u00FF\u00FB and sound"},
            {"Ogg", "OggS and some sound"}, {"M4A", "\0\0\0 ftypM4A and sound"}, {"AIFF", "FORM1234AIFFCOMM"},
            {"AU", ".snd and some sound"}, {"NIST", "NIST_1A\n   1024\n"}, {"AVI", "RIFF1234AVI LIST"}};
        for (String[] kind : kinds) {
            refused("as files of " + kind[0], kind[1].getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void damageIsFoundAndPlaced() {
        refused("\"data\" at byte 36 should have 100 bytes, and the file has 4 more",
                new Wav().format(1, 1, 8000, 16).chunk("data", 100, new byte[4]).bytes());
        refused("\"LIST\" at byte 36 should have 4294967295 bytes",
                new Wav().format(1, 1, 8000, 16).chunk("LIST", -1, new byte[4]).bytes());
        refused("no chunk \"data\"", new Wav().format(1, 1, 8000, 16).bytes());
        refused("no chunk \"fmt \"", new Wav().chunk("data", new byte[4]).bytes());
        refused("\"fmt \" has 14 bytes", new Wav().chunk("fmt ", new byte[14]).chunk("data").bytes());
        refused("extensible format needs 40", new Wav().format(0xFFFE, 1, 8000, 16).chunk("data").bytes());
        refused("takes 3 bytes; 1 of 16 bits take 2", new Wav().format(1, 1, 8000, 16, 3).chunk("data").bytes());
        refused("0 Hz", new Wav().format(1, 1, 0, 16).chunk("data").bytes());
        refused("2147483647 Hz; expected 100 to 768000", new Wav().format(1, 1, Integer.MAX_VALUE, 16).chunk("data").bytes());
    }

    @Test
    void aFileCutAnywhereIsRefusedOrWhole() throws IOException {
        byte[] whole = Wav.mono(8000, 0.5f, -0.5f, 0.25f);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThrows(IllegalArgumentException.class, () -> read(cut), length + " bytes");
        }
        assertArrayEquals(new float[] {0.5f, -0.5f, 0.25f}, read(whole).samples());
    }
}
