/* The files of deploy/ start the server as it is. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DeploymentTest {
    private static final Path DEPLOY = Path.of(System.getProperty("tidegate.root"), "modules/server/deploy");

    private static List<String> found(String pattern, String text) {
        List<String> found = new ArrayList<>();
        for (Matcher each = Pattern.compile(pattern, Pattern.MULTILINE).matcher(text); each.find();) {
            found.add(each.group(1));
        }
        return found;
    }

    private static CommandLine.ParseResult parsed(List<String> arguments) {
        return new CommandLine(new ServeCommand()).parseArgs(arguments.toArray(String[]::new));
    }

    @Test
    void theImageServesItsFolderToAllTheNetwork() throws IOException {
        String file = Files.readString(DEPLOY.resolve("Dockerfile"));
        CommandLine.ParseResult parsed = parsed(found("\"([^\"]+)\"", found("^CMD \\[(.*)]$", file).get(0)));
        assertEquals(Path.of("/models"), parsed.matchedOptionValue("--models", null));
        assertEquals("0.0.0.0", parsed.matchedOptionValue("--host", null));
        assertEquals(List.of("10001"), found("^USER (\\d+)$", file));
        assertTrue(file.contains("GET /v2/health/ready"));
    }

    @Test
    void theRuntimeOfKServeServesWhatIsMounted() throws IOException {
        CommandLine.ParseResult parsed = parsed(found("^ +- (--.*)$", Files.readString(DEPLOY.resolve("kserve.yaml"))));
        assertEquals(Path.of("/mnt/models"), parsed.matchedOptionValue("--models", null));
        assertEquals(8080, (Integer) parsed.matchedOptionValue("--port", 0));
    }

    @Test
    void whereTheNativeCoreCannotBeUnpackedTheServerSaysSoAndEnds(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        Foreign.Result result = Foreign.run(folder, Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "-Dorg.bytedeco.javacpp.cachedir=" + file, ServeCommand.class.getName(), "--models", ".",
                "--port", "0", "--grpc-port", "0");
        assertEquals(1, result.exit(), result::output);
        assertTrue(result.output().contains(file.toString()) && result.output().contains("Way out: "), result::output);
        assertFalse(result.output().contains("\tat "), result::output);
    }

    @Test
    void theUnitServesToThisMachineAlone() throws IOException {
        String line = found("tidegate-server.jar (--.*)$", Files.readString(DEPLOY.resolve("tidegate.service"))).get(0);
        CommandLine.ParseResult parsed = parsed(List.of(line.split(" ")));
        assertEquals(Path.of("/srv/tidegate/models"), parsed.matchedOptionValue("--models", null));
        assertTrue(parsed.matchedOption("--host") == null);
    }
}
