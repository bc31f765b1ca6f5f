/* A batch of which one request cannot be run. */
package org.tidegate.server.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;
import org.tidegate.server.protocol.Thrown;
import org.tidegate.server.sequence.SequenceLimits;

class SharedBatchTest {
    private static String said(String text) {
        return switch (text) {
            case "large" -> Thrown.JAVA_MEMORY.raise();
            case "odd" -> Thrown.STATE.raise();
            default -> text;
        };
    }

    @Test
    void theOthersOfABatchAreAnsweredWhereOneNeedsTooMuchOrFails() throws Exception {
        Deque<Runnable> tasks = new ArrayDeque<>();
        try (ServedModel model = new ServedModel("echo", "1", new Echo(SharedBatchTest::said), new Batcher.Limits(1, 64, 0, 100),
                SequenceLimits.DEFAULT, tasks::add)) {
            Asked[] asked = new Asked[4];
            String[] texts = {"a", "large", "odd", "b"};
            for (int i = 0; i < asked.length; i++) {
                asked[i] = new Asked();
                model.infer(Asked.text("echo", "", texts[i]), asked[i]);
            }
            while (!tasks.isEmpty()) {
                tasks.poll().run();
            }
            assertEquals("a", asked[0].get().outputs().get(0).texts().get(0));
            assertEquals(Status.RESOURCE_EXHAUSTED, assertThrows(ProtocolException.class, asked[1]::get).status());
            assertEquals(Status.INTERNAL, assertThrows(ProtocolException.class, asked[2]::get).status());
            assertEquals("b", asked[3].get().outputs().get(0).texts().get(0));
        }
    }
}
