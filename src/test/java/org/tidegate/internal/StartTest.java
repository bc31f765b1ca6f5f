/* What a program that only answers loads on its way to the first answer, in a JVM of its own. */
package org.tidegate.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.ChildJvm;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Session;

class StartTest {
    @TempDir
    Path folder;

    @Test
    void nothingIsReadThroughOrSpun() throws Exception {
        Path file = folder.resolve("model.safetensors");
        try (Model model = Model.of("w = ids axis=text\ne = embedding w rows=9 cols=4\nh = recurrent e cell=lstm size=8\ny = linear h.h_n cols=2", 1)) {
            model.save(file);
        }
        run(file); // unpacks the library
        List<String> loaded = run(file);
        assertTrue(loaded.stream().anyMatch(name -> name.equals("org.tidegate.Session")), loaded::toString);
        // The digest of a library that was read through before; a lambda, with the machinery of the first; a joined text.
        assertEquals(List.of(), loaded.stream().filter(name -> name.contains("MessageDigest") || name.startsWith("org.tidegate.")
            && name.contains("$$Lambda")).toList());
    }

    /** The classes that a JVM loads until it has answered. */
    private List<String> run(Path model) throws IOException, InterruptedException {
        Process process = ChildJvm.of(List.of("-Xlog:class+load", "-Dorg.bytedeco.javacpp.cachedir=" + folder), Program.class, model.toString())
            .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertTrue(output.contains("answered [") && output.contains("libjnitidegate"), output);
        return output.lines().takeWhile(line -> !line.startsWith("answered ")).filter(line -> line.contains(" source: "))
            .map(line -> line.substring(line.lastIndexOf("] ") + 2, line.indexOf(" source: "))).toList();
    }

    /** Answers, and prints what it has mapped. */
    static final class Program {
        public static void main(String[] arguments) throws IOException {
            float[] answer;
            try (Model model = Model.load(Path.of(arguments[0])); FrozenModel frozen = model.freeze(Precision.FLOAT32);
                    Session session = frozen.newSession()) {
                session.forward(frozen.newBatch().lengths("text", 3).ids("w", 1, 2, 3));
                answer = session.output("y").toArray();
            }
            System.out.println("answered " + Arrays.toString(answer));
            java.nio.file.Files.readAllLines(Path.of("/proc/self/maps")).forEach(System.out::println);
        }
    }
}
