package org.tidegate.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.tidegate.checkpoint.AtomicFile;
import org.tidegate.task.Tasks;
import org.tidegate.task.Trainable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidegate export}: a model's file in a form to hand out. */
@Command(name = "export", sortOptions = false, description = "Writes a model without its training: a third of the file, which answers alike.",
        footer = {"",
            "What is left out is the optimizer's state and how the training went. The new file can be trained further, from its weights on,"
                + " but --resume needs the old one.",
            "",
            "@|bold Example:|@",
            "  tidegate export --model mood.safetensors --out mood-slim.safetensors"})
final class ExportCommand extends ScreenCommand {
    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "The model file.")
    private Path model;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to write.")
    private Path out;

    @Option(names = "--weights", description = "Write the weights and what the task knows, nothing else; this is the default.")
    private boolean weights;

    @Override
    public Integer call() throws Exception {
        OutputFile.check("--out", out);
        try (Trainable<?, ?> task = Tasks.load(model)) {
            if (AtomicFile.place(out).equals(model.toRealPath())) {
                throw new IllegalArgumentException("--out " + out + " is the model itself, whose training would be lost; give another name");
            }
            task.saveWeights(out);
        }
        screen().line("saved %s: %,d bytes, where %s has %,d", out, Files.size(out), model, Files.size(model));
        return 0;
    }
}
