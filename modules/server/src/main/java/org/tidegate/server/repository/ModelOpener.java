/* The way from a file to a serving. */
package org.tidegate.server.repository;

import java.io.IOException;
import java.nio.file.Path;
import org.tidegate.Precision;
import org.tidegate.server.model.Serving;

/** Opens models' files. A program that embeds the server may have its own, for models that something else runs. */
@FunctionalInterface
public interface ModelOpener {
    /**
     * {@return what is done with the model of a file} The caller closes it.
     *
     * @param file the file
     * @param precision of the weights
     * @throws IOException if it cannot be read, or is damaged
     * @throws IllegalArgumentException if such a model cannot be served
     */
    Serving<?, ?> open(Path file, Precision precision) throws IOException;

    /** {@return the server's own way: files of Tidegate and of ONNX, in the room of their task} */
    static ModelOpener standard() {
        return ModelFile::open;
    }
}
