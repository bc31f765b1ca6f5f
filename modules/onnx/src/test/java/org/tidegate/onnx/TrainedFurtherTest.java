package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.NodeSpec;
import org.tidegate.Optimizer;
import org.tidegate.Session;
import org.tidegate.Tensor;
import org.tidegate.Update;

/** An imported network with a loss learns like any other. */
class TrainedFurtherTest {
    private static final Path FOLDER = Path.of(System.getProperty("tidegate.root", "../.."), "modules/onnx/src/test/resources/golden");

    @TempDir
    private Path folder;

    private void learns(String id) throws IOException {
        Path file = folder.resolve(id + ".safetensors");
        OnnxModel.read(FOLDER.resolve(id + ".onnx")).save(file);
        try (Model imported = Model.load(file)) {
            List<NodeSpec> nodes = new ArrayList<>(imported.nodes());
            NodeSpec last = nodes.get(nodes.size() - 1);
            nodes.add(new NodeSpec("wanted", "ids", List.of(), Map.of("axis", "time")));
            nodes.add(new NodeSpec("loss", "cross_entropy", List.of(last.name(), "wanted"), Map.of()));
            try (Model model = Model.of(nodes, 1); Session session = model.newTrainingSession(1); Optimizer adam = model.newOptimizer("adam")) {
                for (Tensor parameter : imported.parameters()) {
                    model.parameter(parameter.name()).set(parameter.toArray());
                }
                Batch batch = model.newBatch().lengths("time", 5, 3).ids("ids", new int[][] {{1, 2, 3, 4, 5}, {6, 7, 8}})
                        .ids("wanted", new int[][] {{0, 1, 2, 3, 0}, {1, 2, 3}});
                double before = session.train(batch, adam, Update.of(0.02)).loss();
                double after = before;
                for (int step = 0; step < 60; step++) {
                    after = session.train(batch, adam, Update.of(0.02)).loss();
                }
                double now = after;
                assertTrue(after < 0.3 * before, () -> before + " nats became " + now);
            }
        }
    }

    @Test
    void anImportedTaggerLearnsFurther() throws IOException {
        learns("model_gru_2l_script");
        learns("model_lstm_2l_bi_dynamo");
    }
}
