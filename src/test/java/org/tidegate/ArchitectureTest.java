/* Who may know whom, read from the sources. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final Path PROJECT = Path.of(System.getProperty("tidegate.basedir", "."));
    private static final Path JAVA = PROJECT.resolve("src/main/java/org/tidegate");
    private static final Path NATIVE = PROJECT.resolve("native/src");

    /** Each Java package and those below it that it may import; "" is the root. A package may always import itself. */
    private static final Map<String, List<String>> JAVA_BELOW = Map.ofEntries(
        Map.entry("task", List.of("train", "metrics", "decode", "audio", "data", "checkpoint", "", "text", "json")),
        Map.entry("train", List.of("decode", "data", "checkpoint", "", "text", "json")),
        Map.entry("metrics", List.of("text")),
        Map.entry("decode", List.of("", "text")),
        Map.entry("audio", List.of("data", "text", "json")),
        Map.entry("data", List.of("", "text", "json")),
        Map.entry("checkpoint", List.of("json")),
        Map.entry("text", List.of("json")),
        Map.entry("json", List.of()),
        Map.entry("", List.of("checkpoint", "internal", "text", "json")),
        Map.entry("internal", List.of("internal.abi")),
        Map.entry("internal.abi", List.of()));

    /** Each module, whose packages are org.tidegate.NAME and those below it, and the other modules that it may name. */
    private static final Map<String, List<String>> MODULES = Map.of("csv", List.of(), "study", List.of(), "onnx",
        List.of(), "server", List.of("csv", "onnx"), "cli", List.of("csv", "study", "onnx", "server"));

    /** The native rooms from the top down, as native/README.md has them: an include may stay in its folder or point down. */
    private static final List<Set<String>> NATIVE_ROWS = List.of(Set.of("graph"), Set.of("ops"), Set.of("isa"), Set.of("cells", "optim"),
        Set.of("simd"), Set.of("core"));

    private static final Pattern NOT_CODE = Pattern.compile("/\\*.*?\\*/|//[^\n]*|\"\"\".*?\"\"\"|\"(?:[^\"\\\\\n]|\\\\.)*\"|^package [^;]*;",
        Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern MENTION = Pattern.compile("\\borg\\.tidegate((?:\\.[a-z]+)*)\\.[A-Za-z*]");
    private static final Pattern PACKAGE = Pattern.compile("^package org\\.tidegate\\.(\\w+)", Pattern.MULTILINE);
    private static final Pattern INCLUDE = Pattern.compile("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]", Pattern.MULTILINE);

    @Test
    void javaPackagesNameOnlyWhatStandsBelowThem() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources(JAVA, ".java")) {
            String from = JAVA.relativize(file.getParent()).toString().replace('/', '.');
            List<String> below = below(from);
            Matcher mentions = MENTION.matcher(code(file));
            while (mentions.find()) {
                String to = mentions.group(1).isEmpty() ? "" : mentions.group(1).substring(1);
                if (!to.equals(from) && !below.contains(to)) {
                    wrong.add(JAVA.relativize(file) + " names " + (to.isEmpty() ? "the root" : to));
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** A family of tasks may name the frame of all tasks and what that may name, never another family. */
    private static List<String> below(String from) {
        boolean family = from.matches("task\\.[a-z]+");
        List<String> below = JAVA_BELOW.get(family ? "task" : from);
        assertTrue(below != null, "The package org.tidegate." + from + " has no place in the plan.");
        return family ? Stream.concat(Stream.of("task"), below.stream()).toList() : below;
    }

    @Test
    void onlyInternalSeesJavaCpp() throws IOException {
        assertEquals(List.of(), naming("org.bytedeco.", JAVA, "internal"));
    }

    @Test
    void onlyJsonAndTheServerSeeJackson() throws IOException {
        assertEquals(List.of(), naming("com.fasterxml.", JAVA, "json"));
        assertEquals(List.of(), naming("com.fasterxml.", PROJECT.resolve("modules"), "server/src"));
    }

    /** A package that is forgotten there cannot be used, and a task not be found, by a program made of modules. */
    @Test
    void theModuleExportsEveryPackageButInternal() throws IOException {
        String module = Files.readString(PROJECT.resolve("src/main/java/module-info.java"));
        List<String> missing = new ArrayList<>();
        for (Path file : sources(JAVA, ".java")) {
            String name = "org.tidegate." + JAVA.relativize(file.getParent()).toString().replace('/', '.');
            name = name.replaceAll("\\.$", "");
            if (!module.contains("exports " + name + ";") != name.startsWith("org.tidegate.internal")) {
                missing.add(name);
            }
        }
        assertEquals(List.of(), missing.stream().distinct().toList());
    }

    /** Programs made of modules read the module's file, others the service files. */
    @Test
    void modulesProvideTheTasksOfTheirServiceFiles() throws IOException {
        List<Path> roots = new ArrayList<>(List.of(PROJECT));
        modules().forEach(module -> roots.add(PROJECT.resolve("modules").resolve(module)));
        int provided = 0;
        for (Path root : roots) {
            Path module = root.resolve("src/main/java/module-info.java");
            Path service = root.resolve("src/main/resources/META-INF/services/org.tidegate.task.TaskFormat");
            if (Files.exists(module) && Files.exists(service)) {
                for (String format : Files.readAllLines(service)) {
                    assertTrue(Files.readString(module).contains(format), () -> module + " does not provide " + format);
                    provided++;
                }
            }
        }
        assertTrue(provided > 8, "so few tasks: " + provided);
    }

    /** The sources that name another library, but for those of the one package that may. */
    private static List<String> naming(String library, Path root, String allowed) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources(root, ".java")) {
            if (!root.relativize(file).startsWith(allowed) && code(file).contains(library)) {
                found.add(file.toString());
            }
        }
        return found;
    }

    /** No module sees what is package-private in the library or another module: a package stands in one jar only. */
    @Test
    void modulesNamePublicPackagesOfTheLibraryAndModulesBelowThem() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String module : modules()) {
            assertTrue(MODULES.containsKey(module), "The module " + module + " has no place in the plan.");
            assertTrue(!Files.exists(JAVA.resolve(module)), "org.tidegate." + module + " stands in the library and in a module.");
            for (Path file : sources(PROJECT.resolve("modules").resolve(module).resolve("src"), ".java")) {
                if (file.endsWith("module-info.java")) {
                    continue;
                }
                Matcher declared = PACKAGE.matcher(Files.readString(file));
                if (!declared.find() || !declared.group(1).equals(module)) {
                    wrong.add(file + " is not in the package org.tidegate." + module);
                }
                Matcher mentions = MENTION.matcher(code(file));
                while (mentions.find()) {
                    String to = mentions.group(1).isEmpty() ? "" : mentions.group(1).substring(1);
                    String top = to.replaceFirst("\\..*", "");
                    boolean ofLibrary = Files.isDirectory(JAVA.resolve(to.replace('.', '/'))) && !top.equals("internal");
                    if (!ofLibrary && !top.equals(module) && !MODULES.get(module).contains(top)) {
                        wrong.add(file + " names org.tidegate." + to);
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void nativeFoldersIncludeOnlyWhatStandsBelowThem() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources(NATIVE, ".cc", ".h", ".def")) {
            Path relative = NATIVE.relativize(file);
            if (relative.getNameCount() == 1) {
                continue; // api.h and what includes it, which stand above all
            }
            String from = relative.getName(0).toString();
            assertTrue(row(from) >= 0, "The folder of " + relative + " has no place in the plan.");
            Matcher includes = INCLUDE.matcher(Files.readString(file));
            while (includes.find()) {
                Path to = Path.of(includes.group(1));
                String folder = to.getName(0).toString();
                if (row(folder) >= 0 && !folder.equals(from) && row(folder) <= row(from)) {
                    wrong.add(relative + " includes " + to);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void eachForeignHeaderHasOneDoor() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources(NATIVE, ".cc", ".h", ".def")) {
            String relative = NATIVE.relativize(file).toString();
            Matcher includes = INCLUDE.matcher(Files.readString(file));
            while (includes.find()) {
                String header = includes.group(1);
                boolean allowed = switch (header) {
                    case "cblas.h", "openblas_config.h" -> false;
                    case "immintrin.h", "x86intrin.h", "arm_neon.h" -> relative.startsWith("isa/");
                    case "tidegate/tidegate.h" -> relative.equals("api.h");
                    case "jni.h" -> false;
                    default -> true;
                };
                if (!allowed) {
                    wrong.add(relative + " includes " + header);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static String code(Path file) throws IOException {
        return NOT_CODE.matcher(Files.readString(file)).replaceAll("");
    }

    private static int row(String folder) {
        for (int row = 0; row < NATIVE_ROWS.size(); row++) {
            if (NATIVE_ROWS.get(row).contains(folder)) {
                return row;
            }
        }
        return -1;
    }

    private static List<String> modules() throws IOException {
        try (Stream<Path> folders = Files.list(PROJECT.resolve("modules"))) {
            return folders.filter(Files::isDirectory).map(folder -> folder.getFileName().toString()).sorted().toList();
        }
    }

    private static List<Path> sources(Path root, String... endings) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> found = files.filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith)).sorted().toList();
            assertTrue(!found.isEmpty(), "Found no sources in " + root);
            return found;
        }
    }
}
