package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
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

        Process process = command(text, stopped).start();
        StringBuilder output = new StringBuilder();
        try (BufferedReader reader = process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.append(line).append('\n');
                if (line.startsWith(" 20%")) {
                    process.toHandle().destroy();
                }
            }
        }
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(130, process.exitValue(), output::toString);
        assertTrue(output.toString().contains("stopped after epoch 0."), output::toString);
        String goOn = output.toString().lines().filter(line -> line.startsWith("go on with: ")).findFirst().orElseThrow();
        Shell.parse(goOn.substring("go on with: ".length()));
        assertTrue(goOn.endsWith(" --resume"), goOn);

        assertEquals(0, command(text, stopped, "--resume").redirectOutput(folder.resolve("log").toFile())
                .start().waitFor(), () -> read(folder.resolve("log")));
        assertEquals(0, command(text, straight).redirectOutput(folder.resolve("log").toFile())
                .start().waitFor(), () -> read(folder.resolve("log")));
        assertEquals(Run.of("evaluate", "--model", straight, "--text", text, "--json").succeeded().lastLine(),
                Run.of("evaluate", "--model", stopped, "--text", text, "--json").succeeded().lastLine());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static ProcessBuilder command(Path text, Path model, String... more) {
        List<String> words = new ArrayList<>(List.of("train", "lm", "--text", text.toString(), "--out", model.toString(), "--epochs", "1",
                "--hidden", "128", "--dropout", "0.2", "--batch", "4", "--bptt", "20", "--threads", "1"));
        words.addAll(List.of(more));
        return ChildJvm.of(List.of(), TidegateCommand.class, words.toArray(String[]::new));
    }
}
