package org.tidegate.task.classify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tidegate.text.InputFile;

/** Reads texts from a folder that has a folder for each label, {@code pos/} and {@code neg/}, with a file for each text. */
final class LabelFolders {
    private static final Pattern LINE_BREAK = Pattern.compile("\\R");

    private LabelFolders() {}

    /** A text, its label and its file. */
    record Entry(String label, String text, Path file) {}

    /** The texts by label and file name; hidden files are left out, and line breaks are spaces as in a line of a table. */
    static List<Entry> read(Path folder) throws IOException {
        List<Path> labels = visible(folder).stream().filter(Files::isDirectory).toList();
        if (labels.isEmpty()) {
            throw new IllegalArgumentException(folder + " has no folder in it; expected one for each label, named by it, with a file for each"
                    + " text");
        }
        List<Entry> texts = new ArrayList<>();
        for (Path label : labels) {
            List<Path> files = visible(label);
            if (files.isEmpty()) {
                throw new IllegalArgumentException(label + " is empty; expected a file for each text with this label. Take the folder out if"
                        + " there is none");
            }
            for (Path file : files) {
                String text = LINE_BREAK.matcher(InputFile.read(file)).replaceAll(" ").strip();
                if (text.isEmpty()) {
                    throw new IllegalArgumentException(file + " is empty; expected a text. Take the file out, or fill it in.");
                }
                texts.add(new Entry(label.getFileName().toString(), text, file));
            }
        }
        return texts;
    }

    private static List<Path> visible(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
        }
    }
}
