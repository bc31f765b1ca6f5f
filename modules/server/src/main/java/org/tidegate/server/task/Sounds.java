/* Sound in requests. */
package org.tidegate.server.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tidegate.audio.Audio;
import org.tidegate.audio.AudioFile;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;

/**
 * The input {@code audio} BYTES [N]: each element is a sound file, WAV, Wave64 or FLAC, of any sample rate; several channels are averaged to
 * one. Or {@code samples} [n] or [1, n], of one sound between -1 and 1, whose sample rate the parameter {@code rate} names. All of a request
 * together last no longer than {@link #MOST_SECONDS}.
 */
final class Sounds {
    static final String AUDIO = "audio";
    static final String SAMPLES = "samples";
    static final String RATE = "rate";
    /** Half an hour. */
    static final int MOST_SECONDS = 1800;

    /** Of the files of a request, unpacked; of one that was read its samples count, two bytes each. */
    private static final int MOST_BYTES = 1 << 28;
    /** Silence packs to next to nothing: of these bytes such as there may be of it besides those that follow from the request's own. */
    private static final int MOST_OF_NOTHING = 16_000_000;
    /** Of a byte of a file that is no silence, at most: samples take 3.2 bits. */
    private static final int BYTES_OF_ONE = 5;

    private static final int LEAST_RATE = 1000;
    private static final int MOST_RATE = 384_000;

    private Sounds() {}

    /**
     * The sounds of a request: its files, or its samples.
     *
     * @param rate of the samples in Hz, where it names none
     * @throws IllegalArgumentException if one cannot be read, or they are too long together
     */
    static List<Audio> filesOrSamples(InferenceRequest request, int rate) {
        if (request.find(SAMPLES).isEmpty()) {
            return read(request);
        }
        if (request.find(AUDIO).isPresent()) {
            throw ProtocolException.invalid("both '" + AUDIO + "' and '" + SAMPLES + "' are given; expected one of them");
        }
        Audio audio = new Audio(samples(request), rate(request, rate));
        if (audio.seconds() > MOST_SECONDS) {
            throw ProtocolException.invalid("'" + SAMPLES + "' last " + Math.round(audio.seconds()) + " s; expected at most " + MOST_SECONDS
                    + " in a request. Send them in parts");
        }
        return List.of(audio);
    }

    /** The samples of a request, perhaps none. */
    static float[] samples(InferenceRequest request) {
        InferenceTensor samples = request.input(SAMPLES);
        if (samples.datatype().isInteger()) {
            throw ProtocolException.invalid("'" + SAMPLES + "' are of " + samples.datatype() + "; expected FP32, between -1 and 1: divide those"
                    + " of 16 bits by 32768");
        }
        if (samples.rank() != 1 && !(samples.rank() == 2 && samples.dim(0) == 1)) {
            throw ProtocolException.invalid("'" + SAMPLES + "' have the shape " + Arrays.toString(samples.shape()) + "; expected [n] or [1, n]");
        }
        return samples.floats();
    }

    /** The sample rate that a request names, in Hz. */
    static int rate(InferenceRequest request, int otherwise) {
        long rate = request.number(RATE, otherwise);
        if (rate != otherwise && (rate < LEAST_RATE || rate > MOST_RATE)) {
            throw ProtocolException.invalid("parameter '" + RATE + "' is " + rate + "; expected the samples of a second, " + LEAST_RATE + " to "
                    + MOST_RATE);
        }
        return (int) rate;
    }

    /**
     * The sounds of a request that are files.
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
