package org.tidegate.task.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    private static String refused(LabelledColumns columns, Path file) {
        return assertThrows(IllegalArgumentException.class, () -> columns.read(file)).getMessage();
    }

    @Test
    void exchangedColumnsAreSaid() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            lines.append("review number ").append(i).append('\t').append(i % 2 == 0 ? "good" : "bad").append('\n');
        }
        Path file = Files.writeString(folder.resolve("data.tsv"), lines.toString());
        assertEquals(20, LabelledColumns.TEXT_THEN_LABEL.read(file).size());
        assertEquals(file + ": the column of the labels, 1, has 20 different values in 20 lines, and that of the texts, 2, has 2; they seem to"
                + " be exchanged. Take the label from column 2 and the text from column 1: --columns 2,1", refused(LabelledColumns.LABEL_THEN_TEXT, file));
        Path few = Files.writeString(folder.resolve("few.tsv"), "a\tx\nb\tx\nc\ty\n");
        assertEquals(3, LabelledColumns.LABEL_THEN_TEXT.read(few).size());
    }

    private Path text(String label, String name, byte[] content) throws IOException {
        Files.createDirectories(folder.resolve("texts").resolve(label));
        return Files.write(folder.resolve("texts").resolve(label).resolve(name), content);
    }

    @Test
    void aFolderHasAFolderForEachLabelAndAFileForEachText() throws IOException {
        Path texts = folder.resolve("texts");
        Path good = text("pos", "b.txt", "a lovely\r\nday\n".getBytes(StandardCharsets.UTF_8));
        Path first = text("pos", "a.txt", "sch\u00f6n".getBytes(StandardCharsets.UTF_16));
        Path bad = text("neg", "c.txt", "no\tgood".getBytes(StandardCharsets.UTF_8));
        text("pos", ".hidden", new byte[0]);
        Files.writeString(texts.resolve("README"), "of no label");
        List<LabelledText> expected = List.of(new LabelledText("neg", "no\tgood", bad.toString()),
                new LabelledText("pos", "sch\u00f6n", first.toString()), new LabelledText("pos", "a lovely day", good.toString()));
        assertEquals(expected, LabelledColumns.LABEL_THEN_TEXT.read(texts));
        Files.createDirectories(texts.resolve("pos|new"));
        Files.writeString(texts.resolve("pos|new").resolve("d.txt"), "fine");
        assertEquals(List.of("new", "pos"), List.copyOf(LabelledColumns.LABEL_THEN_TEXT.separator("|").read(texts).get(3).labels()));
    }

    @Test
    void emptyFoldersAndFilesAreNamed() throws IOException {
        Path texts = Files.createDirectory(folder.resolve("texts"));
        assertEquals(texts + " has no folder in it; expected one for each label, named by it, with a file for each text",
                refused(LabelledColumns.LABEL_THEN_TEXT, texts));
        Path label = Files.createDirectory(texts.resolve("pos"));
        assertTrue(refused(LabelledColumns.LABEL_THEN_TEXT, texts).startsWith(label + " is empty; expected a file for each text"));
        Path file = Files.writeString(label.resolve("a.txt"), " \n");
        assertEquals(file + " is empty; expected a text. Take the file out, or fill it in.", refused(LabelledColumns.LABEL_THEN_TEXT, texts));
        Files.delete(file);
        Files.createDirectories(label.resolve("more"));
        assertEquals(label.resolve("more") + " is a folder; expected a file", refused(LabelledColumns.LABEL_THEN_TEXT, texts));
    }
}
