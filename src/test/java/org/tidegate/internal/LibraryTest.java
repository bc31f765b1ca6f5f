/* Loading, and how its failure is told; each case in a JVM of its own. */
package org.tidegate.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
        assertTrue(failures[0].contains("\nCache folder: " + file.resolve("cache/tidegate") + " (cannot be used: "), output);
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
        String output = run(List.of(), Map.of("TIDEGATE_ISA", "generic"));
        assertTrue(output.startsWith("generic\n--\nbuilt\n--\n"), output);
    }

    @Test
    void theCacheIsTheUsersAndItsFilesAreReadThroughBeforeTheyAreLoaded() throws Exception {
        List<String> options = List.of("-Duser.home=" + folder, "-Djava.io.tmpdir=" + folder.resolve("tmp"));
        Path first = loaded(options);
        assertEquals(folder.resolve(".cache/tidegate"), first.getParent().getParent());
        assertEquals("rwx------", mode(first.getParent().getParent()));
        assertEquals("rwx------", mode(first.getParent()));
        byte[] good = Files.readAllBytes(first);
        Files.write(first, new byte[good.length]);
        assertEquals(first, loaded(options));
        assertArrayEquals(good, Files.readAllBytes(first));
        assertEquals(List.of("libjnitidegate.so", "libjnitidegate.so.read"), names(files(folder, "libjnitidegate")));
    }

    @Test
    void whatWasNotedWhileOthersCouldWriteToTheFolderDoesNotCount() throws Exception {
        List<String> options = List.of("-Dorg.bytedeco.javacpp.cachedir=" + folder);
        Path file = loaded(options);
        byte[] good = Files.readAllBytes(file);
        Files.write(file, new byte[good.length]);
        Path note = file.resolveSibling("libjnitidegate.so.read");
        String digest = Files.readString(note).split(" ")[0];
        Map<String, Object> of = Files.readAttributes(file, "unix:ino,size,ctime");
        Files.writeString(note, digest + " " + of.get("ino") + " " + of.get("size") + " " + ((FileTime) of.get("ctime")).to(TimeUnit.NANOSECONDS));
        Files.setPosixFilePermissions(folder.resolve("tidegate"), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertEquals(file, loaded(options));
        assertArrayEquals(good, Files.readAllBytes(file));
        assertEquals("rwx------", mode(folder.resolve("tidegate")));
    }

    @Test
    void whatSomebodyElsePutIntoTheTemporaryFolderIsNotTaken() throws Exception {
        Path home = Files.createFile(folder.resolve("file")).resolve("home"); // cannot be made, as in a read-only file system
        List<String> options = List.of("-Duser.home=" + home, "-Djava.io.tmpdir=" + folder);
        Path file = loaded(options);
        Path own = file.getParent().getParent();
        assertEquals(folder.resolve("tidegate-" + Files.getAttribute(folder, "unix:uid")), own);
        Path elsewhere = Files.move(own, folder.resolve("elsewhere"));

        Files.createSymbolicLink(own, elsewhere);
        assertTakesAFolderOfItsOwn(options, own, elsewhere);
        Files.delete(own);
        Files.move(elsewhere, own);
        if (Files.getAttribute(folder, "unix:uid").equals(0)) { // only root can give a folder away
            Files.setAttribute(own, "unix:uid", 12345);
            assertTakesAFolderOfItsOwn(options, own, own);
        }
    }

    @Test
    void aFullDiskIsToldForEachFolderAndNothingStaysThatNobodyUses() throws Exception {
        // Files may have 200 KiB: the library has more.
        ProcessBuilder builder = ChildJvm.of(List.of("-XX:-UsePerfData", "-Duser.home=" + folder, "-Djava.io.tmpdir=" + folder),
            Program.class);
        List<String> limited = new ArrayList<>(List.of("bash", "-c", "ulimit -f 200; exec \"$@\"", "bash"));
        limited.addAll(builder.command());
        String output = output(builder.command(limited), Map.of());
        String failure = output.substring(0, output.indexOf("\n--\n"));
        List<String> lines = failure.lines().toList();
        assertEquals(5, lines.size(), output);
        String own = "tidegate-" + Files.getAttribute(folder, "unix:uid");
        assertEquals(Stream.of(".cache/tidegate", own, "tidegate*").map(
            name -> "Cache folder: " + folder.resolve(name) + " (cannot be used: File too large)").toList(), lines.subList(1, 4));
        assertTrue(lines.get(4).startsWith("Way out: ") && lines.get(4).contains("-Dorg.bytedeco.javacpp.cachedir=FOLDER")
            && lines.get(4).contains("XDG_CACHE_HOME") && lines.get(4).contains("5 MB"), output);
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.map(each -> each.getFileName().toString()).filter(name -> name.matches("tidegate\\d+")).toList());
        }
        assertEquals(List.of(), files(folder, "."), "parts of files");
    }

    @Test
    void aFolderForOneJvmAloneDoesNotStayOnceTheLibraryIsLoaded() throws Exception {
        Files.createFile(folder.resolve(".cache"));
        Files.createFile(folder.resolve("tidegate-" + Files.getAttribute(folder, "unix:uid")));
        List<Path> loaded = files(run(List.of("-XX:-UsePerfData", "-Duser.home=" + folder, "-Djava.io.tmpdir=" + folder), Map.of()));
        assertEquals(List.of("libjnitidegate.so"),
            names(loaded));
        assertTrue(loaded.stream().allMatch(file -> file.startsWith(folder) && !Files.exists(file)), loaded::toString);
        try (Stream<Path> left = Files.list(folder).filter(each -> !Files.isDirectory(each))) {
            assertEquals(2, left.count(), "the two files that are in the way");
        }
    }

    private static void assertTakesAFolderOfItsOwn(List<String> options, Path planted, Path alsoPlanted) throws Exception {
        Path file = loaded(options);
        assertFalse(file.startsWith(planted) || file.startsWith(alsoPlanted), file::toString);
        assertTrue(file.getParent().getParent().getFileName().toString().matches("tidegate\\d+"), file::toString);
        assertFalse(Files.exists(file), "what no other JVM may trust does not stay");
    }

    @Test
    void aFolderThatOthersCouldExchangeIsPassedOver() throws Exception {
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path file = loaded(List.of("-Duser.home=" + open, "-Djava.io.tmpdir=" + folder));
        assertFalse(file.startsWith(open), file::toString);
    }

    @Test
    void jvmsThatFillACacheAtOnceLeaveOneLibrary() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(ChildJvm.of(List.of("-Dorg.bytedeco.javacpp.cachedir=" + folder), Program.class).start());
        }
        for (Process process : processes) {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(output.contains("built"), output);
            assertEquals(0, process.waitFor());
        }
        assertEquals(List.of("libjnitidegate.so"),
            names(files(folder.resolve("tidegate"), "")).stream().filter(name -> !name.endsWith(".read")).toList());
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static List<Path> files(Path folder, String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Files.isRegularFile(file) && file.getFileName().toString().startsWith(prefix)).toList();
        }
    }

    private static List<String> names(List<Path> files) {
        return files.stream().map(file -> file.getFileName().toString()).sorted().toList();
    }

    /** The files that a JVM has loaded from a cache, as Program prints them. */
    private static List<Path> files(String output) {
        return Pattern.compile("mapped: (\\S+)").matcher(output).results().map(each -> Path.of(each.group(1))).toList();
    }

    /** The file that a JVM has loaded the native library from. */
    private static Path loaded(List<String> options) throws IOException, InterruptedException {
        String output = run(options, Map.of());
        return files(output).stream().filter(file -> file.endsWith("libjnitidegate.so")).findFirst()
            .orElseThrow(() -> new AssertionError(output));
    }

    private static String run(List<String> options, Map<String, String> environment) throws IOException, InterruptedException {
        return output(ChildJvm.of(options, Program.class), environment);
    }

    private static String output(ProcessBuilder builder, Map<String, String> environment) throws IOException, InterruptedException {
        builder.environment().remove("XDG_CACHE_HOME");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    /** Asks twice and prints what it gets. */
    static final class Program {
        public static void main(String[] arguments) throws IOException {
            print(Tidegate::instructionSet);
            print(() -> {
                try (Model model = Model.of("x = input axis=time cols=1", 1)) {
                    return model.isClosed() ? "closed" : "built";
                }
            });
            Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.matches(".*/(tidegate[^/]*|\\.cache/tidegate)/[^/]+/lib[^/]*"))
                .map(line -> line.substring(line.indexOf('/'))).distinct().forEach(file -> System.out.println("mapped: " + file));
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
