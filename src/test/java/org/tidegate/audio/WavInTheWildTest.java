package org.tidegate.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Headers that lie, as recorders, editors and pipes write them, around the same four samples. */
class WavInTheWildTest {
    private static final byte[] SOUND = {0, 64, 0, -64, 0, 32, 0, 16};
    private static final float[] EXPECTED = {0.5f, -0.5f, 0.25f, 0.125f};
    private static final byte[] TAG = Arrays.copyOf("TAGa song".getBytes(StandardCharsets.US_ASCII), 128);

    private static float[] read(byte... bytes) {
        return new WavFormat().read("a.wav", bytes).samples();
    }

    private static Wav format() {
        return new Wav().format(1, 1, 8000, 16);
    }

    private static void whole(String what, byte... bytes) {
        assertArrayEquals(EXPECTED, read(bytes), what);
    }

    private static void refused(String part, byte... bytes) {
        String message = assertThrows(IllegalArgumentException.class, () -> read(bytes)).getMessage();
        assertTrue(message.startsWith("a.wav") && message.contains(part), message);
    }

    @Test
    void aSizeThatAPipeLeftOpenLastsUntilTheEnd() {
        for (int size : new int[] {0, -1, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFDB, 0x7FFF0024}) {
            for (int file : new int[] {0, 36, -1, 0x7FFFF024, 44}) {
                byte[] wav = format().chunk("LIST", new byte[3]).chunk("data", size, SOUND).bytes("RIFF", file);
                whole(size + ", " + file, wav);
                whole("half a sample more", Arrays.copyOf(wav, wav.length + 1));
            }
        }
    }

    @Test
    void anEmptySoundIsOneWhereChunksFollowOrNothing() {
        assertEquals(0, read(format().chunk("data").bytes()).length);
        assertEquals(0, read(format().chunk("data").chunk("LIST", new byte[5]).chunk("id3 ", new byte[2]).bytes()).length);
        whole("a later chunk has it", format().chunk("data").chunk("data", SOUND).bytes());
    }

    @Test
    void manyEmptySoundsTakeNoLongerThanTheirBytes() {
        Wav wav = format();
        for (int i = 0; i < 200_000; i++) {
            wav.chunk("data");
        }
        assertEquals(0, assertTimeoutPreemptively(Duration.ofSeconds(10), () -> read(wav.bytes())).length);
    }

    @Test
    void whatStandsBehindTheSoundIsNotLookedAt() {
        byte[] wav = format().chunk("data", SOUND).bytes();
        whole("an ID3 tag", ByteBuffer.allocate(wav.length + TAG.length).put(wav).put(TAG).array());
        whole("a list that is cut", format().chunk("data", SOUND).chunk("LIST", 1000, new byte[4]).bytes());
        whole("half a header", Arrays.copyOf(wav, wav.length + 5));
        whole("another file", ByteBuffer.allocate(2 * wav.length).put(wav).put(wav).array());
        whole("more sound", format().chunk("data", SOUND).chunk("data", SOUND).bytes());
    }

    @Test
    void paddingMayBeMissing() {
        byte[] list = "LIST\7\0\0\0INFOabc".getBytes(StandardCharsets.US_ASCII);
        whole("without", format().raw(list).chunk("data", SOUND).bytes());
        whole("with", format().raw(list).raw((byte) 0).chunk("data", SOUND).bytes());
        whole("with a letter", format().raw(list).raw((byte) 'x').chunk("data", SOUND).bytes());
        whole("one too many", format().chunk("LIST", new byte[4]).raw((byte) 0).chunk("data", SOUND).bytes());
    }

    @Test
    void junkAndWrongSizesBeforeTheSoundAreSearchedThrough() {
        byte[] comment = "my data file about fmt of data, and so on".getBytes(StandardCharsets.US_ASCII);
        whole("zeros", new Wav().raw(new byte[11]).format(1, 1, 8000, 16).raw(new byte[6]).chunk("data", SOUND).bytes());
        whole("a comment", format().chunk("junk", comment).raw(comment).chunk("data", SOUND).bytes());
        whole("a list past the end", format().chunk("LIST", 50_000, comment).chunk("data", SOUND).bytes());
        whole("a list that is longer", format().chunk("LIST", 9, new byte[20]).chunk("data", SOUND).bytes());
        whole("a list that is shorter", format().chunk("LIST", 7, new byte[4]).chunk("data", SOUND).bytes());
        whole("a format that claims an extension", new Wav().raw("fmt \22\0\0\0\1\0\1\0\100\37\0\0\0\0\0\0\2\0\20\0"
                .getBytes(StandardCharsets.US_ASCII)).chunk("data", SOUND).bytes());
    }

    @Test
    void anIncompleteLastSampleIsLeftOut() {
        whole("a byte more", format().chunk("data", Arrays.copyOf(SOUND, 9)).bytes());
        assertArrayEquals(new float[] {0, 0.1875f}, read(new Wav().format(1, 2, 8000, 16).chunk("data", Arrays.copyOf(SOUND, 11)).bytes()));
    }

