package org.tidegate.audio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads RIFF/WAVE files at sample rates from 100 to 768000 Hz: PCM of 8 bits (unsigned) and of 9 to 32, floating point of 32 and 64 bits,
 * A-law and μ-law; any number of channels. Big-endian RIFX and the large RF64 and BW64 are read too. {@link AudioFile} reads other formats
 * as well.
 *
 * <p>Chunks may come in any order, and unknown ones are skipped. Of several chunks of sound the first that has any is read; what stands
 * behind it is not looked at. A writer into a pipe leaves the size of the sound 0 or near 2^31 or 2^32: it then lasts until the end of the
 * file. A file that ends before its header says is refused.
 *
 * <p>The format is that of "Multimedia Programming Interface and Data Specifications 1.0" (IBM and Microsoft, 1991), with
 * WAVE_FORMAT_EXTENSIBLE of "Multiple channel audio data and WAVE files" (Microsoft, 2001), and RF64 of EBU Tech 3306 and ITU-R BS.2088.
 */
public final class WavFile {
    private WavFile() {}

    /**
     * Reads a whole file. Several channels are averaged to one. Samples of n bits are divided by 2^(n − 1), those of 8 bits after 128 was
     * subtracted; floating-point ones stay as they are, also somewhat beyond full scale.
     *
     * @param path the file
     * @return the signal, of one channel
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is no WAVE file, is cut short, its coding is not supported, or a floating-point sample is not
     *     finite or beyond ±16; the message says which
     */
    public static Audio read(Path path) throws IOException {
        return AudioFile.read(path, List.of(new WavFormat()));
    }
}
