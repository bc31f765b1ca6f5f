package org.tidegate.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConlluFileTest {
    @TempDir
    Path folder;

    @Test
    void aSentenceIsWhatStandsBetweenEmptyLines() throws IOException {
        List<ConlluSentence> sentences = ConlluFile.read(write("# text = Go on!\n" + word(1, "Go", "VERB") + word(2, "on", "ADV")
                + "\n\n# another\n# comment\n" + word(1, "New York", "PROPN") + "\n"));
        assertEquals(List.of(List.of("Go", "on"), List.of("New York")), sentences.stream().map(ConlluSentence::forms).toList());
        assertEquals(List.of("VERB", "ADV"), sentences.get(0).labels(ConlluColumn.UPOS));
        assertEquals(List.of("xpos"), sentences.get(1).labels(ConlluColumn.XPOS));
        assertEquals(List.of("root"), sentences.get(1).labels(ConlluColumn.DEPREL));
        assertEquals(8, sentences.get(1).line());
    }

    @Test
    void theEmptyLineAtTheEndMayBeMissingAndLinesMayEndAsOnWindows() throws IOException {
        List<ConlluSentence> sentences = ConlluFile.read(write("\uFEFF" + word(1, "Go", "VERB").replace("\n", "\r\n") + "\r\n"
                + word(1, "on", "ADV").strip()));
        assertEquals(List.of(List.of("Go"), List.of("on")), sentences.stream().map(ConlluSentence::forms).toList());
        assertEquals("_", sentences.get(0).words().get(0).get(ConlluColumn.MISC));
    }

    @Test
    void tokensOfSeveralWordsAndWordsThatAreNotInTheTextAreSkipped() throws IOException {
        List<ConlluSentence> sentences = ConlluFile.read(write(line("1-2", "don't", "_") + word(1, "do", "AUX") + word(2,
                "n't", "PART")
                + line("2.1", "gone", "VERB") + word(3, "so", "ADV") + "\n" + line("0.1", "I", "PRON") + word(1, "Go", "VERB")));
        assertEquals(List.of(List.of("do", "n't", "so"), List.of("Go")), sentences.stream().map(ConlluSentence::forms).toList());
        assertEquals(2, sentences.get(0).line());
    }

    @Test
    void theTextIsMadeOfTokensOfWhichSomeAreSeveralWords() throws IOException {
        ConlluSentence sentence = ConlluFile.read(write(line("1-2", "don't", "_") + word(1, "do", "AUX") + word(2, "n't", "PART")
                + word(3, "go", "VERB").replace("\t_\n", "\tSpaceAfter=No\n") + word(4, "!", "PUNCT"))).get(0);
        assertEquals(List.of(new ConlluSentence.Token("don't", List.of("do", "n't"), true),
                new ConlluSentence.Token("go", List.of("go"), false), new ConlluSentence.Token("!", List.of("!"), true)), sentence.tokens());
    }

    @Test
    void aColumnIsReplacedAndAllElseStays() throws IOException {
        String range = line("1-2", "don't", "_");
        Path file = write("# a\n" + range + word(1, "do", "AUX") + word(2, "n't", "PART") + "\n\n# b\n" + word(1, "Go", "VERB"));
        assertEquals(List.of(List.of("# a", range.strip(), word(1, "do", "X").strip(), word(2, "n't", "Y").strip(), ""),
                List.of("# b", word(1, "Go", "Z").strip(), "")),
                ConlluFile.with(file, ConlluColumn.UPOS, List.of(List.of("X", "Y"), List.of("Z"))));
        assertThrows(IllegalArgumentException.class, () -> ConlluFile.with(file, ConlluColumn.UPOS, List.of(List.of("X", "Y"))));
        assertThrows(IllegalArgumentException.class, () -> ConlluFile.with(file, ConlluColumn.UPOS, List.of(List.of("X"), List.of("Z"))));
    }

    @Test
    void aLineWithTooFewOrTooManyColumnsIsNamed() throws IOException {
        refused("line 2, column 3 (LEMMA): the line has 3 columns; expected 10, separated by tabs.", word(1, "Go", "VERB")
                + "2\ton\ton\n");
        refused("line 1, column 11: the line has 12 columns; expected 10, separated by tabs.",
                word(1, "Go", "VERB").strip() + "\tmore\tand more\n");
        refused("line 1, column 1 (ID): the line has 1 column; expected 10, separated by tabs."
                + " Its columns seem to be separated by spaces.",
                word(1, "Go", "VERB").replace('\t', ' '));
    }

    @Test
    void anEmptyColumnIsNamed() throws IOException {
        refused("line 3, column 4 (UPOS): the column is empty; expected a value, or _ for none", "# x\n" + word(1, "Go", "VERB")
                + word(2, "on", ""));
        refused("line 1, column 2 (FORM): the column is empty", word(1, "", "VERB"));
        refused("line 2, column 1 (ID): the line has 1 column", word(1, "Go", "VERB") + " \n");
    }

    @Test
    void aWordOutOfOrderIsNamed() throws IOException {
        refused("line 2, column 1 (ID): the number is \"3\"; expected 2, the next word's number"
                + " (or an empty line before a new sentence)",
                word(1, "Go", "VERB") + word(3, "on", "ADV"));
        refused("line 2, column 1 (ID): the number is \"1\"; expected 2", word(1, "Go", "VERB") + word(1, "on", "ADV"));
        refused("line 1, column 1 (ID): the number is \"2\"; expected 1, the first word's number", word(2, "Go", "VERB"));
        refused("line 1, column 1 (ID): the number is \"one\"; expected 1", line("one", "Go", "VERB"));
        refused("line 1, column 1 (ID): the number is \"01\"; expected 1", line("01", "Go", "VERB"));
    }

    @Test
    void aRangeOrADecimalThatDoesNotFitIsNamed() throws IOException {
        refused("line 1, column 1 (ID): the number is \"2-3\"; expected a range that begins with 1", line("2-3", "don't", "_"));
        refused("line 1, column 1 (ID): the number is \"1-1\"; expected a range that begins with 1", line("1-1", "don't", "_"));
        refused("line 2, column 1 (ID): the number is \"2.1\"; expected a number after 1.", word(1, "Go", "VERB") + line("2.1",
                "on", "ADV"));
    }

    @Test
    void aWordWithoutALabelIsNamedWhenItIsAskedFor() throws IOException {
        Path file = write(word(1, "Go", "VERB") + word(2, "on", "_"));
        ConlluSentence sentence = ConlluFile.read(file).get(0);
        assertEquals(List.of("Go", "on"), sentence.forms());
        assertEquals(file + ", line 2, column 4 (UPOS): nothing (\"_\") is said of the word \"on\"; expected a label."
                + " Choose another column, or another file.", assertThrows(IllegalArgumentException.class, () -> sentence.labels(ConlluColumn.UPOS))
                .getMessage());
    }

    @Test
    void aFileWithoutWordsIsNoCorpus() throws IOException {
        Path file = write("# nothing\n\n\n");
        assertEquals(file + " has no words; expected CoNLL-U: a word on each line, in ten columns",
                assertThrows(IllegalArgumentException.class, () -> ConlluFile.read(file)).getMessage());
    }

    @Test
    void bytesThatAreNotUtf8AreNamed() throws IOException {
        Path file = Files.write(folder.resolve("latin1.conllu"), word(1, "Größe", "NOUN").getBytes(StandardCharsets.ISO_8859_1));
        String message = assertThrows(IllegalArgumentException.class, () -> ConlluFile.read(file)).getMessage();
        assertEquals(file + " is not valid UTF-8: byte 0xF6 at offset 4 (line 1)", message.substring(0, message.indexOf(')') + 1));
    }

    private void refused(String message, String text) throws IOException {
        Path file = write(text);
        String given = assertThrows(IllegalArgumentException.class, () -> ConlluFile.read(file)).getMessage();
        assertEquals(file + ", " + message, given.substring(0, Math.min(given.length(), (file + ", " + message).length())));
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("words.conllu"), text);
    }

    private static String word(int id, String form, String tag) {
        return line(Integer.toString(id), form, tag);
    }

    private static String line(String id, String form, String tag) {
        return String.join("\t", id, form, "lemma", tag, "xpos", "_", "0", "root", "_", "_") + "\n";
    }
}
