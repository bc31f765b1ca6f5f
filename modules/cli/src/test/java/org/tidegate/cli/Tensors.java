package org.tidegate.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.tidegate.checkpoint.SafetensorsFile;

/** The numbers of a model's file. */
final class Tensors {
    private Tensors() {}

    /** Every tensor's name and a hash of its bytes, in the order of the file. */
    static String[] of(Path file) throws IOException {
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            return tensors.tensors().keySet().stream().map(name -> {
                try {
                    byte[] bytes = new byte[tensors.readBytes(name).remaining()];
                    tensors.readBytes(name).get(bytes);
                    return name + " " + Arrays.hashCode(bytes);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }).toArray(String[]::new);
        }
    }
}
