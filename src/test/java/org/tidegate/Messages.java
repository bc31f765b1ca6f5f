package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** What the messages of refusals say. */
public final class Messages {
    private Messages() { }

    /** A call is refused as an illegal argument, with a message that contains a part. */
    public static void assertMessage(String part, Executable call) {
        assertMessage(part, IllegalArgumentException.class, call);
    }

    /** A call throws, with a message that contains a part. */
    public static void assertMessage(String part, Class<? extends RuntimeException> type, Executable call) {
        String message = assertThrows(type, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
