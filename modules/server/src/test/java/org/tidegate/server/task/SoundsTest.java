/* How much sound a request may have. */
package org.tidegate.server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;

class SoundsTest {
    private static final int RATE = 100;
    private static final int HEADER = 44;

    /** A WAV file of silence, 16 bits, one channel. */
    private static byte[] wav(int seconds) {
        return wav(RATE, seconds);
    }

    private static byte[] wav(int rate, int seconds) {
        int bytes = 2 * rate * seconds;
        ByteBuffer file = ByteBuffer.allocate(HEADER + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(HEADER - 8 + bytes).put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII));
        file.putInt(16).putShort((short) 1).putShort((short) 1).putInt(rate).putInt(2 * rate).putShort((short) 2).putShort((short) 16);
        file.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(bytes);
        return file.array();
    }

    private static InferenceRequest request(int... seconds) {
        return request(Arrays.stream(seconds).mapToObj(SoundsTest::wav).toList());
    }

    private static InferenceRequest request(List<byte[]> files) {
        return new InferenceRequest("m", "", "", Map.of(), List.of(InferenceTensor.ofBytes("audio", files, files.size())), List.of());
    }

    @Test
    void theSoundsOfARequestLastHalfAnHourTogether() {
        assertEquals(3, Sounds.read(request(900, 500, 400)).size());
        assertEquals("sound 0 lasts 1801 s; expected at most 1800 in a request. Send it in parts",
                assertThrows(ProtocolException.class, () -> Sounds.read(request(1801))).getMessage());
        assertEquals("sound 2 and those before it last 1801 s; expected at most 1800 in a request. Send it in parts",
                assertThrows(ProtocolException.class, () -> Sounds.read(request(900, 500, 401, 1))).getMessage());
    }

    /** Twenty minutes of nothing in a few kilobytes. */
    @Test
    void fewBytesDoNotUnpackToHours() throws IOException {
        byte[] long1 = packed(wav(8000, 1200));
        byte[] short1 = packed(wav(8000, 300));
        assertTrue(long1.length < 100_000);
        String message = assertThrows(IllegalArgumentException.class, () -> Sounds.read(request(List.of(long1)))).getMessage();
        assertTrue(message.matches("sound 0 has more than 160[0-9]{5} bytes"), message);
        assertEquals(3, Sounds.read(request(List.of(short1, short1, short1))).size());
        message = assertThrows(IllegalArgumentException.class, () -> Sounds.read(request(Collections.nCopies(4, short1)))).getMessage();
        assertTrue(message.matches("sound 3 has more than [0-9]{7} bytes"), message);
        assertEquals(1, Sounds.read(request(List.of(wav(8000, 1200)))).size());
    }

    private static byte[] packed(byte[] file) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(file);
        }
        return packed.toByteArray();
    }

    @Test
    void theFilesOfARequestHaveOneRoomTogether() {
        int each = HEADER + 2 * RATE * 10;
        assertEquals(2, Sounds.read(request(10, 10), 2 * each).size());
        assertEquals("sound 1 has more than " + (each + HEADER - 1) + " bytes",
                assertThrows(IllegalArgumentException.class, () -> Sounds.read(request(10, 20), 2 * each - 1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Sounds.read(request(10, 10, 10), 2 * each));
    }
}
