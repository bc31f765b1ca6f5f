package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong input gets one clear line, the right exit code, and loses nothing. */
class ErrorsTest {
    @TempDir
    Path folder;
    private Path text;
    private Path out;

    @BeforeEach
    void makeText() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), MadeUpText.of(3000));
        out = folder.resolve("model.safetensors");
    }

    @Test
    void aMissingTextIsNamed() {
        fails(1, folder.resolve("no.txt") + " does not exist", "train", "lm", "--text", folder.resolve("no.txt"), "--out", out);
    }

    @Test
    void anEmptyTextIsNamed() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.txt"));
        fails(1, empty + " is empty", "train", "lm", "--text", empty, "--out", out);
    }

    @Test
    void aTextThatIsTooShortIsAnError() throws IOException {
        Path brief = Files.writeString(folder.resolve("brief.txt"), "abc");
        fails(1, "short", "train", "lm", "--text", brief, "--out", out, "--valid", 0);
    }

    @Test
    void aFolderIsNoText() {
        fails(1, folder + " is a folder; expected text files", "train", "lm", "--text", folder, "--out", out);
    }

    @Test
    void invalidUtf8IsNamedWithItsOffset() throws IOException {
        Path latin = Files.write(folder.resolve("latin.txt"), "abcdefgh caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        fails(1, "byte 0xE9 at offset 12", "train", "lm", "--text", latin, "--out", out);
    }

    @Test
    void aMissingOutputFolderIsFoundBeforeTheTraining() {
        Path elsewhere = folder.resolve("missing").resolve("model.safetensors");
        fails(1, "the folder " + folder.resolve("missing") + " does not exist; make it first: mkdir -p", "train", "lm", "--text", text,
                "--out", elsewhere);
    }

    @Test
    void anOutputFolderThatIsAFileIsFoundBeforeTheTraining() {
        fails(1, "the folder " + text + " does not exist", "train", "lm", "--text", text, "--out", text.resolve("model"));
    }

    @Test
    void anOutputThatIsAFolderIsFoundBeforeTheTraining() {
        fails(1, "--out " + folder + " is a folder; expected the name of a file in it", "train", "lm", "--text", text, "--out", folder);
    }

    @Test
    void aLogThatCannotBeWrittenIsFoundBeforeTheTraining() {
        fails(1, "--log " + folder + " is a folder", "train", "lm", "--text", text, "--out", out, "--log", folder);
    }

    @Test
    void sizesMustBePositive() {
        for (String option : new String[] {"--hidden", "--layers", "--embedding", "--batch", "--bptt", "--epochs", "--threads"}) {
            Run run = fails(1, "", "train", "lm", "--text", text, "--out", out, option, 0);
            assertTrue(run.err().contains(" 0"), run.err());
            fails(1, "-3", "train", "lm", "--text", text, "--out", out, option, -3);
        }
    }

    @Test
    void absurdSizesAreRefused() {
        fails(1, "2147483647", "train", "lm", "--text", text, "--out", out, "--hidden", Integer.MAX_VALUE);
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        fails(1, "learning rate = -1.0; expected a positive number", "train", "lm", "--text", text, "--out", out, "--lr", -1);
        fails(1, "dropout", "train", "lm", "--text", text, "--out", out, "--dropout", 1.5);
        fails(1, "--valid 1.5 is no part of the data", "train", "lm", "--text", text, "--out", out, "--valid", 1.5);
        fails(1, "--valid no.txt", "train", "lm", "--text", text, "--out", out, "--valid", "no.txt");
        fails(1, "adamax", "train", "lm", "--text", text, "--out", out, "--optimizer", "adamax");
        fails(1, "the schedule \"sinus\" is not understood", "train", "lm", "--text", text, "--out", out, "--schedule", "sinus");
    }

    @Test
    void aWrongCallIsExitCode2AndPointsToTheHelp() {
        assertTrue(fails(2, "Missing required option: '--model=MODEL'", "generate").err().contains("Try: tidegate generate --help"));
        fails(2, "'transformer' is not a cell; expected one of rnn, ", "train", "lm", "--text", text, "--out", out, "--cell", "transformer");
        fails(2, "'many' is not a", "train", "lm", "--text", text, "--out", out, "--hidden", "many");
        fails(2, "train what? One of: lm", "train");
        fails(2, "Did you mean: tidegate train?", "trian");
    }

    @Test
    void whatTheJsonReaderSaysOfItsSourceIsLeftOut() {
        String message = "m.safetensors: the vocabulary is not valid JSON: Unexpected end-of-input";
        assertEquals(message, Failures.describe(new IllegalArgumentException(message
                + "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 6]")));
    }

    @Test
    void aFileThatIsNoModelIsRefusedWithTheReason() throws IOException {
        fails(1, "text.txt", "generate", "--model", text);
        fails(1, "no.safetensors does not exist", "inspect", folder.resolve("no.safetensors"));
        fails(1, folder + " is not a usable safetensors file: it is a folder", "inspect", folder);
        Run.train(text, out);
        byte[] whole = Files.readAllBytes(out);
        Path half = Files.write(folder.resolve("half.safetensors"), Arrays.copyOf(whole, whole.length / 2));
        fails(1, "half.safetensors", "evaluate", "--model", half, "--text", text);
    }

    @Test
    void aPromptOutsideTheVocabularyIsNamed() {
        Run.train(text, out);
        fails(1, "'%' (U+0025) at position 5", "generate", "--model", out, "--prompt", "the c%t");
    }

    @Test
    void samplingOutOfRangeIsNamed() {
        Run.train(text, out);
        fails(1, "temperature is -1", "generate", "--model", out, "--temperature", -1);
        fails(1, "top-k is -1", "generate", "--model", out, "--top-k", -1);
        fails(1, "top-p is 0", "generate", "--model", out, "--top-p", 0);
        fails(1, "-5", "generate", "--model", out, "--length", -5);
    }

    @Test
    void aTextThatJavasMemoryCannotHoldIsOneLineThatSaysWhatToDo() throws Exception {
        Path large = Files.write(folder.resolve("large.txt"), new byte[40 << 20]);
        Process process = ChildJvm.of(List.of("-Xmx24m"), TidegateCommand.class, "train", "lm", "--text", large.toString(), "--out",
                out.toString()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor(), output);
        assertTrue(output.contains("MiB, is too small for this; give it more: TIDEGATE_JAVA_OPTIONS=-Xmx"), output);
        assertFalse(output.contains("\tat "), output);
    }

    @Test
    void resumingWithOtherSettingsIsRefusedAndTheModelStays() throws IOException {
        Run.train(text, out);
        byte[] before = Files.readAllBytes(out);
        fails(1, "batch was 4 and is now 5", "train", "lm", "--text", text, "--out", out, "--hidden", 16, "--embedding", 8, "--bptt", 10,
                "--batch", 5, "--resume");
        fails(1, "does not exist", "train", "lm", "--text", text, "--out", folder.resolve("other.safetensors"), "--resume");
        assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(out)));
    }

    @Test
    void resumingWithAnotherNetworkIsRefusedAndTheModelStays() throws IOException {
        Run.train(text, out);
        byte[] before = Files.readAllBytes(out);
        Object[] same = {"train", "lm", "--text", text, "--out", out, "--embedding", 8, "--batch", 4, "--bptt", 10, "--epochs", 3,
            "--resume"};
        fails(1, "another network than the options describe (rnn = recurrent", with(same, "--hidden", 17));
        fails(1, "another network than the options describe (rnn = recurrent", with(same, "--hidden", 16, "--cell", "gru"));
        fails(1, "another network than the options describe (vocabulary.unit is \"code_point\")",
                with(same, "--hidden", 16, "--unit", "word"));
        assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(out)));
        Run.of(with(same, "--hidden", 16)).succeeded();
    }

    @Test
    void whatGoesByTheHeldOutLossNeedsHeldOutText() {
        Path best = folder.resolve("best.safetensors");
        fails(1, "--best " + best + " goes by the loss of held-out data", "train", "lm", "--text", text, "--out", out, "--valid", 0,
                "--best", best);
        fails(1, "--patience 3 goes by", "train", "lm", "--text", text, "--out", out, "--valid", 0, "--patience", 3);
    }

    @Test
    void aLogOnAFullDiskIsSaidToBeTheLog() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no /dev/full");
        fails(1, "the log cannot be written: " + full + ": ", "train", "lm", "--text", text, "--out", out, "--log", full, "--hidden", 16, "--batch", 4,
                "--bptt", 10);
    }

    @Test
    void aLinkIntoAMissingFolderIsFoundBeforeTheTraining() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link.safetensors"), Path.of("missing/model.safetensors"));
        fails(1, "it is a symbolic link to ", "train", "lm", "--text", text, "--out", link);
    }

    @Test
    void aDemoFolderThatIsAFileIsNamed() {
        fails(1, text + " exists and is no folder", "demo", "--out", text);
    }

    @Test
    void noOutputTakesThePlaceOfATextOrOfAnotherOutput() throws IOException {
        String before = Files.readString(text);
        fails(1, "--out " + text + " would be written over the text " + text, "train", "lm", "--text", text, "--out", text);
        fails(1, "--log " + text + " would be written over the text " + text, "train", "lm", "--text", text, "--out", out, "--log", text);
        Path valid = Files.writeString(folder.resolve("valid.txt"), before);
        fails(1, "--best " + valid + " would be written over the text " + valid, "train", "lm", "--text", text, "--out", out,
                "--valid", valid, "--best", valid);
        fails(1, "--best " + out + " would be written over --out", "train", "lm", "--text", text, "--out", out, "--best", out);
        Path picture = folder.resolve("model.png");
        fails(1, "the chart of --out " + picture + " would be written over --out", "train", "lm", "--text", text, "--out", picture);
        Path link = Files.createSymbolicLink(folder.resolve("link.safetensors"), text);
        fails(1, "--out " + link + " would be written over the text " + text, "train", "lm", "--text", text, "--out", link);
        assertEquals(before, Files.readString(text));
    }

    @Test
    void aLossThatIsNoNumberStopsTheTrainingAndSaysWhatToTry() {
        Run run = fails(1, "", "train", "lm", "--text", text, "--out", out, "--hidden", 16, "--lr", 1e30, "--clip", 0, "--optimizer", "sgd",
                "--schedule", "constant", "--epochs", 5, "--batch", 4, "--bptt", 10);
        assertTrue(run.err().contains("learning rate"), run.err());
    }

    @Test
    void onlyVerboseShowsTheStackTrace() {
        assertTrue(Run.of("inspect", folder.resolve("no.safetensors"), "--verbose").err().contains("\tat org.tidegate"));
    }

    private static Object[] with(Object[] words, Object... more) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray();
    }

    private Run fails(int code, String message, Object... words) {
        Run run = Run.of(words);
        assertEquals(code, run.code(), () -> run.out() + run.err());
        assertTrue(run.err().startsWith("tidegate: ") && run.err().contains(message), run.err());
        assertFalse(run.err().contains("\tat "), run.err());
        if (code == 1) {
            assertEquals(1, run.err().lines().count(), run.err());
        }
        return run;
    }
}
