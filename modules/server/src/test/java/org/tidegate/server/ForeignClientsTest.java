/* Clients of other languages over real sockets, where they are at hand: grpcio of Python, grpc-js of Node. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dtidegate.python=FILE} names a Python that has grpcio and grpcio-tools; {@code python3} unless it is given. */
class ForeignClientsTest {
    private static final Path MODULE = Path.of(System.getProperty("tidegate.root"), "modules/server");
    private static final String PROTO = MODULE.resolve("src/main/proto/open_inference_grpc.proto").normalize().toString();
    private static final String PYTHON = System.getProperty("tidegate.python", "python3");
    private static final String[] PACKAGES = {"@grpc/grpc-js@1.14.7", "@grpc/proto-loader@0.8.1"};

    @TempDir
    static Path folder;

    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        TestModels.classifier(folder.resolve("mood.safetensors"));
        server = Server.builder().models(folder).port(0).grpcPort(0).start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void check(Foreign.Result result) {
        assertEquals(0, result.exit(), result::output);
        assertFalse(result.output().contains("FAILED"), result::output);
        assertTrue(result.output().lines().filter(line -> line.startsWith("ok ")).count() > 25, result::output);
    }

    @Test
    void pythonMakesEveryCall() throws Exception {
        assumeTrue(Foreign.works(PYTHON, "-c", "import grpc, grpc_tools"), "skipped: " + PYTHON + " has no grpcio and grpcio-tools"
                + " (pip install grpcio grpcio-tools)");
        check(Foreign.run(folder, PYTHON, MODULE.resolve("src/test/python/conformance.py").toString(), "127.0.0.1:" + server.grpcPort(), PROTO));
    }

    @Test
    void nodeMakesEveryCall() throws Exception {
        assumeTrue(Foreign.works("node", "--version") && Foreign.works("npm", "--version"), "skipped: no node or npm on the PATH");
        Path packages = Files.createDirectories(MODULE.resolve("target/node")).toRealPath();
        if (!Files.isDirectory(packages.resolve("node_modules/@grpc/grpc-js"))
                || !Files.isDirectory(packages.resolve("node_modules/@grpc/proto-loader"))) {
            Files.writeString(packages.resolve("package.json"), "{\"private\":true}");
            Foreign.Result installed = Foreign.run(packages, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts",
                    PACKAGES[0], PACKAGES[1]);
            assumeTrue(installed.exit() == 0, "skipped: npm could not install " + String.join(" and ", PACKAGES));
        }
        Path script = Files.copy(MODULE.resolve("src/test/node/conformance.js"), packages.resolve("conformance.js"),
                StandardCopyOption.REPLACE_EXISTING);
        check(Foreign.run(packages, "node", script.toString(), "127.0.0.1:" + server.grpcPort(), PROTO));
    }
}
