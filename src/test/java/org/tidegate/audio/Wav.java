package org.tidegate.audio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Makes WAV files, right ones and wrong ones, byte by byte. */
public final class Wav {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    /** PCM of 16 bits in one channel. */
    public static byte[] mono(int rate, float... samples) {
        ByteBuffer data = little(2 * samples.length);
        for (float sample : samples) {
            data.putShort((short) Math.round(Math.max(-1, Math.min(32767 / 32768f, sample)) * 32768));
        }
        return new Wav().format(1, 1, rate, 16).chunk("data", data.array()).bytes();
    }

    Wav format(int coding, int channels, int rate, int bits) {
        return format(coding, channels, rate, bits, channels * bits / 8);
    }

    Wav format(int coding, int channels, int rate, int bits, int block) {
        return chunk("fmt ", formatBytes(coding, channels, rate, bits, block, 16).array());
    }

    Wav extensible(int coding, int channels, int rate, int bits, boolean known) {
        ByteBuffer bytes = formatBytes(0xFFFE, channels, rate, bits, channels * bits / 8, 40);
        bytes.putShort((short) 22).putShort((short) bits).putInt(0).putShort((short) coding).putShort((short) 0);
        bytes.putShort((short) 0).putShort((short) 0x10).putLong(known ? 0x719B3800AA000080L : 1);
        return chunk("fmt ", bytes.array());
    }

    Wav chunk(String id, byte... content) {
        return chunk(id, content.length, content);
    }

    Wav chunk(String id, int claimed, byte... content) {
        body.writeBytes(id.getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(little(4).putInt(claimed).array());
        body.writeBytes(content);
        if (content.length % 2 == 1) {
            body.write(0);
        }
        return this;
    }

    byte[] bytes() {
        ByteBuffer all = little(12 + body.size());
        all.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(4 + body.size()).put("WAVE".getBytes(StandardCharsets.US_ASCII));
        return all.put(body.toByteArray()).array();
    }

    private static ByteBuffer formatBytes(int coding, int channels, int rate, int bits, int block, int size) {
        return little(size).putShort((short) coding).putShort((short) channels).putInt(rate).putInt(rate * block)
                .putShort((short) block).putShort((short) bits);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
