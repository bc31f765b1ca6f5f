package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8Test {
    private static String refusal(int... bytes) {
        byte[] data = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            data[i] = (byte) bytes[i];
        }
        return assertThrows(IllegalArgumentException.class, () -> Utf8.decode(data, "notes.txt")).getMessage();
    }

    @Test
    void theOffsetOfTheFirstWrongByteIsNamed() {
        String message = refusal('a', '\n', 'b', 0xE9, 'c');
        assertTrue(message.startsWith("notes.txt is not valid UTF-8: byte 0xE9 at offset 3 (line 2)"), message);
    }

    @Test
    void cutOffOverlongAndSurrogateSequencesAreRefused() {
        assertTrue(refusal('a', 0xE4, 0xB8).contains("offset 1"));
        assertTrue(refusal(0xC0, 0xAF).contains("offset 0"));
        assertTrue(refusal('a', 'b', 0xED, 0xA0, 0x80).contains("offset 2"));
        assertTrue(refusal(0xF4, 0x90, 0x80, 0x80).contains("offset 0"));
        assertTrue(refusal('x', 0x80).contains("offset 1"));
    }

    @Test
    void bytesAreDecodedAsTheyAreSaveForAByteOrderMark() {
        String text = "zwölf \uD83D\uDE00 \uFFFD\r\n";
        assertEquals(text, Utf8.decode(("\uFEFF" + text).getBytes(StandardCharsets.UTF_8), "notes.txt"));
        assertEquals("", Utf8.decode(new byte[0], "notes.txt"));
    }
}
