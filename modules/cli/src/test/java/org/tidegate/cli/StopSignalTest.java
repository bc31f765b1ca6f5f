package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training that is told to end, as its own process. */
class StopSignalTest {
    @TempDir
    Path folder;

    @Test
    void aStoppedTrainingSavesSaysHowToGoOnAndEndsUpWhereAnUnstoppedOneDoes() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), MadeUpText.of(40_000));
        Path stopped = folder.resolve("stopped.safetensors");
        Path straight = folder.resolve("straight.safetensors");

        String output = endedBy(List.of("TERM"), " 20%", command(text, stopped));
        assertTrue(output.contains("stopped after epoch 0."), output);
        String goOn = output.lines().filter(line -> line.startsWith("go on with: ")).findFirst().orElseThrow();
        Shell.parse(goOn.substring("go on with: ".length()));
        assertTrue(goOn.endsWith(" --resume"), goOn);
        // A terminal that is closed is reported by the shell and by the system.
        output = endedBy(isHangUpIgnored() ? List.of("TERM") : List.of("HUP", "HUP"), " 40%", command(text, stopped, "--resume"));
        assertTrue(output.contains("stopped after epoch 0."), output);

        assertEquals(0, command(text, stopped, "--resume").redirectOutput(folder.resolve("log").toFile())
                .start().waitFor(), () -> read(folder.resolve("log")));
        assertEquals(0, command(text, straight).redirectOutput(folder.resolve("log").toFile())
                .start().waitFor(), () -> read(folder.resolve("log")));
        assertEquals(Run.of("evaluate", "--model", straight, "--text", text, "--json").succeeded().lastLine(),
                Run.of("evaluate", "--model", stopped, "--text", text, "--json").succeeded().lastLine());
    }

    @Test
    void seedsGoOnWithTheModelThatWasStopped() throws Exception {
        Path text = Files.writeString(folder.resolve("text.txt"), MadeUpText.of(12_000));
        Path stopped = folder.resolve("stopped.st");
        String output = endedBy(List.of("TERM"), "model 2 of 2, seed 2:", command(text, stopped, "--seeds", "2"));
        assertTrue(output.contains("stopped; what is trained so far is kept beside ") && output.contains(" --resume"), output);
        assertTrue(Files.exists(folder.resolve("stopped.seed1.st")) && !Files.exists(stopped));
        Run on = Run.of(arguments(text, stopped, "--seeds", "2", "--resume").toArray()).succeeded();
        assertTrue(on.out().contains("model 1 of 2 is trained already\n") && !on.out().contains("model 1 of 2, seed 1:")
                && on.out().contains("model 2 of 2, seed 2:"), on.out());
        Path straight = folder.resolve("straight.st");
        Run.of(arguments(text, straight, "--seeds", "2").toArray()).succeeded();
        assertEquals(Run.of("evaluate", "--model", straight, "--text", text, "--json").succeeded().lastLine(),
                Run.of("evaluate", "--model", stopped, "--text", text, "--json").succeeded().lastLine());
    }

    /** Whether the tests run under nohup: their children then ignore the end of the terminal, too. */
    private static boolean isHangUpIgnored() throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("SigIgn:")).findFirst()
                .orElseThrow().substring("SigIgn:".length()).strip();
        return (Long.parseUnsignedLong(ignored, 16) & 1) != 0;
    }

    /** Runs a training, sends it signals at a line of its output, and expects it to end as a stopped one; returns the output. */
    private static String endedBy(List<String> signals, String line, ProcessBuilder command) throws Exception {
        Process process = command.start();
        StringBuilder output = new StringBuilder();
        try (BufferedReader reader = process.inputReader()) {
            for (String next = reader.readLine(); next != null; next = reader.readLine()) {
                output.append(next).append('\n');
                for (String signal : next.startsWith(line) ? signals : List.<String>of()) {
                    new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid()).inheritIO().start().waitFor();
                }
            }
        }
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(130, process.exitValue(), output::toString);
        return output.toString();
    }

    @Test
    void anOutputThatCannotBeWrittenIsAFailure() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no /dev/full");
        Process process = ChildJvm.of(List.of(), TidegateCommand.class, "--version").redirectErrorStream(false).redirectOutput(full.toFile())
                .start();
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor(), errors);
        assertTrue(errors.contains("tidegate: standard output cannot be written: "), errors);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ProcessBuilder command(Path text, Path model, String... more) {
        return ChildJvm.of(List.of(), TidegateCommand.class, arguments(text, model, more).toArray(String[]::new));
    }

    private static List<String> arguments(Path text, Path model, String... more) {
        List<String> words = new ArrayList<>(List.of("train", "lm", "--text", text.toString(), "--out", model.toString(), "--epochs", "1",
                "--hidden", "128", "--dropout", "0.2", "--batch", "4", "--bptt", "20", "--threads", "1"));
        words.addAll(List.of(more));
        return words;
    }
}
