package org.tidegate.audio;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tidegate.data.TsvFile;
import org.tidegate.text.InputFile;

/**
 * Reads a list of recordings: tab-separated text whose first line names the columns. One has the sound file, relative to the list, one its
 * transcript, and one may have the speaker; others are skipped. A row may name several files, separated by semicolons: they are
 * concatenated.
 *
 * <pre>{@code
 * file                            text        speaker
 * wav/3_theo_0.wav                three       theo
 * wav/3_theo_1.wav;wav/1_theo.wav three one   theo
 * }</pre>
 */
public final class RecordingIndex {
    private static final String SEPARATOR = ";";

    /**
     * The names of the columns in the header.
     *
     * @param file the column of the sound files
     * @param text the column of the transcripts
     * @param speaker the column of the speakers, which may be missing in the list unless it was chosen
     * @param speakerChosen whether a list without that column is an error
     */
    public record Columns(String file, String text, String speaker, boolean speakerChosen) {
        /** {@code file}, {@code text} and, if the list has it, {@code speaker}. */
        public static final Columns USUAL = new Columns("file", "text", "speaker", false);

        /**
         * Parses {@code file=path,text=sentence,speaker=client_id}; a column left out keeps its usual name.
         *
         * @param text the text
         * @return the names
         * @throws IllegalArgumentException if it is no such text
         */
        public static Columns parse(String text) {
            Map<String, String> names = new LinkedHashMap<>();
            for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
                String[] pair = part.split("=", 2);
                if (pair.length < 2 || pair[1].isEmpty() || !List.of("file", "text", "speaker").contains(pair[0])
                        || names.put(pair[0], pair[1]) != null) {
                    throw new IllegalArgumentException("the columns \"" + text + "\" are not understood at \"" + part
                            + "\"; expected such as file=path,text=sentence,speaker=client_id");
                }
            }
            return new Columns(names.getOrDefault("file", USUAL.file), names.getOrDefault("text", USUAL.text),
                    names.getOrDefault("speaker", USUAL.speaker), names.containsKey("speaker"));
        }

        /** The names as text, for {@link #parse}. */
        @Override
        public String toString() {
            return "file=" + file + ",text=" + text + (speakerChosen ? ",speaker=" + speaker : "");
        }
    }

    private RecordingIndex() {}

    /**
     * Reads several lists and all their recordings: {@link #read(Path, Columns)} of each.
     *
     * @param lists the lists' files
     * @param columns the names of their columns
     * @return the recordings, list by list
     * @throws IllegalArgumentException as {@link #read(Path, Columns)}
     * @throws IOException if a file cannot be read
     */
    public static List<Recording> read(List<Path> lists, Columns columns) throws IOException {
        List<Recording> recordings = new ArrayList<>();
        for (Path list : lists) {
            recordings.addAll(read(list, columns));
        }
        return recordings;
    }

    /**
     * Reads a list and all its recordings. White space in a transcript is normalised to single spaces between words.
     *
     * @param list the list's file
     * @param columns the names of its columns
     * @return the recordings, in the order of the list
     * @throws IllegalArgumentException if the list has no such column, is ragged or no text, a field is empty, or a file is missing
     *     or no sound that {@link AudioFile} reads, or files of one row have different sample rates; the message names the list, the line
     *     and the file
     * @throws IOException if a file cannot be read
     */
    public static List<Recording> read(Path list, Columns columns) throws IOException {
        List<String> wanted = new ArrayList<>(List.of(columns.file(), columns.text()));
        TsvFile table = TsvFile.open(list);
        if (columns.speakerChosen() || table.first().contains(columns.speaker())) {
            wanted.add(columns.speaker());
        }
        List<Recording> recordings = new ArrayList<>();
        for (TsvFile.Row row : table.rows(wanted, Set.of(), true)) {
            String files = row.fields().get(0);
            String text = row.fields().get(1).strip().replaceAll("\\s+", " ");
            String speaker = wanted.size() > 2 ? row.fields().get(2) : "";
            recordings.add(new Recording(list + ", line " + row.line() + ": " + files, audio(list, row.line(), files), text, speaker));
        }
        return recordings;
    }

    /** A name is relative to the list's folder, in a list from standard input to the program's own. */
    private static Path beside(Path list, String name) {
        return list.equals(InputFile.STANDARD_INPUT) ? Path.of(name) : list.resolveSibling(name);
    }

    private static Audio audio(Path list, int line, String files) throws IOException {
        List<Audio> parts = new ArrayList<>();
        for (String file : files.split(SEPARATOR, -1)) {
            try {
                parts.add(AudioFile.read(beside(list, file.strip())));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(list + ", line " + line + ": " + e.getMessage(), e);
            } catch (NoSuchFileException e) {
                throw new IllegalArgumentException(list + ", line " + line + ": there is no file " + e.getFile()
                        + "; names are relative to the folder of the list", e);
            }
        }
        if (parts.stream().mapToInt(Audio::rate).distinct().count() > 1) {
            throw new IllegalArgumentException(list + ", line " + line + ": the files have different sample rates ("
                    + parts.stream().map(part -> part.rate() + " Hz").distinct().toList() + "); expected one");
        }
        return Audio.join(parts);
    }
}
