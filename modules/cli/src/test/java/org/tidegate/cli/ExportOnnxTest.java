package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Model;
import org.tidegate.onnx.OnnxModel;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.text.Vocabulary;

/** {@code tidegate export --format onnx}. */
class ExportOnnxTest {
    @TempDir
    private Path folder;
    private Path model;
    private Path onnx;

    @BeforeEach
    void makeModel() throws IOException {
        model = folder.resolve("model.safetensors");
        onnx = folder.resolve("model.onnx");
        try (LanguageModel lm = LanguageModel.builder(Vocabulary.ofCodePoints("the tide turns")).hidden(6).embedding(4).build()) {
            lm.save(model);
        }
    }

    @Test
    void theNetworkOfATaskIsWrittenWithWhatWasAskedFor() throws IOException {
        Run run = Run.of("export", "--model", model, "--format", "onnx", "--lengths", "--states", "--opset", 18, "--out", onnx).succeeded();
        assertTrue(run.out().contains("bytes, ONNX of operator set 18\n"), run.out());
        assertTrue(run.out().contains("  input   tokens int64[batch, time]\n  input   lengths int32[batch]\n"), run.out());
        assertTrue(run.out().contains("  output  rnn_h_out float[1, batch, 6]\n"), run.out());
        try (Model read = OnnxModel.read(onnx).toModel()) {
            assertEquals(1, read.nodes().stream().filter(node -> node.op().equals("recurrent")).count());
        }
        assertTrue(Files.readString(onnx, StandardCharsets.ISO_8859_1).contains("tidegate.reading"));
    }

    @Test
    void aNetworkWithoutATaskIsWrittenToo() throws IOException {
        try (Model own = Model.of("x = input axis=a cols=2\nh = recurrent x cell=rnn size=3\ny = linear h cols=1\n", 1)) {
            own.save(model);
        }
        Run run = Run.of("export", "--model", model, "--format", "onnx", "--outputs", "h,h.h_n", "--out", onnx).succeeded();
        assertEquals(List.of("  output  h float[batch, time, 3]", "  output  h.h_n float[batch, 3]"),
                run.out().lines().filter(line -> line.contains("output")).toList());
    }

    @Test
    void whatCannotBeWrittenIsSaidAndNothingIs() throws IOException {
        Run.of("export", "--model", model, "--lengths", "--out", onnx).failed("add --format onnx");
        Run.of("export", "--model", model, "--format", "onnx", "--opset", 9, "--out", onnx).failed("from 13 to 22");
        Run.of("export", "--model", model, "--format", "onnx", "--outputs", "loss", "--out", onnx).failed("'loss' is no output");
        Run.of("export", "--model", model, "--format", "onnx", "--out", model).failed("is the model itself");
        try (Model own = Model.of("x = input axis=a cols=2\nh = recurrent x cell=min_gru size=3\n", 1)) {
            own.save(model);
        }
        Run.of("export", "--model", model, "--format", "onnx", "--out", onnx).failed("ONNX has no cell min_gru");
        assertFalse(Files.exists(onnx));
    }
}
