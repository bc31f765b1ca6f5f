/* The server with ONNX Runtime behind it. */
package org.tidegate.bench.serve;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.tidegate.Precision;
import org.tidegate.server.Server;
import org.tidegate.task.classify.Classifier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves classifiers whose networks are in ONNX; how texts are read is in our files of the same names. */
@Command(name = "onnx-server")
public final class OnnxServer implements Callable<Integer> {
    @Option(names = "--models", required = true)
    private Path models;

    @Option(names = "--onnx", required = true)
    private Path onnx;

    @Option(names = "--port", required = true)
    private int port;

    @Option(names = "--grpc-port", required = true)
    private int grpcPort;

    @Option(names = "--max-batch", defaultValue = "64")
    private int maxBatch;

    private OnnxServer() {
    }

    /** Runs until it is killed. */
    public static void main(String[] arguments) {
        int code = new CommandLine(new OnnxServer()).execute(arguments);
        if (code != 0) {
            System.exit(code);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Server.builder().models(models).opener(this::open).port(port).grpcPort(grpcPort).maxBatch(maxBatch).start();
        Thread.currentThread().join();
        return 0;
    }

    private OnnxServing open(Path file, Precision precision) throws IOException {
        try (var ours = Classifier.open(file, precision)) {
            return new OnnxServing(onnx.resolve(file.getFileName().toString().replace(".safetensors", ".onnx")), ours.reading());
        } catch (OrtException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
