package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTest {
    @Test
    void valuesOfEveryKindAreWrittenInTheirOrder() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a \"quoted\"\nline");
        map.put("whole", 7L);
        map.put("part", 0.25);
        map.put("unknown", Double.NaN);
        map.put("list", Arrays.asList(1, null, true));
        map.put("map", Map.of("x", List.of()));
        assertEquals("{\"text\":\"a \\\"quoted\\\"\\nline\",\"whole\":7,\"part\":0.25,\"unknown\":null,\"list\":[1,null,true],"
                + "\"map\":{\"x\":[]}}", Json.of(map));
    }

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
}