    @Test
    void theSizeOfTheFileInPlaceOfTheSoundsIsMended() {
        whole("of the file", format().chunk("data", 44 + 8, SOUND).bytes());
        whole("of what follows its first eight bytes", format().chunk("data", 36 + 8, SOUND).bytes());
        // But a file that is shorter than both sizes say has been cut.
        byte[] wav = format().chunk("data", SOUND).bytes();
        refused("is cut short: its chunk \"data\" at byte 36 should have 8 bytes, and the file has 6 more", Arrays.copyOf(wav, 50));
    }

    @Test
    void ofThreeBlockSizesTwoAreBelieved() {
        ByteBuffer wav = ByteBuffer.wrap(format().chunk("data", SOUND).bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int block : new int[] {0, 1, 4, 6, 0xFFFF}) {
            whole("a block of " + block, wav.putShort(32, (short) block).array().clone());
        }
        whole("no bytes a second", wav.putShort(32, (short) 2).putInt(28, 0).array().clone());
        refused("takes 4 bytes; 1 of 16 bits take 2", wav.putShort(32, (short) 4).putInt(28, 32_000).array().clone());
    }

    @Test
    void largeFilesHaveTheirSizesIn64Bits() {
        for (String kind : new String[] {"RF64", "BW64"}) {
            for (long size : new long[] {8, 0, -1}) {
                byte[] sizes = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN).putLong(84).putLong(size).putLong(4).array();
                whole(kind + " of " + size, new Wav().chunk("ds64", sizes).format(1, 1, 8000, 16).chunk("data", -1, SOUND).bytes(kind, -1));
            }
            byte[] sizes = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN).putLong(84).putLong(8).putLong(4).array();
            whole("and a tag", new Wav().chunk("ds64", sizes).format(1, 1, 8000, 16).chunk("data", -1, SOUND).chunk("LIST", TAG)
                    .bytes(kind, -1));
            ByteBuffer.wrap(sizes).order(ByteOrder.LITTLE_ENDIAN).putLong(1L << 40).putLong(1L << 39);
            refused("should have 549755813888 bytes",
                    new Wav().chunk("ds64", sizes).format(1, 1, 8000, 16).chunk("data", -1, SOUND).bytes(kind, -1));
        }
    }

    private static byte[] wave64(long size, byte... behind) {
        String id = "\u00F3\u00AC\u00D3\u0011\u008C\u00D1\0\u00C0\u004F\u008E\u00DB\u008A";
        ByteBuffer bytes = ByteBuffer.allocate(40 + 40 + 32 + 32 + behind.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(latin("riff.\u0091\u00CF\u0011\u00A5\u00D6(\u00DB\u0004\u00C1\0\0")).putLong(144).put(latin("wave" + id));
        bytes.put(latin("fmt " + id)).putLong(40).put(Arrays.copyOfRange(format().bytes(), 20, 36));
        bytes.put(latin("junk" + id)).putLong(29).put(new byte[8]); // of 5 bytes, and 3 of padding
        return bytes.put(latin("data" + id)).putLong(size).put(SOUND).put(behind).array();
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void wave64IsReadToo() {
        Wave64Format reader = new Wave64Format();
        assertTrue(reader.begins(Arrays.copyOf(wave64(32), 16)));
        assertArrayEquals(EXPECTED, reader.read("a.w64", wave64(32, TAG)).samples());
        for (long size : new long[] {0, 24, -1, Long.MAX_VALUE}) {
            assertArrayEquals(EXPECTED, reader.read("a.w64", wave64(size)).samples(), "size " + size);
        }
        for (int length = 16; length < 144; length++) {
            byte[] cut = Arrays.copyOf(wave64(32), length);
            assertThrows(IllegalArgumentException.class, () -> reader.read("a.w64", cut), length + " bytes");
        }
    }

    @Test
    void whateverTheHeaderSaysItIsSoundOrAnError() {
        byte[][] files = {format().chunk("LIST", new byte[3]).chunk("data", SOUND).bytes(),
            new Wav().extensible(3, 2, 48_000, 32, true).chunk("fact", new byte[4]).chunk("data", new byte[64]).bytes(),
            new Wav().chunk("ds64", new byte[28]).format(7, 3, 8000, 8).chunk("data", -1, SOUND).bytes("RF64", -1),
            new Wav(ByteOrder.BIG_ENDIAN).format(1, 1, 8000, 24).chunk("data", new byte[30]).bytes(), wave64(32)};
        Random random = new Random(1);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = files[i % files.length].clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(bytes.length);
                bytes[at] = random.nextBoolean() ? (byte) random.nextInt() : random.nextBoolean() ? (byte) 0xFF : 0x7F;
            }
            bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 20)) : bytes;
            try {
                if (i % files.length == 4) {
                    new Wave64Format().read("a.wav", Arrays.copyOf(bytes, Math.max(40, bytes.length)));
                } else if (WavChunks.begins(bytes)) {
                    assertTrue(read(bytes).length <= bytes.length);
                    read++;
                }
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().startsWith("a.wav"), e::toString);
            }
        }
        assertTrue(read > 3000, read + " were read");
    }
}
