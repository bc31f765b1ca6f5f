package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.text.InputFile;

/** Reads the text files of a command line. */
final class Texts {
    private Texts() {}

    /**
     * The texts of the files, one after the other.
     *
     * @throws IllegalArgumentException if one is no text, or all of them are empty
     * @throws IOException if one cannot be read
     */
    static String read(List<Path> files) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            if (Files.isDirectory(file)) {
                throw new IllegalArgumentException(file + " is a folder; expected text files, such as " + file.resolve("*.txt"));
            }
            text.append(InputFile.read(file));
        }
        if (text.isEmpty()) {
            throw new IllegalArgumentException((files.size() == 1 ? files.get(0) + " is" : "all " + files.size() + " files are")
                    + " empty; expected text");
        }
        return text.toString();
    }

    /**
     * The fraction that an option names which takes a file or a fraction.
     *
     * @throws IllegalArgumentException if it is neither
     */
    static double fraction(String option, String value) {
        return fraction(option, value, "a file or a fraction such as 0.1", "neither a file nor a number");
    }

    /** As {@link #fraction}, for an option that takes no file. */
    static double onlyFraction(String option, String value) {
        return fraction(option, value, "a fraction such as 0.1", "no number");
    }

    private static double fraction(String option, String value, String expected, String wrong) {
        try {
            double fraction = Double.parseDouble(value);
            if (fraction >= 0 && fraction < 1) {
                return fraction;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " " + value + " is " + wrong + "; expected " + expected, e);
        }
        throw new IllegalArgumentException(option + " " + value + " is no part of the data; expected " + expected);
    }
}
