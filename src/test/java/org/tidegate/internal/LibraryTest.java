/* Loading, and how its failure is told; each case in a JVM of its own. */
package org.tidegate.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.ChildJvm;
import org.tidegate.Model;
import org.tidegate.Tidegate;
import org.tidegate.TidegateException;

class LibraryTest {
    @TempDir
    Path folder;

    @Test
    void aCacheThatCannotBeWrittenIsOneClearTextEachTime() throws Exception {
        Path file = Files.createFile(folder.resolve("file")); // no folder can stand below it, not even for root
        String output = run(List.of("-Dorg.bytedeco.javacpp.cachedir=" + file.resolve("cache"), "-Duser.home=" + file.resolve("home"),
            "-Djava.io.tmpdir=" + file.resolve("tmp")), Map.of());
        String[] failures = output.split("\n--\n");
        assertEquals(2, failures.length, output);
        assertEquals(failures[0], failures[1].strip());
        assertTrue(failures[0].startsWith("TidegateException: The native library of Tidegate cannot be loaded on linux-"), output);
        assertTrue(failures[0].contains("\nCache folder: " + file.resolve("cache") + " (cannot be created or written)"), output);
        assertTrue(failures[0].contains("\nCause: "), output);
        assertTrue(failures[0].contains("\nWay out: ") && failures[0].contains("-Dorg.bytedeco.javacpp.cachedir=FOLDER"), output);
    }

    @Test
    void aPlatformWithoutANativeLibraryIsNamed() throws Exception {
        String output = run(List.of("-Dorg.bytedeco.javacpp.platform=linux-vax"), Map.of());
        assertTrue(output.contains("cannot be loaded on linux-vax") && output.contains("carries no native library for linux-vax"), output);
    }

    @Test
    void anInstructionSetThatDoesNotExistIsRefused() throws Exception {
        String output = run(List.of(), Map.of("TIDEGATE_ISA", "avx9000"));
        assertTrue(output.startsWith("TidegateException: ") && output.contains("avx9000"), output);
    }

    @Test
    void anInstructionSetCanBeForced() throws Exception {
        assertEquals("generic\n--\nbuilt\n--\n", run(List.of(), Map.of("TIDEGATE_ISA", "generic")));
    }

    private static String run(List<String> options, Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = ChildJvm.of(options, Program.class);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    /** Asks twice and prints what it gets. */
    static final class Program {
        public static void main(String[] arguments) {
            print(Tidegate::instructionSet);
            print(() -> {
                try (Model model = Model.of("x = input axis=time cols=1", 1)) {
                    return model.isClosed() ? "closed" : "built";
                }
            });
        }

        private static void print(java.util.function.Supplier<String> call) {
            try {
                System.out.println(call.get());
            } catch (TidegateException e) {
                System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
            System.out.println("--");
        }
    }
}
