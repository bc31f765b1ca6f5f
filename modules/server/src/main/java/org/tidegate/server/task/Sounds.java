/* Sound in requests. */
package org.tidegate.server.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tidegate.audio.Audio;
import org.tidegate.audio.AudioFile;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.ProtocolException;

/**
 * The input {@code audio} BYTES [N]: each element is a sound file, WAV, Wave64 or FLAC, of any sample rate; several channels are averaged to
 * one. All of a request together last no longer than {@link #MOST_SECONDS}.
 */
final class Sounds {
    static final String AUDIO = "audio";
    /** Half an hour. */
    static final int MOST_SECONDS = 1800;

    /** Of the files of a request, unpacked; of one that was read its samples count, two bytes each. */
    private static final int MOST_BYTES = 1 << 28;
    /** Silence packs to next to nothing: of these bytes such as there may be of it besides those that follow from the request's own. */
    private static final int MOST_OF_NOTHING = 16_000_000;
    /** Of a byte of a file that is no silence, at most: samples take 3.2 bits. */
    private static final int BYTES_OF_ONE = 5;

    private Sounds() {}

    /**
     * The sounds of a request.
     *
     * @throws IllegalArgumentException if one cannot be read, or they are too long together
     */
    static List<Audio> read(InferenceRequest request) {
        long sent = request.input(AUDIO).data().remaining();
        return read(request, (int) Math.min(MOST_BYTES, MOST_OF_NOTHING + BYTES_OF_ONE * sent));
    }

    /** The sounds of a request whose files have at most so many bytes. */
    static List<Audio> read(InferenceRequest request, int mostBytes) {
        List<byte[]> files = request.input(AUDIO).elements();
        if (files.isEmpty()) {
            throw ProtocolException.invalid("input '" + AUDIO + "' has no element; expected at least one sound file");
        }
        List<Audio> sounds = new ArrayList<>();
        double seconds = 0;
        long bytes = 0;
        for (byte[] file : files) {
            String name = "sound " + sounds.size();
            Audio audio = AudioFile.read(file, name, (int) (mostBytes - bytes));
            seconds += audio.seconds();
            bytes += 2L * audio.samples().length;
            if (seconds > MOST_SECONDS) {
                throw ProtocolException.invalid(name + (sounds.isEmpty() ? " lasts " : " and those before it last ") + Math.round(seconds)
                        + " s; expected at most " + MOST_SECONDS + " in a request. Send it in parts");
            }
            if (bytes > mostBytes) {
                throw ProtocolException.invalid("up to " + name + " there are " + bytes / 2 + " samples; expected at most " + mostBytes / 2
                        + " in a request. Send it in parts");
            }
            sounds.add(audio);
        }
        return sounds;
    }

    /** What clients may want to know of it. */
    static void describe(Map<String, String> properties, int rate) {
        properties.put("rate", Integer.toString(rate));
        properties.put("formats", "WAV, Wave64, FLAC");
        properties.put("longest_seconds", Integer.toString(MOST_SECONDS));
    }
}
