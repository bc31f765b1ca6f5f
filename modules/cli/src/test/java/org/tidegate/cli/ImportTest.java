package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Model;
import org.tidegate.checkpoint.SafetensorsWriter;
import org.tidegate.onnx.OnnxExport;

/** {@code tidegate import}, and what else is done with its files. */
class ImportTest {
    @TempDir
    private Path folder;
    private Path onnx;
    private Path imported;

    @BeforeEach
    void makeModel() throws IOException {
        onnx = folder.resolve("model.onnx");
        imported = folder.resolve("imported.safetensors");
        try (Model own = Model.of("x = input axis=a cols=2\nh = recurrent x cell=gru size=3\ny = linear h cols=1\n", 1)) {
            OnnxExport.of(own).states(true).write(onnx);
        }
    }

    @Test
    void whatAnswersOnlyIsSentToWhatItIsFor() {
        Run.of("import", onnx, "--out", imported).succeeded();
        Run.of("predict", "--model", imported, onnx).failed("OnnxAnswers").failed("--task voice");
        Run.of("export", "--model", imported, "--out", folder.resolve("copy.safetensors"))
                .failed("no training to leave out").failed("--format onnx");
        Run.of("export", "--model", imported, "--format", "onnx", "--states", "--out", folder.resolve("again.onnx")).succeeded();
    }

    @Test
    void aShapeOrABindingThatCannotBeIsRefused() {
        Run.of("import", onnx, "--shape", "x=N,T").failed("has 3 dimensions; got 2");
        for (String dim : new String[] {"", "-1", "0", "?", "99999999999999999999"}) {
            Run.of("import", onnx, "--shape", "x=N,T," + dim).failed("is '" + dim + "'; a number from 1 or a name");
        }
        Run.of("import", onnx, "--shape", "z=N,T,2").failed("no input 'z'; it has x, h_h");
        Run.of("import", onnx, "--bind", "x=NaN").failed("cannot be NaN");
        Run.of("import", onnx, "--context", "7").failed("context of 7 columns");
    }

    @Test
    void aFileOfAnotherKindIsSaidToBeOne() throws IOException {
        check("", "it is empty");
        check("\u001f\u008b\u0008rest", "gzip");
        check("\u0089HDF\r\n\u001a\nrest of it", "HDF5");
        check("PK\u0003\u0004rest", "zip archive");
        check("\u0010\0\0\0\0\0\0\0{\"a\":1}        ", "safetensors");
        check("version https://git-lfs.github.com/spec/v1\n", "Git LFS");
        check("a model\n", "it is text");
        check("\u0008\u0001", "no graph");
        Run.of("import", folder).failed("is a folder");
        byte[] before = Files.readAllBytes(onnx);
        Run.of("import", onnx, "--out", onnx).failed("is the file itself");
        assertArrayEquals(before, Files.readAllBytes(onnx));
    }

    @Test
    void aRecordingOfOtherShapesIsNoDifference() throws IOException {
        Path recorded = folder.resolve("recorded.safetensors");
        new SafetensorsWriter().tensor("input.x", FloatBuffer.allocate(8), 2, 2, 2).tensor("output.y", FloatBuffer.allocate(2), 1, 2, 1)
                .write(recorded);
        Run.of("import", onnx, "--check", recorded).failed("output.y has the shape [1, 2, 1], the output 'y' of the model [2, 2, 1]");
    }

    private void check(String content, String words) throws IOException {
        Path file = folder.resolve("other.onnx");
        Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
        Run.of("import", file).failed("other.onnx is no model of ONNX").failed(words);
    }
}
