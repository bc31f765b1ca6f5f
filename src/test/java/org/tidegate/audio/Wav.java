package org.tidegate.audio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Makes WAV files, right ones and wrong ones, byte by byte. */
public final class Wav {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final ByteOrder order;

    Wav() {
        this(ByteOrder.LITTLE_ENDIAN);
    }

    Wav(ByteOrder order) {
        this.order = order;
    }

    /** PCM of 16 bits in one channel. */
    public static byte[] mono(int rate, float... samples) {
        ByteBuffer data = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
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
        bytes.putShort((short) 22).putShort((short) bits).putInt(0).putInt(coding);
        bytes.putShort((short) 0).putShort((short) 0x10).order(ByteOrder.BIG_ENDIAN).putLong(known ? 0x800000AA00389B71L : 1);
        return chunk("fmt ", bytes.array());
    }

    Wav chunk(String id, byte... content) {
        return chunk(id, content.length, content);
    }

    Wav chunk(String id, int claimed, byte... content) {
        raw(id.getBytes(StandardCharsets.US_ASCII)).raw(buffer(4).putInt(claimed).array()).raw(content);
        return content.length % 2 == 1 ? raw((byte) 0) : this;
    }

    /** Bytes that are no chunk. */
    Wav raw(byte... some) {
        body.writeBytes(some);
        return this;
    }

    byte[] bytes() {
        return bytes(order == ByteOrder.LITTLE_ENDIAN ? "RIFF" : "RIFX", 4 + body.size());
    }

    /** A file that claims to have so many bytes behind its first eight. */
    byte[] bytes(String kind, int claimed) {
        ByteBuffer all = buffer(12 + body.size());
        all.put(kind.getBytes(StandardCharsets.US_ASCII)).putInt(claimed).put("WAVE".getBytes(StandardCharsets.US_ASCII));
        return all.put(body.toByteArray()).array();
    }

    private ByteBuffer formatBytes(int coding, int channels, int rate, int bits, int block, int size) {
        return buffer(size).putShort((short) coding).putShort((short) channels).putInt(rate).putInt(rate * block)
                .putShort((short) block).putShort((short) bits);
    }

    private ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(order);
    }
}
