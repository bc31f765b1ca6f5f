/* How much sound a request may have. */
package org.tidegate.server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;

class SoundsTest {
    private static final int RATE = 100;
    private static final int HEADER = 44;

    /** A WAV file of silence, 16 bits, one channel. */
    private static byte[] wav(int seconds) {
        int bytes = 2 * RATE * seconds;
        ByteBuffer file = ByteBuffer.allocate(HEADER + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(HEADER - 8 + bytes).put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII));
        file.putInt(16).putShort((short) 1).putShort((short) 1).putInt(RATE).putInt(2 * RATE).putShort((short) 2).putShort((short) 16);
        file.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(bytes);
        return file.array();
    }

    private static InferenceRequest request(int... seconds) {
        List<byte[]> files = Arrays.stream(seconds).mapToObj(SoundsTest::wav).toList();
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

    @Test
    void theFilesOfARequestHaveOneRoomTogether() {
        int each = HEADER + 2 * RATE * 10;
        assertEquals(2, Sounds.read(request(10, 10), 2 * each).size());
        assertEquals("sound 1 has more than " + (each + HEADER - 1) + " bytes",
                assertThrows(IllegalArgumentException.class, () -> Sounds.read(request(10, 20), 2 * each - 1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Sounds.read(request(10, 10, 10), 2 * each));
    }
}
