package org.tidegate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.task.caption.CaptionFiles;
import org.tidegate.task.classify.LabelledColumns;
import org.tidegate.task.classify.LabelledText;
import org.tidegate.task.fill.Cloze;
import org.tidegate.task.tag.TaggedSentence;
import org.tidegate.task.translate.SentencePair;
import org.tidegate.text.WordVectors;

/** What holds for every reader of texts: encodings, gzip, blank lines at the end, and what is no text. */
class TextReadersTest {
    private static final String WORDS = "1\tIch\t_\tPRON\t_\t_\t_\t_\t_\t_\n2\tf\u00fcge\t_\tVERB\t_\t_\t_\t_\t_\t_\n\n";
    private static final byte[] IMAGES = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 5, 6};

    @TempDir
    Path folder;

    private interface Reader {
        Object read(Path file) throws IOException;
    }

    private record Case(String text, Reader reader) {}

    /** Each reader, with a text that it takes and that may have a blank line at its end. */
    private Map<String, Case> readers() throws IOException {
        Path images = Files.write(folder.resolve("images"), IMAGES);
        Map<String, Case> readers = new LinkedHashMap<>();
        readers.put("tsv", new Case("gut\tsch\u00f6n\nschlecht\tb\u00f6se\n", file -> TsvFile.read(file, List.of("1", "2"), false)));
        readers.put("labels", new Case("gut\tsch\u00f6n\n\tb\u00f6se\n",
                file -> LabelledColumns.LABEL_THEN_TEXT.separator("|").read(file).stream().map(LabelledText::text).toList()));
        readers.put("pairs", new Case("good\tsch\u00f6n\nbad\tb\u00f6se\n", file -> SentencePair.read(List.of(file))));
        readers.put("header", new Case("file\ttext\none.wav\tsch\u00f6n\n", file -> TsvFile.read(file, List.of("text"), true)));
        readers.put("conllu", new Case(WORDS, file -> ConlluFile.read(file).stream().map(ConlluSentence::forms).toList()));
        readers.put("tags", new Case(WORDS, file -> TaggedSentence.read(List.of(file), ConlluColumn.UPOS)
                .stream().map(TaggedSentence::words).toList()));
        readers.put("fill", new Case("ich f\u00fcge\nes so\n", file -> Cloze.read(List.of(file))));
        readers.put("captions", new Case("f\u00fcnf\nsechs\n", file -> CaptionFiles.read(List.of(images, file)).stream()
                .map(each -> each.caption()).toList()));
        readers.put("vectors", new Case("f\u00fcnf 1 2\nsechs 3 4\n", file -> Arrays.toString(
                WordVectors.read(file).of("f\u00fcnf").orElseThrow())));
        return readers;
    }

    @Test
    void everyReaderTakesEveryEncodingFormPlainAndPackedAndBlankLinesAtTheEnd() throws IOException {
        readers().forEach((name, each) -> {
            Object expected = read(each, each.text.getBytes(StandardCharsets.UTF_8));
            for (String form : List.of("UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
                for (String mark : List.of("", "\uFEFF")) {
                    boolean strict = name.matches("conllu|tags"); // a line of spaces is none of theirs
                    for (String tail : strict ? List.of("", "\n\n") : List.of("", "\n", " \r\n\r\n\t\n\n")) {
                        byte[] bytes = (mark + each.text.replace("\n", "\r\n") + tail).getBytes(Charset.forName(form));
                        assertEquals(expected, read(each, bytes), name + " " + form);
                        assertEquals(expected, read(each, gzip(bytes)), name + " packed, " + form);
                    }
                }
            }
        });
    }

    @Test
    void everyReaderRefusesWhatIsCutPackedOtherwiseOrNoText() throws IOException {
        readers().forEach((name, each) -> {
            byte[] packed = gzip(each.text.getBytes(StandardCharsets.UTF_8));
            refused(each, " is packed with gzip and cut off; is it whole?", Arrays.copyOf(packed, packed.length - 5));
            refused(each, " is a ZIP archive or an Office file; unpack it", 'P', 'K', 3, 4);
            if (!name.equals("vectors")) { // whose words may be anything
                String first = each.text.substring(0, each.text.indexOf('\n') + 1);
                refused(each, ", line 2 has a NUL", (first + "x\0y").getBytes(StandardCharsets.UTF_8));
                byte[] latin = each.text.replace('\u00f6', '\u00fc').getBytes(StandardCharsets.ISO_8859_1);
                refused(each, " is not valid UTF-8: byte 0xFC", latin);
            }
        });
    }

    @Test
    void aBlankLineAmongOthersIsNamedWhereItCouldHideALoss() throws IOException {
        Map<String, Case> readers = readers();
        for (String name : List.of("tsv", "pairs", "captions")) {
            Case each = readers.get(name);
            refused(each, ", line 2 ", each.text.replaceFirst("\n", "\n\n").getBytes(StandardCharsets.UTF_8));
        }
        for (String name : List.of("conllu", "fill", "vectors")) {
            Case each = readers.get(name);
            assertEquals(read(each, each.text.getBytes(StandardCharsets.UTF_8)),
                    read(each, each.text.replace(name.equals("conllu") ? "\n\n" : "\n", "\n\n\n").getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void filesOfUsersThatFailedAreRead() throws IOException {
        List<LabelledText> texts = LabelledColumns.LABEL_THEN_TEXT.read(resource("trailing_blank.tsv"));
        assertEquals("wonderful thing", texts.get(texts.size() - 1).text());
        WordVectors vectors = WordVectors.read(resource("glove.txt.gz"));
        assertEquals(10, vectors.size());
        assertEquals(0, vectors.skipped());
    }

    private Path resource(String name) throws IOException {
        try (var in = getClass().getResourceAsStream("/texts/" + name)) {
            Path file = folder.resolve(name);
            Files.copy(in, file);
            return file;
        }
    }

    private Object read(Case each, byte... bytes) {
        try {
            return each.reader.read(Files.write(folder.resolve("data"), bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refused(Case each, String part, int... bytes) {
        byte[] data = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            data[i] = (byte) bytes[i];
        }
        refused(each, part, data);
    }

    private void refused(Case each, String part, byte... bytes) {
        String message = assertThrows(IllegalArgumentException.class, () -> read(each, bytes)).getMessage();
        assertTrue(message.startsWith(folder.resolve("data") + part), message);
    }

    private static byte[] gzip(byte... bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
