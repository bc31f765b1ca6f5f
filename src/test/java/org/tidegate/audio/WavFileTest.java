package org.tidegate.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
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
        refused("24 bits", new Wav().format(1, 1, 8000, 24).chunk("data", some).bytes());
        refused("32 bits", new Wav().format(1, 1, 8000, 32).chunk("data", some).bytes());
        refused("floating point", new Wav().format(3, 1, 8000, 32).chunk("data", some).bytes());
        refused("floating point", new Wav().extensible(3, 1, 8000, 32, true).chunk("data", some).bytes());
        refused("A-law", new Wav().format(6, 1, 8000, 8).chunk("data", some).bytes());
        refused("ADPCM", new Wav().format(2, 1, 8000, 4, 256).chunk("data", some).bytes());
        refused("number 4660", new Wav().format(0x1234, 1, 8000, 8).chunk("data", some).bytes());
        refused("subformat of its own", new Wav().extensible(1, 1, 8000, 16, false).chunk("data", some).bytes());
        refused("6 channels", new Wav().format(1, 6, 8000, 16).chunk("data", some).bytes());
    }

    @Test
    void damageIsFoundAndPlaced() {
        refused("\"data\" at byte 36 should have 100 bytes, and the file has 4 more",
                new Wav().format(1, 1, 8000, 16).chunk("data", 100, new byte[4]).bytes());
        refused("4294967295 bytes", new Wav().format(1, 1, 8000, 16).chunk("data", -1, new byte[4]).bytes());
        refused("no chunk \"data\"", new Wav().format(1, 1, 8000, 16).bytes());
        refused("no chunk \"fmt \"", new Wav().chunk("data", new byte[4]).bytes());
        refused("\"fmt \" has 14 bytes", new Wav().chunk("fmt ", new byte[14]).chunk("data").bytes());
        refused("extensible format needs 40", new Wav().format(0xFFFE, 1, 8000, 16).chunk("data").bytes());
        refused("no multiple of the 4", new Wav().format(1, 2, 8000, 16).chunk("data", new byte[6]).bytes());
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
