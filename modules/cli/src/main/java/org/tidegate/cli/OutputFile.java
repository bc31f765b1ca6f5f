package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tidegate.checkpoint.AtomicFile;

/** An output file, checked at the start: hours of training are not lost to a wrong folder. */
final class OutputFile {
    private OutputFile() {}

    /**
     * Checks that the file can be written.
     *
     * @throws IllegalArgumentException if it cannot, with what to do
     */
    static void check(String option, Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(option + " " + file + " is a folder; expected the name of a file in it, "
                    + file.resolve("model.safetensors") + " for example");
        }
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(option + " " + file + ": the folder " + folder + " does not exist; make it first:"
                    + " mkdir -p " + folder);
        }
        if (Files.exists(file) && !Files.isWritable(file)) {
            throw new IllegalArgumentException(option + " " + file + " exists and may not be written; give another name or change its"
                    + " permissions: chmod u+w " + file);
        }
        try {
            AtomicFile.checkWritable(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(option + ": " + Failures.describe(e), e);
        }
    }

    /**
     * {@link #check} of a picture.
     *
     * @throws IllegalArgumentException also if its name promises another format than PNG
     */
    static void checkPicture(String option, Path file) {
        if (!file.toString().toLowerCase(Locale.ROOT).endsWith(".png")) {
            throw new IllegalArgumentException(option + " " + file + ": pictures are PNG; give a name that ends in .png");
        }
        check(option, file);
    }

    /**
     * Checks that no output overwrites an input or another output.
     *
     * @param outputs files that {@link #check} let pass, under the names of their options
     * @throws IllegalArgumentException if one would
     */
    static void checkDistinct(Map<String, Path> outputs, List<Path> texts) throws IOException {
        Map<Path, String> taken = new HashMap<>();
        for (Path text : texts) {
            if (Files.isRegularFile(text)) { // a pipe has no place that an output could take
                taken.put(text.toRealPath(), "the text " + text);
            }
        }
        for (Map.Entry<String, Path> output : outputs.entrySet()) {
            String other = taken.put(AtomicFile.place(output.getValue()), output.getKey());
            if (other != null) {
                throw new IllegalArgumentException(output.getKey() + " " + output.getValue() + " would be written over " + other
                        + "; give them different names, such as notes.txt, notes.safetensors, notes.jsonl");
            }
        }
    }

    /** The file beside it with another ending: model.safetensors → model.png. */
    static Path beside(Path file, String ending) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return file.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ending);
    }

    /** The name of one of several files: the first as it was given, then chart-2.png, chart-3.png, … */
    static Path numbered(Path file, int number) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return number == 1 ? file : beside(file, "-" + number + (dot > 0 ? name.substring(dot) : ""));
    }
}
