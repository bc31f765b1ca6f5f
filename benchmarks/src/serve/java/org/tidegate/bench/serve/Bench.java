/* What all sections share. */
package org.tidegate.bench.serve;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.tidegate.Precision;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.ClassifierAnswers;

/**
 * The models, and servers of them.
 *
 * @param models the folder of the models' files
 * @param onnx the folder of the same models in ONNX
 * @param server the server's jar
 * @param out the folder of results
 * @param findings what is noticed on the way
 * @param quick whether times are short
 */
record Bench(Path models, Path onnx, Path server, Path out, Findings findings, boolean quick) {
    /** Clients at once, where the most that is answered is sought. */
    static final int CLIENTS = 64;

    private static final long CALLS = 20_000; // until then the compiler is at work in server and client

    static Bench prepare(Path folder, Path server, Path out, boolean quick) throws IOException {
        Bench bench = new Bench(Files.createDirectory(folder.resolve("models")), Files.createDirectory(folder.resolve("onnx")), server, out,
            new Findings(), quick);
        for (Workload each : List.of(Workload.SMALL, Workload.LARGE)) {
            each.write(bench.models, bench.onnx);
        }
        return bench;
    }

    /** The time of a figure that stands alone. */
    Figures.Time time() {
        return quick ? new Figures.Time(new WarmUp(0.5, 6, CALLS), 2) : new Figures.Time(new WarmUp(0.5, 8, CALLS), 4);
    }

    /** The time of a turn, where what is measured has been warmed. */
    Figures.Time turn() {
        return quick ? new Figures.Time(new WarmUp(0.2, 4, 0), 0.8) : new Figures.Time(new WarmUp(0.25, 4, 0), 1.2);
    }

    int turns() {
        return quick ? 3 : 5;
    }

    ServerProcess tidegate(String... options) throws IOException, InterruptedException {
        return new ServerProcess(out.resolve("server.log"), List.of(server), "org.tidegate.server.ServeCommand", models, options);
    }

    /** The same server, behind which ONNX Runtime runs the models. */
    ServerProcess onnxRuntime(String... options) throws IOException, InterruptedException {
        List<Path> jars = new ArrayList<>(List.of(server));
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of)
            .filter(jar -> jar.getFileName().toString().matches("(tidegate-benchmarks|onnxruntime-.*)\\.jar")).forEach(jars::add);
        String[] all = Stream.concat(Stream.of(options), Stream.of("--onnx", onnx.toString())).toArray(String[]::new);
        return new ServerProcess(out.resolve("server.log"), jars, OnnxServer.class.getName(), models, all);
    }

    /** The model in this process. The caller closes it. */
    ClassifierAnswers answers(Workload workload) throws IOException {
        return Classifier.open(models.resolve(workload.model() + ".safetensors"), Precision.FLOAT32);
    }
}
