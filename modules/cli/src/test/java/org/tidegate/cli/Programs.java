package org.tidegate.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Runs programs in a folder: compiled in one go, one after the other in one process, what each prints in a file of its own. */
final class Programs {
    private static final int MINUTES = 5;

    private Programs() {}

    /**
     * Compiles the programs, with every warning an error, and runs them in the order given.
     *
     * @param sources the texts of public classes by their names
     */
    static void run(Path folder, List<String> names, Map<String, String> sources) throws IOException, InterruptedException {
        String classPath = System.getProperty("java.class.path");
        List<String> compile = new ArrayList<>(List.of("-Xlint:all,-processing,-classfile,-path", "-Werror", "-proc:none", "-encoding", "UTF-8",
                "-cp", classPath, "-d", folder.toString()));
        for (String name : names) {
            compile.add(Files.writeString(folder.resolve(name + ".java"), sources.get(name)).toString());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler.run(null, null, null, compile.toArray(String[]::new)) != 0) {
            throw new IllegalStateException("the programs of the documents do not compile; the compiler's output says which");
        }
        Process process = ChildJvm.of(List.of("-XX:+UseSerialGC", "-Djava.awt.headless=true"), folder + File.pathSeparator + classPath,
                Programs.class, names.toArray(String[]::new)).directory(folder.toFile()).redirectOutput(folder.resolve("programs.log").toFile()).start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException("the programs did not end well: " + Files.readString(folder.resolve("programs.log")));
        }
    }

    /** What a program printed, or an exception that ended it. */
    static String output(Path folder, String name) throws IOException {
        Path failure = folder.resolve(name + ".failed");
        if (Files.exists(failure)) {
            throw new AssertionError(name + " failed: " + Files.readString(failure));
        }
        return Files.readString(folder.resolve(name + ".out"));
    }

    /** Runs the programs of these names. */
    public static void main(String[] names) throws Exception {
        for (String name : names) {
            try (PrintStream out = new PrintStream(name + ".out", StandardCharsets.UTF_8)) {
                System.setOut(out);
                Class.forName(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
            } catch (InvocationTargetException e) {
                try (PrintStream failure = new PrintStream(name + ".failed", StandardCharsets.UTF_8)) {
                    e.getCause().printStackTrace(failure);
                }
            }
        }
    }
}
