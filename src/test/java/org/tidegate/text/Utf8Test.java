package org.tidegate.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    void aFileIsReadAsItIsSaveForAByteOrderMark(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("text");
        Files.write(file, "\uFEFFzwölf \uD83D\uDE00\r\n".getBytes(StandardCharsets.UTF_8));
        assertEquals("zwölf \uD83D\uDE00\r\n", Utf8.read(file));
        Files.write(file, new byte[0]);
        assertEquals("", Utf8.read(file));
    }
}
