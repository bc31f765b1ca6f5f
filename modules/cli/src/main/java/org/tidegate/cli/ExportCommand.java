package org.tidegate.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.Model;
import org.tidegate.checkpoint.AtomicFile;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.onnx.OnnxExport;
import org.tidegate.task.TaskFormat;
import org.tidegate.task.Tasks;
import org.tidegate.task.Trainable;
import org.tidegate.task.TrainableFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidegate export}: a model's file in a form to hand out. */
@Command(name = "export", sortOptions = false,
        description = "Writes a model without its training: a third of the file, which answers alike. Or its network as ONNX, for other"
            + " runtimes.",
        footer = {"",
            "What is left out is the optimizer's state and how the training went. The new file can be trained further, from its weights on,"
                + " but --resume needs the old one.",
            "",
            "ONNX has the network alone: ids of words or scaled values go in, scores come out. Vocabulary, labels and scales are in the"
                + " file's metadata (tidegate.reading). docs/onnx.md says how they are used.",
            "",
            "@|bold Examples:|@",
            "  tidegate export --model mood.safetensors --out mood-slim.safetensors",
            "  tidegate export --model mood.safetensors --format onnx --lengths --out mood.onnx"})
final class ExportCommand extends ScreenCommand {
    /** What is written. */
    private enum Format { SAFETENSORS, ONNX }

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "The model file.")
    private Path model;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to write.")
    private Path out;

    @Option(names = "--weights", description = "Write the weights and what the task knows, nothing else; this is the default.")
    private boolean weights;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "safetensors",
            description = "safetensors, a model file [the default], or onnx.")
    private Format format;

    @Option(names = "--lengths", description = "onnx: the lengths of the sequences are an input, for batches of different ones. Without it"
            + " all sequences of a batch are full.")
    private boolean lengths;

    @Option(names = "--states", description = "onnx: recurrent states are inputs and outputs, so that a sequence may come in pieces.")
    private boolean states;

    @Option(names = "--outputs", paramLabel = "NAMES", split = ",",
            description = "onnx: the nodes whose values come out, their ports as h.h_n [the last node that is no loss].")
    private List<String> outputs = List.of();

    @Option(names = "--opset", paramLabel = "N", description = "onnx: the operator set, " + OnnxExport.OLDEST_OPSET + " to "
            + OnnxExport.NEWEST_OPSET + " [" + OnnxExport.OPSET + "].")
    private Integer opset;

    @Override
    public Integer call() throws Exception {
        OutputFile.check("--out", out);
        if (format == Format.ONNX) {
            writeOnnx();
        } else {
            writeWeights();
        }
        return 0;
    }

    private void writeWeights() throws Exception {
        if (lengths || states || opset != null || !outputs.isEmpty()) {
            throw new IllegalArgumentException("--lengths, --states, --outputs and --opset are for files of ONNX; add --format onnx");
        }
        checkTrainable();
        try (Trainable<?, ?> task = Tasks.load(model)) {
            checkOther("whose training would be lost");
            task.saveWeights(out);
        }
        screen().line("saved %s: %,d bytes, where %s has %,d", out, Files.size(out), model, Files.size(model));
    }

    /** What answers only has no training to leave out: its file is as small as it gets. */
    private void checkTrainable() throws Exception {
        TaskFormat<?, ?> format = Tasks.format(model);
        if (!(format instanceof TrainableFormat)) {
            throw new IllegalArgumentException(model + " (task \"" + format.task() + "\") was made elsewhere and has no training to leave out:"
                    + " a copy of it is the same. --format onnx writes its network as ONNX");
        }
    }

    private void checkOther(String loss) throws Exception {
        if (AtomicFile.place(out).equals(model.toRealPath())) {
            throw new IllegalArgumentException("--out " + out + " is the model itself, " + loss + "; give another name");
        }
    }

    private void writeOnnx() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(model); Model network = Model.load(checkpoint)) {
            checkOther("which would be lost");
            OnnxExport.Contents contents = asked(checkpoint, network).write(out);
            screen().line("saved %s: %,d bytes, ONNX of operator set %d", out, Files.size(out), opset == null ? OnnxExport.OPSET : opset);
            contents.inputs().forEach(input -> screen().line("  input   %s", input));
            contents.outputs().forEach(output -> screen().line("  output  %s", output));
            contents.notes().forEach(note -> screen().line("note: %s", note));
        }
    }

    private OnnxExport asked(Checkpoint checkpoint, Model network) throws Exception {
        OnnxExport export = OnnxExport.of(network).lengths(lengths).states(states);
        if (opset != null) {
            export = export.opset(opset);
        }
        if (!outputs.isEmpty()) {
            export = export.outputs(outputs.toArray(String[]::new));
        }
        return checkpoint.metadata("task").isEmpty() ? export : export.task(Tasks.format(model).reading(checkpoint));
    }
}
