package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** {@code tidegate inspect gradients} and {@code tidegate compare memory}. */
class MemoryCommandsTest {
    @TempDir
    Path folder;

    @Test
    void gradientsOfUntrainedLayersAreShownAndDrawn() throws IOException {
        Path chart = folder.resolve("gradients.png");
        Run run = Run.of("inspect", "gradients", "--steps", 60, "--hidden", 16, "--sequences", 4, "--chart", chart,
            "--json").succeeded();
        List<JsonObject> flows = JsonObject.parse(run.lastLine()).objects("flows");
        assertEquals(List.of("rnn", "gru", "lstm", "rnn x 4.0", "gru x 4.0", "lstm x 4.0"),
            flows.stream().map(flow -> flow.string("name")).toList());
        assertEquals("vanishes", flows.get(0).string("verdict"));
        assertEquals(60, flows.get(0).numbers("norms").length);
        assertTrue(run.out().contains("rnn            ") && run.out().contains(": vanishes"), run.out());
        assertEquals(1000, ImageIO.read(chart.toFile()).getWidth());
    }

    @Test
    void gradientsOfATrainedModelAreMeasuredOnItsText() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), MadeUpText.of(3000));
        Path model = folder.resolve("model.safetensors");
        Run.train(text, model, "--layers", 2);
        Run onText = Run.of("inspect", "gradients", "--model", model, "--data", text, "--steps", 20).succeeded();
        Run made = Run.of("inspect", "gradients", "--model", model, "--steps", 20).succeeded();
        assertTrue(onText.out().contains("rnn   ") && !onText.out().equals(made.out()), onText.out());
        Run.of("inspect", "gradients", "--model", model, "--layer", "none").failed("no recurrent node 'none'; it has [rnn]");
        Run.of("inspect", "gradients", "--model", model, "--cells", "lstm").failed("with --model the model's own are measured");
        Run.of("inspect", "gradients", "--data", text).failed("--data goes with --model");
        Run.of("inspect", model).succeeded();
        Run.of("inspect").failed("inspect what?");
    }

    @Test
    void theCellsAreComparedInATableAndAChart() {
        Path chart = folder.resolve("memory.png");
        Run run = Run.of("compare", "memory", "--steps", 4, "--hidden", 16, "--cells", "rnn,gru", "--updates", 150, "--batch", 16,
            "--length", 1,
            "--lr", "1e-2", "--symbols", 2, "--threads", 1, "--chart", chart, "--json").succeeded();
        List<JsonObject> trials = JsonObject.parse(run.lastLine()).objects("trials");
        assertEquals(4, trials.size());
        JsonObject copy = trials.get(3);
        assertEquals("gru", copy.string("cell"));
        assertTrue(copy.flag("solved"), run.out());
        assertEquals(Math.log(2), copy.number("baseline"), 1e-12);
        assertTrue(Files.exists(folder.resolve("memory-adding.png")) && Files.exists(folder.resolve("memory-copy.png")));
        assertTrue(run.out().contains("solved after"), run.out());
    }

    @Test
    void wrongSizesAreErrors() {
        Run.of("compare", "memory", "--steps", 1, "--task", "adding").failed("expected 2 or more");
        Run.of("compare", "memory", "--updates", 0).failed("updates = 0; expected 1 or more");
        Run.of("compare", "memory", "--lr", "-1").failed("learning rate = -1.0");
        Run.of("compare", "memory", "--cells", "rnn,lstm_projected").failed("cell = LSTM_PROJECTED");
        Run.of("compare", "memory", "--task", "sorting").failed("--task");
        Run.of("compare").failed("compare what? One of: ");
    }
}
