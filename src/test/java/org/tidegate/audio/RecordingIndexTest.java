package org.tidegate.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.audio.RecordingIndex.Columns;

class RecordingIndexTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.createDirectory(folder.resolve("wav"));
        Files.write(folder.resolve("wav/one.wav"), Wav.mono(8000, 0.5f, 0.25f));
        Files.write(folder.resolve("wav/two.wav"), Wav.mono(8000, -0.5f));
        Files.write(folder.resolve("wav/fast.wav"), Wav.mono(16_000, -0.5f));
        Files.write(folder.resolve("wav/broken.wav"), new byte[] {1, 2, 3});
    }

    private Path list(String text) throws IOException {
        return Files.writeString(folder.resolve("list.tsv"), text);
    }

    private void refused(String part, String text, Columns columns) throws IOException {
        Path list = list(text);
        String message = assertThrows(IllegalArgumentException.class, () -> RecordingIndex.read(list, columns)).getMessage();
        assertTrue(message.contains(part) && message.contains(columns == Columns.USUAL ? "list.tsv" : ""), message);
    }

    @Test
    void namesAreRelativeToTheListAndColumnsStandInAnyOrder() throws IOException {
        List<Recording> read = RecordingIndex.read(list("speaker\ttake\ttext\tfile\nann\t1\tone\twav/one.wav\n"), Columns.USUAL);
        assertEquals(1, read.size());
        assertArrayEquals(new float[] {0.5f, 0.25f}, read.get(0).audio().samples());
        assertEquals("one", read.get(0).text());
        assertEquals("ann", read.get(0).speaker());
        assertTrue(read.get(0).name().endsWith("list.tsv, line 2: wav/one.wav"), read.get(0).name());
        Path absolute = folder.resolve("wav/one.wav").toAbsolutePath();
        read = RecordingIndex.read(list("file\ttext\n" + absolute + "\tone\n"), Columns.USUAL);
        assertEquals(2, read.get(0).audio().samples().length);
        assertEquals(1, RecordingIndex.read(list("file\ttext\nwav/one.wav\tone\n\n \n"), Columns.USUAL).size());
    }

    @Test
    void severalFilesArePlayedOneAfterTheOther() throws IOException {
        Recording joined = RecordingIndex.read(list("file\ttext\nwav/one.wav; wav/two.wav\t one   two \n"), Columns.USUAL).get(0);
        assertArrayEquals(new float[] {0.5f, 0.25f, -0.5f}, joined.audio().samples());
        assertEquals("one two", joined.text());
        assertEquals("", joined.speaker());
        refused("line 2: the files have different sample rates ([8000 Hz, 16000 Hz])",
                "file\ttext\nwav/one.wav;wav/fast.wav\tx\n", Columns.USUAL);
    }

    @Test
    void columnsMayHaveOtherNames() throws IOException {
        Columns columns = Columns.parse("file=path,text=sentence,speaker=client_id");
        assertEquals(columns, Columns.parse(columns.toString()));
        Recording read = RecordingIndex.read(list("client_id\tpath\tsentence\nb7\twav/two.wav\tzwei\n"), columns).get(0);
        assertEquals("zwei", read.text());
        assertEquals("b7", read.speaker());
        refused("no column \"client_id\"", "path\tsentence\nwav/two.wav\tzwei\n", columns);
        assertEquals(Columns.USUAL, Columns.parse(""));
        for (String wrong : List.of("path", "file=", "files=path", "file=a,file=b", "file=a,")) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> Columns.parse(wrong)).getMessage().contains(wrong));
        }
    }

    @Test
    void whatIsWrongIsNamedWithItsLine() throws IOException {
        refused("line 3: there is no file", "file\ttext\nwav/one.wav\tone\nwav/three.wav\tthree\n", Columns.USUAL);
        refused("line 2: " + folder.resolve("wav/broken.wav") + " is no WAV file", "file\ttext\nwav/broken.wav\tone\n", Columns.USUAL);
        refused("no column \"text\"", "file\tdigit\nwav/one.wav\t1\n", Columns.USUAL);
        refused("line 3 has 1 column", "file\ttext\nwav/one.wav\tone\nwav/two.wav\n", Columns.USUAL);
        refused("line 2, column 2 (text) is empty", "file\ttext\nwav/one.wav\t\n", Columns.USUAL);
        refused("is empty", "", Columns.USUAL);
    }
}
