package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is true: its Java example compiles and runs, its commands parse. */
class ReadmeTest {
    private static final Path README = Path.of(System.getProperty("tidegate.root"), "README.md");

    @Test
    void theJavaExamplesTrainSampleSaveAndServe(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("notes.txt"), MadeUpText.of(20_000) + "Today the cat sees a bird.\n");
        String sample = output(folder, "Notes");
        assertEquals(200 + System.lineSeparator().length(), sample.length(), sample);
        Run.of("evaluate", "--model", folder.resolve("notes.safetensors"), "--text", folder.resolve("notes.txt")).succeeded();
        String served = output(folder, "Serve");
        assertTrue(served.startsWith("after \"Today \" most likely: \""), served);
    }

    @Test
    void theClassifierOfTheReadmeLearnsWhatIsLovely(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("train.tsv"), ("good\ta lovely day\nbad\tan awful night\ngood\twhat a lovely song\n"
                + "bad\twhat an awful noise\n").repeat(8));
        assertEquals("good", output(folder, "Mood").strip());
        Run.of("predict", "--model", folder.resolve("mood.safetensors"), "an awful day").succeeded();
    }

    /** What the program of that name in the README prints when it runs in the folder. */
    private static String output(Path folder, String name) throws IOException, InterruptedException {
        Matcher block = Pattern.compile("```java\n((?:(?!```).)*public class " + name + " .*?)```", Pattern.DOTALL)
                .matcher(Files.readString(README));
        assertTrue(block.find(), "README.md has no java block with a class " + name);
        Path source = Files.writeString(folder.resolve(name + ".java"), block.group(1));
        String classPath = System.getProperty("java.class.path");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(0, compiler.run(null, null, null, "-Xlint:all,-processing,-classfile,-path", "-Werror", "-cp", classPath,
                "-d", folder.toString(), source.toString()));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", folder + File.pathSeparator + classPath, name).directory(folder.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    @Test
    void everyCommandShownParses() throws IOException {
        List<String> commands = Files.readAllLines(README).stream().map(String::strip)
                .filter(line -> line.matches("(\\./)?tidegate (?!test|bench).*")).map(line -> line.replaceAll(" +# .*", "")).toList();
        assertFalse(commands.isEmpty());
        commands.forEach(Shell::parse);
    }
}
