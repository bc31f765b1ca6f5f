package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ChildJvmTest {
    @Test
    void everyTestStartsItsJvmsWithoutTheCallersOptions() throws IOException {
        Path root = Path.of(System.getProperty("tidegate.basedir", "."));
        List<String> others = new ArrayList<>();
        for (String tests : List.of("src/test/java", "modules/csv/src/test/java", "modules/study/src/test/java", "modules/onnx/src/test/java",
            "modules/cli/src/test/java")) {
            if (!Files.isDirectory(root.resolve(tests))) {
                continue;
            }
            try (Stream<Path> files = Files.walk(root.resolve(tests))) {
                for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    String name = file.getFileName().toString();
                    if (!name.startsWith("ChildJvm") && Files.readString(file).contains("\"java.home\"")) {
                        others.add(name);
                    }
                }
            }
        }
        assertEquals(List.of(), others, "use ChildJvm: where JAVA_TOOL_OPTIONS is set a JVM says so among its output");
    }

    @Test
    void whatAJvmPrintsIsWhatItsProgramPrints() throws Exception {
        Process process = ChildJvm.of(List.of(), Program.class, "said").start();
        assertEquals("said", new String(process.getInputStream().readAllBytes()).strip());
        assertEquals(0, process.waitFor());
    }

    static final class Program {
        public static void main(String[] arguments) {
            System.out.println(arguments[0]);
        }
    }
}
