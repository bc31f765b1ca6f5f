package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** Nothing that a terminal would obey comes out of files, models and arguments. */
class PrintableTest {
    /** Clear the screen, ring, a C1 sequence, DEL, an override of the direction, a line separator. */
    private static final String EVIL = "\u001b[2J\u0007\u009b31m\u007f\u202e\u2028";
    private static final String SHOWN = "\\u001B[2J\\u0007\\u009B31m\\u007F\\u202E\\u2028";

    @TempDir
    Path folder;

    @Test
    void whatATerminalWouldObeyIsWrittenAsInJava() {
        assertEquals(SHOWN, Printable.of(EVIL));
        assertEquals("a\\nb\\tc\\r", Printable.of("a\nb\tc\r"));
        assertEquals("a\\nb…", Printable.of("a\nbcd", 5));
        assertEquals("a\\nbc", Printable.of("a\nbc", 5));
        assertEquals("a\nb\tc\\r", Printable.lines("a\nb\tc\r"));
        assertEquals("caf\u00e9 \uD83D\uDE00 \u200d\u00a0\u05d0\u200f", Printable.of("caf\u00e9 \uD83D\uDE00 \u200d\u00a0\u05d0\u200f"));
        assertEquals("\\uD83D \\uDE00\\uD83D", Printable.of("\uD83D \uDE00\uD83D"));
        for (char c = 0; c < '\ud800'; c++) {
            boolean escaped = Character.isISOControl(c) || c >= '\u2028' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
            assertEquals(escaped, Printable.of(Character.toString(c)).length() > 1, Integer.toHexString(c));
        }
    }

    @Test
    void labelsTextsTagsWordsAndNamesOfFilesAreShownEscapedEverywhere() throws Exception {
        Path texts = Files.writeString(folder.resolve("t" + EVIL + ".tsv"),
                ("good\ta lovely day\n" + EVIL + "\tan awful x" + EVIL + "y night\n").repeat(8));
        Path model = folder.resolve("m" + EVIL + ".safetensors");
        Path log = folder.resolve("log.jsonl");
        shown(Run.of("train", "classify", "--data", texts, "--out", model, "--epochs", 1, "--hidden", 8, "--log", log).succeeded(), true);
        assertFalse(Files.readString(log).contains("\u009b"));
        for (boolean json : List.of(false, true)) {
            shown(run(json, "predict", "--model", model, "--top", 2, "an awful x" + EVIL), !json);
            shown(run(json, "evaluate", "--model", model, "--data", texts, "--chart", folder.resolve("c" + EVIL + ".png")), true);
            shown(run(json, "inspect", model), false);
        }
        Path sentences = Files.writeString(folder.resolve("s.conllu"),
                ("1\tx" + EVIL + "\t_\tN" + EVIL + "\t_\t_\t_\t_\t_\t_\n2\tb\t_\tV\t_\t_\t_\t_\t_\t_\n\n").repeat(10));
        shown(Run.of("train", "tag", "--data", sentences, "--out", model, "--epochs", 1, "--hidden", 8).succeeded(), true);
        shown(Run.onTerminal("predict", "--model", model, "x y"), false);
        shown(Run.of("evaluate", "--model", model, "--data", sentences), true);
        Path pairs = Files.writeString(folder.resolve("pairs.tsv"), "a\tx\u0085\u202e\n".repeat(40));
        Run.of("train", "translate", "--data", pairs, "--out", model, "--epochs", 5, "--hidden", 8, "--encoder", 8, "--valid", 0,
                "--min-count", 1).succeeded();
        shown(Run.onTerminal("predict", "--model", model, "a").succeeded(), false);
        Path text = Files.writeString(folder.resolve("text.txt"), ("ab" + EVIL).repeat(200));
        Run.train(text, model, "--valid", 0);
        shown(Run.onTerminal("predict", "--model", model, "--top", 9, "b").succeeded(), false);
        shown(Run.onTerminal("generate", "--model", model, "--prompt", EVIL, "--length", 5).succeeded(), true);
        assertTrue(Run.of("generate", "--model", model, "--prompt", EVIL, "--length", 5).succeeded().out().startsWith(EVIL));
    }

    @Test
    void messagesShowWhatTheyQuoteEscapedAndOnOneLine() {
        for (Run run : List.of(Run.of("predict", "--model", folder.resolve("no" + EVIL + "\n")), Run.of(EVIL), Run.of("train", EVIL),
                Run.of("train", "classify", "--data", folder.resolve(EVIL), "--out", folder.resolve("m"), "--columns", EVIL),
                Run.of("inspect", folder.resolve(EVIL), "--verbose"), Run.of("evaluate", "--model", folder, "--" + EVIL))) {
            assertTrue(run.code() == 1 || run.code() == 2, run.err());
            shown(run, false);
        }
    }

    private static Run run(boolean json, Object... words) {
        Object[] all = Arrays.copyOf(words, words.length + 1);
        all[words.length] = "--json";
        return Run.of(json ? all : words).succeeded();
    }

    /** Expects nothing that a terminal would obey, and if it must be there, the escape of what would be. */
    private static void shown(Run run, boolean there) {
        for (String text : List.of(run.out(), run.err())) {
            assertEquals(Printable.lines(text), text);
        }
        assertTrue(!there || run.out().contains(SHOWN), run.out() + run.err());
    }
}
