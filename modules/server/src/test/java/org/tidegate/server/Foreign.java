/* Programs that are not Java's. */
package org.tidegate.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Runs them, for a minute at most. */
final class Foreign {
    private static final int SECONDS = 60;

    private Foreign() {}

    /** What a program said, and its exit code; 124 if its time was over. */
    record Result(int exit, String output) {}

    static Result run(Path folder, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("foreign", ".out");
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                    .redirectOutput(output.toFile()).start();
            boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            return new Result(ended ? process.exitValue() : 124, Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    /** Whether there is such a program, and it ends well. */
    static boolean works(String... command) throws InterruptedException {
        try {
            return run(Path.of("."), command).exit() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
