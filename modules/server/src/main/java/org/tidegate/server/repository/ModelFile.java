/* From a model's file to what is served. */
package org.tidegate.server.repository;

import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.tidegate.Precision;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.onnx.OnnxException;
import org.tidegate.onnx.OnnxModel;
import org.tidegate.server.model.Serving;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.Texts;
import org.tidegate.server.task.Servings;
import org.tidegate.task.Answers;

/** Opens models' files, and says why one cannot be opened. */
final class ModelFile {
    private static final String ONNX = ".onnx";

    private ModelFile() {}

    /**
     * Opens a file.
     *
     * @param file the model's file
     * @param precision of the weights
     * @return what is served; the caller closes it
     * @throws IOException if it is no model, or cannot be read
     * @throws RuntimeException if it is one that cannot be served, or memory is short
     */
    static Serving<?, ?> open(Path file, Precision precision) throws IOException {
        return file.toString().endsWith(ONNX) ? Servings.of(imported(file, precision)) : Servings.open(file, precision);
    }

    private static Answers<?> imported(Path file, Precision precision) throws IOException {
        try {
            return OnnxModel.read(file).answers(precision);
        } catch (OnnxException e) {
            throw new CheckpointException(e.getMessage() + "; `tidegate import` has options for such files, and makes a .safetensors of them", e);
        }
    }

    /** {@return whether another try may succeed though the file is the same} */
    static boolean isPassing(Throwable failure) {
        return failure instanceof IOException && !(failure instanceof CheckpointException);
    }

    /**
     * {@return why a file could not be opened, for clients: names of files without their folders}
     *
     * @param failure what was thrown
     * @param file the file, or a folder, by an absolute path
     */
    static String reason(Throwable failure, Path file) {
        String name = Texts.plain(file.getFileName().toString());
        if (failure instanceof AccessDeniedException) {
            return name + ": permission denied";
        }
        if (failure instanceof NoSuchFileException) {
            return name + " is not there";
        }
        if (Failures.isMemory(failure)) {
            return name + " does not fit into the memory that is left";
        }
        if (failure instanceof FileSystemException system) {
            return name + ": " + (system.getReason() == null ? "cannot be read" : Texts.plain(system.getReason()));
        }
        if (failure.getMessage() == null || !(failure instanceof IOException || failure instanceof IllegalArgumentException)) {
            return name + " cannot be opened";
        }
        String message = failure.getMessage().replace(file.toString(), name).replace(file.getParent() + File.separator, "");
        return Texts.plain(message.lines().findFirst().orElse(""));
    }
}
