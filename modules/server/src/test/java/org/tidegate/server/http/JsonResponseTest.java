/* Answers with tensors after the JSON. */
package org.tidegate.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

class JsonResponseTest {
    @Test
    void tensorsFollowTheJson() {
        ByteBuffer tensor = ByteBuffer.wrap(new byte[] {0, 3, 4, 0}, 1, 2);
        assertEquals(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 3, 4}), new JsonResponse.Body(new byte[] {1, 2}, List.of(tensor, tensor)).joined());
    }

    @Test
    void anAnswerThatIsTooLongForOneArrayIsRefused() {
        for (int count : new int[] {1 << 11, 1 << 12}) { // the sum of 32 bits is negative, and 2
            JsonResponse.Body body = new JsonResponse.Body(new byte[2], Collections.nCopies(count, ByteBuffer.allocate(1 << 20)));
            ProtocolException refused = assertThrows(ProtocolException.class, body::joined);
            assertEquals(Status.RESOURCE_EXHAUSTED, refused.status());
            assertEquals("the answer has " + (2 + ((long) count << 20)) + " bytes; expected at most 2147483639; ask for fewer outputs, or send"
                    + " less at once", refused.getMessage());
        }
    }
}
