/* Bytes whose number is not known before they are there. */
package org.tidegate.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

class PiecesTest {
    private static void add(Pieces pieces, byte... part) {
        pieces.add(part.length, ByteBuffer.wrap(part)::get);
    }

    @Test
    void allComeOutInTheirOrderAndAreCounted() {
        Random random = new Random(1);
        for (int turn = 0; turn < 200; turn++) {
            Inflight inflight = new Inflight(1 << 20);
            Pieces pieces = new Pieces(1 << 20, inflight.share());
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            for (int i = random.nextInt(8); i > 0; i--) {
                byte[] part = new byte[random.nextInt(random.nextBoolean() ? 20 : 3000)];
                random.nextBytes(part);
                add(pieces, part);
                expected.writeBytes(part);
            }
            assertEquals(expected.size(), inflight.bytes());
            assertArrayEquals(expected.toByteArray(), pieces.join());
        }
    }

    @Test
    void noMoreIsTakenThanABodyOrAllRequestsMayHave() {
        Inflight inflight = new Inflight(250);
        Pieces first = new Pieces(100, inflight.share());
        add(first, new byte[100]);
        ProtocolException tooLarge = assertThrows(ProtocolException.class, () -> add(first, new byte[1]));
        assertEquals(Status.TOO_LARGE, tooLarge.status());
        assertEquals("the body has more than 100 bytes", tooLarge.getMessage());
        Pieces second = new Pieces(1000, inflight.share());
        add(second, new byte[100]);
        assertEquals(Status.RESOURCE_EXHAUSTED, assertThrows(ProtocolException.class, () -> add(second, new byte[51])).status());
        assertEquals(200, inflight.bytes());
    }
}
