package org.tidegate.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files are of the reference encoder, flac 1.4.2, which packed {@link #signal}; the last one's header does not know its length. */
class FlacFormatTest {
    private static final int DESCRIPTION = 42;

    @TempDir
    Path folder;

    private static int signal(int i, int bits) {
        int wave = Math.abs(i * 7919 % 20_000 - 10_000) - 5000;
        int noise = (i * 48_271 ^ i * 69_621 >>> 3) % 512;
        int sample = i / 500 % 3 == 2 ? 96 : wave + noise;
        return bits == 8 ? sample >> 6 : bits == 24 ? sample << 8 | (i < 700 ? 0 : i % 200) : sample;
    }

    private static byte[] file(String name) throws IOException {
        try (InputStream in = FlacFormatTest.class.getResourceAsStream("/audio/" + name + ".flac")) {
            return in.readAllBytes();
        }
    }

    private static Audio read(byte... bytes) {
        return new FlacFormat().read("a.flac", bytes);
    }

    private static void refused(String part, byte... bytes) {
        String message = assertThrows(IllegalArgumentException.class, () -> read(bytes)).getMessage();
        assertTrue(message.startsWith("a.flac") && message.contains(part), message);
    }

    @Test
    void theSamplesAreThoseThatWerePacked() throws IOException {
        float[] mono = new float[3000];
        for (int i = 0; i < mono.length; i++) {
            mono[i] = signal(i, 16) / 32768f;
        }
        float[] stereo = new float[1500];
        for (int i = 0; i < stereo.length; i++) {
            stereo[i] = (float) ((signal(i, 24) + signal(i + 3, 24)) / 2.0 / 8388608);
        }
        float[] piped = new float[2500];
        for (int i = 0; i < piped.length; i++) {
            piped[i] = signal(i, 8) / 128f;
        }
        Audio audio = AudioFile.read(Files.write(folder.resolve("sound.wav"), file("mono-16")));
        assertEquals(8000, audio.rate());
        assertArrayEquals(mono, audio.samples());
        assertArrayEquals(stereo, read(file("stereo-24")).samples());
        assertArrayEquals(piped, read(file("piped-8")).samples());
        assertArrayEquals(piped, read(behind(file("piped-8"), "TAG and a song")).samples());
        assertArrayEquals(mono, read(behind(file("mono-16"), "\0\0")).samples());
    }

    private static byte[] behind(byte[] sound, String tag) {
        return ByteBuffer.allocate(sound.length + tag.length()).put(sound).put(tag.getBytes(StandardCharsets.US_ASCII)).array();
    }

    @Test
    void everyCutFileIsRefused() throws IOException {
        byte[] whole = file("mono-16");
        for (int length = 4; length < whole.length; length += 5) {
            refused("is cut short", Arrays.copyOf(whole, length));
        }
        refused("says that it has 3000 samples, and there are 2048", Arrays.copyOf(whole, lastFrame(whole)));
    }

    /** Where the last frame begins: its mark, and the number 2. */
    private static int lastFrame(byte... flac) {
        int at = flac.length;
        do {
            at--;
        } while (flac[at] != -1 || flac[at + 1] != -8 || flac[at + 4] != 2);
        return at;
    }

    @Test
    void everyChangedBitBehindTheMetadataIsFound() throws IOException {
        byte[] whole = file("stereo-24");
        float[] expected = read(whole).samples();
        int frames = 0;
        for (int at = DESCRIPTION; at < whole.length; at += 7) {
            byte[] changed = whole.clone();
            changed[at] ^= (byte) (1 << at % 8);
            try {
                assertArrayEquals(expected, read(changed).samples(), "only a comment may change");
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().startsWith("a.flac"), e::toString);
                frames++;
            }
        }
        assertTrue(frames > 0.95 * (whole.length - DESCRIPTION) / 7, frames + " were found");
    }

    @Test
    void whatTheHeaderClaimsTakesNoMemory() throws IOException {
        byte[] whole = file("mono-16");
        Arrays.fill(whole, 22, 26, (byte) 0xFF);
        refused("is cut short: its header says that it has", whole);
        refused("expected the description", "fLaC\4\0\0\12 a comment and no more".getBytes(StandardCharsets.US_ASCII));
        byte[] slow = file("mono-16");
        Arrays.fill(slow, 18, 20, (byte) 0);
        refused("a sample rate of", slow);
    }

    @Test
    void silenceWithoutEndIsRefused() throws IOException {
        byte[] start = Arrays.copyOf(file("piped-8"), DESCRIPTION);
        start[4] = (byte) 0x80; // no block of metadata follows
        byte[] frame = {-1, -8, 0x70, 0, 0, -1, -1, 0, 0, 7, 0, 0}; // 65536 samples of 7
        frame[7] = (byte) remainder(0x107, 8, frame, 7);
        int sum = remainder(0x18005, 16, frame, 10);
        frame[10] = (byte) (sum >> 8);
        frame[11] = (byte) sum;
        ByteBuffer file = ByteBuffer.allocate(start.length + 200 * frame.length).put(start);
        for (int i = 0; i < 200; i++) {
            file.put(frame);
        }
        float[] read = read(Arrays.copyOf(file.array(), start.length + 2 * frame.length)).samples();
        assertEquals(2 * 65_536, read.length);
        assertEquals(7 / 128f, read[100_000]);
        refused("almost all of them silence", file.array());
    }

    /** The remainder of division by a polynomial over bits, which a checksum is. */
    private static int remainder(int polynomial, int degree, byte[] bytes, int length) {
        int sum = 0;
        for (int bit = 0; bit < 8 * length + degree; bit++) {
            int next = bit < 8 * length ? bytes[bit / 8] >> 7 - bit % 8 & 1 : 0;
            sum = sum << 1 | next;
            sum ^= sum >> degree == 0 ? 0 : polynomial;
        }
        return sum;
    }

    @Test
    void whateverTheFileHoldsItIsSoundOrAnError() throws IOException {
        Random random = new Random(1);
        for (String name : new String[] {"mono-16", "stereo-24", "piped-8"}) {
            byte[] whole = file(name);
            for (int i = 0; i < 700; i++) {
                byte[] bytes = whole.clone();
                for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                    // Half of them where the description and the first frame's header stand.
                    int at = 4 + random.nextInt(random.nextBoolean() ? 120 : bytes.length - 4);
                    bytes[at] = random.nextBoolean() ? (byte) random.nextInt() : random.nextBoolean() ? (byte) 0xFF : 0;
                }
                try {
                    read(bytes);
                } catch (IllegalArgumentException e) {
                    assertTrue(e.getMessage().startsWith("a.flac"), e::toString);
                }
            }
        }
    }
}
