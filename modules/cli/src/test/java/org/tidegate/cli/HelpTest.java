package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class HelpTest {
    @TestFactory
    Stream<DynamicTest> everyCommandHasAnExampleThatParses() {
        return commands(Shell.commandLine()).stream().map(command -> DynamicTest.dynamicTest("tidegate " + String.join(" ", command), () -> {
            List<Object> words = new ArrayList<>(command);
            words.add("--help");
            Run help = Run.of(words.toArray()).succeeded();
            List<String> examples = help.out().lines().filter(line -> line.startsWith("  tidegate ")).toList();
            assertFalse(examples.isEmpty(), help.out());
            for (String example : examples) {
                Shell.parse(example.strip());
            }
        }));
    }

    @Test
    void withoutWordsTheHelpIsShown() {
        assertEquals(Run.of("--help").out(), Run.of().succeeded().out());
    }

    @Test
    void argumentsMayStandInAFile(@TempDir Path folder) throws IOException {
        Path arguments = Files.writeString(folder.resolve("arguments"), "# how to see it\ntrain --help\n");
        assertTrue(Run.of("@" + arguments).succeeded().out().contains("classify"));
        assertTrue(Run.of("generate", "--model", "@@nowhere.safetensors").err().contains("@nowhere.safetensors"));
    }

    @Test
    void theScriptOfCompletionKnowsEveryCommandAndIsTheSameForBothShells() {
        String script = Run.of("completion", "bash").succeeded().out();
        assertEquals(script, Run.of("completion", "zsh").succeeded().out());
        for (String command : Shell.commandLine().getSubcommands().keySet()) {
            assertTrue(script.contains(command), command);
        }
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        String version = Run.of("--version").succeeded().out().strip();
        assertTrue(version.matches("tidegate \\d+\\.\\d+\\.\\d+.*"), version);
    }

    @Test
    void everyTaskOfTheServiceFileIsACommand() {
        assertTrue(Shell.commandLine().getSubcommands().get("train").getSubcommands().containsKey("lm"));
    }

    private static List<List<String>> commands(CommandLine line) {
        List<List<String>> found = new ArrayList<>(List.of(List.of()));
        line.getSubcommands().forEach((name, command) -> {
            for (List<String> rest : commands(command)) {
                List<String> words = new ArrayList<>(List.of(name));
                words.addAll(rest);
                found.add(words);
            }
        });
        return found;
    }
}
