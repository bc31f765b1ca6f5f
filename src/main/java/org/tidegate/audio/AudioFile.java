package org.tidegate.audio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.text.InputFile;

/**
 * Reads sound files: WAV ({@link WavFile}), Wave64 and FLAC, also packed with gzip. What a file is says its content, not its name; an ID3 tag in
 * front of the sound is skipped.
 */
public final class AudioFile {
    private static final List<AudioFormat> FORMATS = List.of(new WavFormat(), new Wave64Format(), new FlacFormat());
    private static final int FIRST = 16;
    /** Of a file and its samples: those of 16 bits become twice as many bytes. */
    private static final int MEMORY_PER_BYTE = 4;
    private static final int TAG_HEADER = 10;
    private static final int TAG_FOOTER = 0x10;

    private AudioFile() {}

    /**
     * Reads a whole file, or a pipe until it ends. Several channels are averaged to one.
     *
     * @param path the file
     * @return the signal, of one channel
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if the file is of no format that can be read, is cut short or damaged; the message says which, and
     *     names the format found
     */
    public static Audio read(Path path) throws IOException {
        return read(path, FORMATS);
    }

    /**
     * Reads a file that is in memory, as {@link #read(Path)}.
     *
     * @param bytes of the file
     * @param name of the file in messages
     * @param most how many bytes it may have, those of a file that is packed with gzip counted unpacked
     * @return the signal, of one channel
     * @throws IllegalArgumentException as {@link #read(Path)}, or if it has more bytes
     */
    public static Audio read(byte[] bytes, String name, int most) {
        try (InputFile file = InputFile.of(new ByteArrayInputStream(bytes), name)) {
            return read(file, FORMATS, most, "");
        } catch (IOException e) { // of what is packed
            throw new IllegalArgumentException(name + " is damaged: " + e.getMessage(), e);
        }
    }

    /** Reads a file of one of some formats. */
    static Audio read(Path path, List<AudioFormat> formats) throws IOException {
        int most = (int) Math.min(Audio.LONGEST - 1, Runtime.getRuntime().maxMemory() / MEMORY_PER_BYTE);
        try (InputFile file = InputFile.open(path)) {
            return read(file, formats, most, ", too many for " + (most > Integer.MAX_VALUE / 2 ? "an array. Split it into parts"
                    : "Java's memory; give it more, -Xmx8g for example, or split the file"));
        }
    }

    private static Audio read(InputFile file, List<AudioFormat> formats, int most, String tooMany) throws IOException {
        // The format is known before the file is read: what is none may be of any size, or never end.
        PushbackInputStream in = new PushbackInputStream(file.bytes(), FIRST);
        byte[] first = first(in);
        byte[] start = SoundKind.isTag(first) ? behindTag(in, first) : first;
        for (AudioFormat format : formats) {
            if (format.begins(start)) {
                byte[] all = in.readNBytes(most + 1);
                if (all.length > most) {
                    throw new IllegalArgumentException(file.name() + " has more than " + most + " bytes" + tooMany);
                }
                return format.read(file.name(), all);
            }
        }
        throw SoundKind.refusal(file.name(), first);
    }

    /** The next bytes, which stay unread. */
    private static byte[] first(PushbackInputStream in) throws IOException {
        byte[] first = in.readNBytes(FIRST);
        in.unread(first);
        return first;
    }

    /** The first bytes behind an ID3v2 tag, whose size is four bytes of seven bits each, besides its header and perhaps a footer. */
    private static byte[] behindTag(PushbackInputStream in, byte... tag) throws IOException {
        int size = TAG_HEADER + ((tag[5] & TAG_FOOTER) == 0 ? 0 : TAG_HEADER);
        for (int i = 6; i < TAG_HEADER; i++) {
            size += (tag[i] & 0x7F) << 7 * (TAG_HEADER - 1 - i);
        }
        in.readNBytes(size); // not skipped: a pipe cannot
        return first(in);
    }
}
