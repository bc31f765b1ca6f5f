/* What lies in the folder of the models. */
package org.tidegate.server.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.tidegate.server.protocol.Texts;

/**
 * The layout: a file {@code NAME.safetensors} is version 1 of NAME; a folder NAME has {@code 2.safetensors}, or {@code 2/model.safetensors},
 * for version 2. The same with {@code .onnx}. What begins with a dot is passed over, and so are files of other kinds, such as the charts
 * that a training leaves; links are followed.
 */
final class Folder {
    private static final List<String> SUFFIXES = List.of(".safetensors", ".onnx");
    private static final String INNER = "model"; // of NAME/2/model.safetensors

    /**
     * A file that is to be a version of a model.
     *
     * @param path the file
     * @param shown what a client may know of its name
     * @param stamp changes with the file
     * @param problem why it is none; empty for nothing
     */
    record Candidate(Path path, String shown, Stamp stamp, String problem) {}

    /**
     * By what a change of a file is seen.
     *
     * @param size its bytes
     * @param modified when it was written, in nanoseconds since 1970
     * @param key the file behind the name, where the system tells
     */
    record Stamp(long size, long modified, Object key) {
        /** Of a file that is not there. */
        static final Stamp NONE = new Stamp(-1, 0, null);
    }

    /** What lies under the name of a model: its versions, and what is wrong beside them. */
    static final class Contents {
        private final SortedMap<Long, Candidate> versions = new TreeMap<>();
        private final List<String> problems = new ArrayList<>();

        SortedMap<Long, Candidate> versions() {
            return versions;
        }

        /** Empty for nothing. */
        String problem() {
            return String.join("; ", problems);
        }

        private void add(long version, Candidate candidate) {
            Candidate first = versions.putIfAbsent(version, candidate);
            if (first != null) {
                problems.add("version " + version + " is there twice, as " + first.shown() + ", which is taken, and as " + candidate.shown());
            }
        }
    }

    private Folder() {}

    /**
     * {@return what lies in a folder, by the models' names}
     *
     * @throws IOException if the folder cannot be read
     */
    static SortedMap<String, Contents> look(Path folder) throws IOException {
        SortedMap<String, Contents> found = new TreeMap<>();
        List<Path> inner = new ArrayList<>();
        for (Path path : visible(folder)) {
            String suffix = suffix(path);
            if (!suffix.isEmpty()) {
                contents(found, stem(path, suffix)).add(1, candidate(path));
            } else if (Files.isDirectory(path)) {
                inner.add(path);
            }
        }
        inner.forEach(path -> lookInto(path, contents(found, name(path))));
        return found;
    }

    private static void lookInto(Path folder, Contents contents) {
        try {
            boolean anything = false;
            for (Path path : visible(folder)) {
                String suffix = suffix(path);
                if (!suffix.isEmpty()) {
                    anything = true;
                    addNumbered(contents, stem(path, suffix), candidate(path));
                } else if (ModelVersions.NUMBER.matcher(name(path)).matches() && Files.isDirectory(path)) {
                    anything = true;
                    addInner(contents, path);
                }
            }
            if (!anything) {
                contents.problems.add("the folder has no version; expected 1.safetensors, or 1/model.safetensors");
            }
        } catch (IOException e) {
            contents.problems.add(ModelFile.reason(e, folder));
        }
    }

    private static void addNumbered(Contents contents, String version, Candidate candidate) {
        if (ModelVersions.NUMBER.matcher(version).matches()) {
            contents.add(Long.parseLong(version), candidate);
        } else {
            contents.problems.add(candidate.shown() + " is no version; expected a number from 1 on, as in 1.safetensors");
        }
    }

    private static void addInner(Contents contents, Path folder) {
        for (String suffix : SUFFIXES) {
            Path path = folder.resolve(INNER + suffix);
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                contents.add(Long.parseLong(name(folder)), candidate(path));
            }
        }
        if (!contents.versions.containsKey(Long.parseLong(name(folder)))) {
            contents.problems.add("version " + name(folder) + " has no file model.safetensors");
        }
    }

    private static Candidate candidate(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            String problem = attributes.isRegularFile() ? "" : name(path) + " is " + (attributes.isDirectory() ? "a folder" : "no file");
            return new Candidate(path, name(path), stamp(attributes), problem);
        } catch (IOException e) {
            return new Candidate(path, name(path), Stamp.NONE, Files.isSymbolicLink(path) ? name(path) + " is a link to a file that is not there"
                    : ModelFile.reason(e, path));
        }
    }

    /** {@return the stamp of a file as it is now} */
    static Stamp stamp(Path file) {
        try {
            return stamp(Files.readAttributes(file, BasicFileAttributes.class));
        } catch (IOException e) {
            return Stamp.NONE;
        }
    }

    private static Stamp stamp(BasicFileAttributes attributes) {
        return new Stamp(attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS), attributes.fileKey());
    }

    private static List<Path> visible(Path folder) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.filter(path -> !path.getFileName().toString().startsWith(".")).sorted().toList();
        } catch (UncheckedIOException e) { // the folder went while it was listed
            throw e.getCause();
        }
    }

    private static Contents contents(Map<String, Contents> found, String name) {
        return found.computeIfAbsent(name, key -> new Contents());
    }

    private static String suffix(Path path) {
        String name = path.getFileName().toString();
        return SUFFIXES.stream().filter(name::endsWith).findFirst().orElse("");
    }

    private static String stem(Path path, String suffix) {
        String name = path.getFileName().toString();
        return Texts.plain(name.substring(0, name.length() - suffix.length()));
    }

    private static String name(Path path) {
        return Texts.plain(path.getFileName().toString());
    }
}
