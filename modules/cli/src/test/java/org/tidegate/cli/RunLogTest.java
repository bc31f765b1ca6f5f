package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {
    @Test
    void aResumedLogGoesOnAndANewOneStartsAfresh(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("run.jsonl");
        for (boolean append : new boolean[] {false, true}) {
            try (RunLog log = RunLog.open(file, append)) {
                log.write(Map.of("append", append));
            }
        }
        assertEquals("{\"append\":false}\n{\"append\":true}\n", Files.readString(file));
        RunLog.open(file, false).close();
        assertEquals("", Files.readString(file));
    }

    @Test
    void halfALineOfAKilledRunIsCutOffBeforeTheLogGoesOn(@TempDir Path folder) throws Exception {
        for (String before : new String[] {"", "{\"step\":1}\n"}) {
            Path file = Files.writeString(folder.resolve("run.jsonl"), before + "{\"step\":2,\"lo");
            try (RunLog log = RunLog.open(file, true)) {
                log.write(Map.of("step", 3));
            }
            assertEquals(before + "{\"step\":3}\n", Files.readString(file));
        }
    }
}
