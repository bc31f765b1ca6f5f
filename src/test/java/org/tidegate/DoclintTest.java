/* What the Javadoc of the public packages must have. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoclintTest {
    private static final Path JAVA = Path.of(System.getProperty("tidegate.basedir", "."), "src/main/java/org/tidegate");

    /** Folders below the root package that are not checked. */
    private static final Set<String> UNCHECKED = Set.of("internal");

    @TempDir
    private Path folder;

    @Test
    void thePublicPackagesHaveCompleteJavadoc() throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(JAVA)) {
            files = walk.filter(file -> file.toString().endsWith(".java"))
                .filter(file -> !UNCHECKED.contains(JAVA.relativize(file).getName(0).toString())).sorted().toList();
        }
        assertTrue(files.contains(JAVA.resolve("Model.java")) && files.size() > 80, "Found " + files.size() + " sources in " + JAVA);
        assertEquals(List.of(), warnings(files));
    }

    @Test
    void whatIsMissingIsFound() throws IOException {
        Path file = Files.writeString(folder.resolve("Bad.java"), """
            /** A class. */
            public final class Bad {
                private Bad() {}

                /** A method. */
                public static int twice(int number) {
                    return 2 * number;
                }

                public static void silent() {}
            }
            """);
        assertEquals(List.of("Bad.java:6: no @param for number", "Bad.java:6: no @return", "Bad.java:10: no comment"),
            warnings(List.of(file)));
    }

    /** The warnings and errors of doclint about public and protected things, as "file:line: text". */
    private List<String> warnings(List<Path> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> options = List.of("-Xdoclint:all/protected", "-Xmaxwarns", "10000", "-proc:none", "-implicit:none",
            "-classpath", classPath, "-d", folder.toString());
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(found, Locale.ROOT, StandardCharsets.UTF_8)) {
            compiler.getTask(Writer.nullWriter(), manager, found, options, null, manager.getJavaFileObjectsFromPaths(files)).call();
        }
        return found.getDiagnostics().stream().filter(one -> one.getKind() != Diagnostic.Kind.NOTE && one.getSource() != null)
            .map(one -> Path.of(one.getSource().toUri()).getFileName() + ":" + one.getLineNumber() + ": " + one.getMessage(Locale.ROOT))
            .toList();
    }
}
