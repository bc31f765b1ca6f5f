package org.tidegate.task.caption;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.tidegate.data.GreyImage;
import org.tidegate.data.IdxFile;
import org.tidegate.text.InputFile;

/** Reads captioned images from files: IDX images, and with them IDX labels of digits or a text with a caption on each line. */
public final class CaptionFiles {
    private static final List<String> DIGITS = List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");

    private CaptionFiles() {}

    /**
     * Reads captioned images.
     *
     * @param files pairs of a file of images and one of labels or captions, and folders with such a pair: files with "images", and "labels"
     *     or "captions", in their names
     * @return the captioned images of all files, in order
     * @throws IllegalArgumentException if a file is malformed, or there is not one caption for each image; the message names it
     * @throws IOException if one cannot be read
     */
    public static List<CaptionedImage> read(List<Path> files) throws IOException {
        List<CaptionedImage> all = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            if (Files.isDirectory(file)) {
                all.addAll(read(inFolder(file, "images"), inFolder(file, "labels", "captions")));
            } else if (i + 1 < files.size() && !Files.isDirectory(files.get(i + 1))) {
                i++;
                all.addAll(read(file, files.get(i)));
            } else {
                throw new IllegalArgumentException(file
                        + " has no file of labels or captions after it; expected IMAGES LABELS, or a folder that holds both");
            }
        }
        return all;
    }

    /**
     * Reads the images of an IDX file.
     *
     * @param file the file
     * @return the images
     * @throws IllegalArgumentException as {@link IdxFile#images}
     * @throws IOException if it cannot be read
     */
    public static List<GreyImage> images(Path file) throws IOException {
        IdxFile.Images images = IdxFile.images(file);
        return Arrays.stream(images.pixels()).map(pixels -> new GreyImage(images.rows(), images.columns(), pixels)).toList();
    }

    private static List<CaptionedImage> read(Path imageFile, Path captionFile) throws IOException {
        List<GreyImage> images = images(imageFile);
        List<String> captions = captions(captionFile);
        if (images.size() != captions.size()) {
            throw new IllegalArgumentException(imageFile + " has " + images.size() + " images, but " + captionFile + " has "
                    + captions.size() + " labels or captions; expected as many");
        }
        List<CaptionedImage> captioned = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i++) {
            captioned.add(new CaptionedImage(images.get(i), captions.get(i)));
        }
        return captioned;
    }

    // IDX of bytes begins with 0, 0, 8; no text does.
    private static List<String> captions(Path file) throws IOException {
        try (InputFile in = InputFile.open(file)) {
            return in.startsWith(0, 0, 8) ? digits(file, IdxFile.labels(in)) : lines(file, in.lines());
        }
    }

    private static List<String> digits(Path file, int... labels) {
        List<String> words = new ArrayList<>(labels.length);
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= DIGITS.size()) {
                throw new IllegalArgumentException(file + ": label " + (i + 1) + " is " + labels[i]
                        + "; expected a digit, 0 to 9. Give other images a text file of captions, one a line");
            }
            words.add(DIGITS.get(labels[i]));
        }
        return words;
    }

    /** Blank lines at the end are no captions; between others one would shift those that follow to other images. */
    private static List<String> lines(Path file, List<String> lines) {
        int end = lines.size();
        while (end > 0 && lines.get(end - 1).isBlank()) {
            end--;
        }
        for (int i = 0; i < end; i++) {
            if (lines.get(i).isBlank()) {
                throw new IllegalArgumentException(file + ", line " + (i + 1) + " is empty; expected the caption of an image");
            }
        }
        return lines.subList(0, end);
    }

    private static Path inFolder(Path folder, String... words) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(file -> Arrays.stream(words).anyMatch(file.getFileName().toString()::contains)).sorted()
                    .toList();
            if (found.size() != 1) {
                throw new IllegalArgumentException("the folder " + folder + " has " + found.size() + " files with \""
                        + String.join("\" or \"", words) + "\" in their names; expected one. Name the files instead: IMAGES LABELS");
            }
            return found.get(0);
        }
    }
}
