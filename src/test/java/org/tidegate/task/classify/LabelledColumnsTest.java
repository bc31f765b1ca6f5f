package org.tidegate.task.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledColumnsTest {
    @TempDir
    Path folder;

    @Test
    void labelsAndTextsAreReadWithTheirPlaces() throws IOException {
        Path file = Files.writeString(folder.resolve("data.tsv"), "id\treview\tstars\n7\tit is good\t5 \n8\tnot so\t2\n");
        List<LabelledText> expected = List.of(new LabelledText("5", "it is good", file + ", line 2"),
                new LabelledText("2", "not so", file + ", line 3"));
        assertEquals(expected, new LabelledColumns("stars", "review", true).read(file));
        assertEquals(expected, new LabelledColumns("3", "2", true).read(file));
    }
}
