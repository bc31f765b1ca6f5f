package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The project's jars (or, where Maven was asked for no jars, the folders that become them) as a program that is a module has them. */
class JarsTest {
    private static final String MODULE = """
            module app {
                requires org.tidegate;
                requires org.tidegate.csv;
                requires org.tidegate.onnx;
                requires org.tidegate.study;
            }
            """;
    private static final String PROGRAM = """
            package app;

            import java.nio.file.Path;
            import java.util.List;
            import org.tidegate.TidegateException;
            import org.tidegate.csv.SeriesCsv;
            import org.tidegate.onnx.OnnxModel;
            import org.tidegate.study.WindowLanguageModel;
            import org.tidegate.task.Tasks;
            import org.tidegate.task.Trainable;
            import org.tidegate.task.classify.Classifier;
            import org.tidegate.task.classify.LabelledText;
            import org.tidegate.train.Training;

            public final class Main {
                public static void main(String[] arguments) throws Exception {
                    Path file = Path.of(arguments[0]);
                    List<LabelledText> texts = List.of(new LabelledText("good", "a lovely day"), new LabelledText("bad", "an awful day"));
                    try (Classifier classifier = Classifier.builder(texts).hidden(4).embedding(4).build()) {
                        classifier.train(texts, Training.epochs(2).batch(2).checkpoint(file));
                    } catch (TidegateException e) {
                        System.out.println(e.getMessage());
                        return;
                    }
                    try (Trainable<?, ?> loaded = Tasks.load(file)) {
                        System.out.println("loaded " + loaded.reading().task());
                    }
                    for (Class<?> each : List.of(Tasks.class, SeriesCsv.class, OnnxModel.class, WindowLanguageModel.class)) {
                        System.out.println("in " + each.getModule().getName());
                    }
                    try {
                        Class.forName("org.tidegate.internal.Library").getMethod("version").invoke(null);
                        System.out.println("open");
                    } catch (IllegalAccessException e) {
                        System.out.println("internal is closed");
                    }
                }
            }
            """;

    @TempDir
    Path folder;

    @Test
    void aProgramOnTheModulePathNeedsNothingBesideTheLibrarysJars() throws Exception {
        List<Path> libraries = new ArrayList<>(own().stream().filter(path -> !isProgram(path)).toList());
        libraries.addAll(others("jackson-core|fastcsv|tribuo-util-onnx|protobuf-java"));
        Path program = compiled(libraries);
        String complete = run(program, libraries);
        assertEquals(List.of("loaded classify", "in org.tidegate", "in org.tidegate.csv", "in org.tidegate.onnx", "in org.tidegate.study", "internal is closed"),
                complete.lines().toList(), complete);
    }

    /** A program that is compiled against the modules. */
    private Path compiled(List<Path> libraries) throws IOException {
        Path source = Files.createDirectories(folder.resolve("source"));
        Path program = folder.resolve("program");
        Files.writeString(source.resolve("module-info.java"), MODULE);
        Files.writeString(Files.createDirectory(source.resolve("app")).resolve("Main.java"), PROGRAM);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(0, compiler.run(null, null, null, "-d", program.toString(), "--module-path", joined(libraries),
                source.resolve("module-info.java").toString(), source.resolve("app/Main.java").toString()));
        return program;
    }

    private String run(Path program, List<Path> libraries) throws IOException, InterruptedException {
        List<Path> path = new ArrayList<>(libraries);
        path.add(program);
        List<String> options = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache"));
        Process process = ChildJvm.ofModule(options, joined(path), "app/app.Main", folder.resolve("model.safetensors").toString()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    @Test
    void eachJarHasItsLicencesInAFolderOfItsOwn() throws IOException {
        List<Path> own = own();
        assertEquals(6, own.size(), own.toString());
        List<String> all = new ArrayList<>();
        for (Path jar : own) {
            List<String> names = metaInf(jar);
            assertTrue(names.stream().anyMatch(name -> name.matches("META-INF/licenses/tidegate[^/]*/LICENSE")), jar + ": " + names);
            names.stream().filter(name -> !name.startsWith("META-INF/services/") && !name.equals("META-INF/MANIFEST.MF")).forEach(all::add);
            assertFalse(names.stream().anyMatch(name -> name.matches("META-INF/(LICENSE|NOTICE|DEPENDENCIES).*")), jar + ": " + names);
        }
        for (String text : List.of("NOTICE", "third-party/gpl-3.0.txt",
                "third-party/gcc-runtime-library-exception-3.1.txt", "third-party/mit.txt")) {
            assertTrue(all.contains("META-INF/licenses/tidegate/" + text), text + " in " + all);
        }
        for (Path other : others("jackson-core|fastcsv|tribuo-util-onnx|protobuf-java|picocli|xchart")) {
            metaInf(other).stream().filter(name -> !name.matches("META-INF/(MANIFEST.MF|services/.*)")).forEach(all::add);
        }
        List<String> twice = all.stream().filter(name -> all.indexOf(name) != all.lastIndexOf(name) && name.contains("tidegate"))
                .distinct().toList();
        assertEquals(List.of(), twice, "what a merged jar would have twice");
    }

    @Test
    void eachJarSaysItsVersionAndIsAModule() throws IOException {
        for (Path jar : own()) {
            if (Files.isDirectory(jar)) { // has no manifest yet
                assertTrue(isProgram(jar) || Files.exists(jar.resolve("module-info.class")), jar.toString());
                continue;
            }
            try (JarFile file = new JarFile(jar.toFile())) {
                Attributes manifest = file.getManifest().getMainAttributes();
                assertEquals(new Version().getVersion()[0], "tidegate " + manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION));
                assertNotNull(manifest.getValue(Attributes.Name.IMPLEMENTATION_TITLE), jar.toString());
                assertTrue(isProgram(jar) || file.getEntry("module-info.class") != null, jar.toString());
            }
        }
    }

    /** The library, the modules, the server and the command line. */
    private static List<Path> own() {
        return classPath().filter(path -> path.endsWith("classes") || path.getFileName().toString().startsWith("tidegate")).toList();
    }

    /** The command line and the server, whose own libraries are no modules. */
    private static boolean isProgram(Path own) {
        return Files.exists(own.resolve("org/tidegate/cli")) || Files.exists(own.resolve("org/tidegate/server"))
                || own.getFileName().toString().startsWith("tidegate-server");
    }

    private static List<Path> others(String names) {
        return classPath().filter(path -> path.getFileName().toString().matches("(" + names + ")-\\d.*\\.jar")).toList();
    }

    private static Stream<Path> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of);
    }

    private static String joined(List<Path> paths) {
        return String.join(File.pathSeparator, paths.stream().map(Path::toString).toList());
    }

    private static List<String> metaInf(Path jar) throws IOException {
        if (Files.isDirectory(jar)) {
            return files(jar);
        }
        try (FileSystem zip = FileSystems.newFileSystem(jar)) {
            return files(zip.getPath("/"));
        }
    }

    private static List<String> files(Path root) throws IOException {
        if (!Files.exists(root.resolve("META-INF"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root.resolve("META-INF"))) {
            return files.filter(Files::isRegularFile).map(file -> root.relativize(file).toString()).sorted().toList();
        }
    }
}
