package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.text.Utf8;

/** Reads the text files of a command line. */
final class Texts {
    private Texts() {}

    /**
     * The texts of the files, one after the other.
     *
     * @throws IllegalArgumentException if one is not UTF-8, or all of them are empty
     * @throws IOException if one cannot be read
     */
    static String read(List<Path> files) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            if (Files.isDirectory(file)) {
                throw new IllegalArgumentException(file + " is a folder; expected text files, such as " + file.resolve("*.txt"));
            }
            text.append(Utf8.read(file));
        }
        if (text.isEmpty()) {
            throw new IllegalArgumentException((files.size() == 1 ? files.get(0) + " is" : "all " + files.size() + " files are")
                    + " empty; expected text");
        }
        return text.toString();
    }
}
