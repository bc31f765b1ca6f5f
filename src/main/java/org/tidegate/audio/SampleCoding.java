package org.tidegate.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How a WAVE file writes a sample. Decoded, full scale is 1. */
enum SampleCoding {
    /** PCM of up to 8 bits, where 128 is silence. */
    UNSIGNED_8(1) {
        @Override
        double at(ByteBuffer data, int at) {
            return ((data.get(at) & 0xFF) - 128) / 128.0;
        }
    },
    INTEGER_16(2) {
        @Override
        double at(ByteBuffer data, int at) {
            return data.getShort(at) / 32768.0;
        }
    },
    INTEGER_24(3) {
        @Override
        double at(ByteBuffer data, int at) {
            boolean big = data.order() == ByteOrder.BIG_ENDIAN;
            int high = data.get(big ? at : at + 2);
            int low = data.get(big ? at + 2 : at) & 0xFF;
            return (high << 16 | (data.get(at + 1) & 0xFF) << 8 | low) / 8388608.0;
        }
    },
    INTEGER_32(4) {
        @Override
        double at(ByteBuffer data, int at) {
            return data.getInt(at) / 2147483648.0;
        }
    },
    FLOAT_32(4) {
        @Override
        double at(ByteBuffer data, int at) {
            return data.getFloat(at);
        }
    },
    FLOAT_64(8) {
        @Override
        double at(ByteBuffer data, int at) {
            return data.getDouble(at);
        }
    },
    /** ITU-T G.711: sign, three bits of exponent, four of mantissa; every second bit is inverted. */
    A_LAW(1) {
        @Override
        double at(ByteBuffer data, int at) {
            int code = data.get(at) ^ 0x55;
            int exponent = code >> 4 & 7;
            int magnitude = exponent == 0 ? 2 * (code & 15) + 1 : 2 * (code & 15) + 33 << exponent - 1;
            return ((code & 0x80) == 0 ? -magnitude : magnitude) / 4096.0;
        }
    },
    /** ITU-T G.711: sign, three bits of exponent, four of mantissa; all are inverted. */
    MU_LAW(1) {
        @Override
        double at(ByteBuffer data, int at) {
            int code = ~data.get(at);
            int magnitude = (2 * (code & 15) + 33 << (code >> 4 & 7)) - 33;
            return ((code & 0x80) == 0 ? magnitude : -magnitude) / 8192.0;
        }
    };

    private final int bytes;

    SampleCoding(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of a sample. */
    int bytes() {
        return bytes;
    }

    /** The sample that begins at a byte. */
    abstract double at(ByteBuffer data, int at);

    /** PCM of so many bits, from 1 to 32; they are the upper ones of their bytes. */
    static SampleCoding pcm(int bits) {
        return values()[(bits - 1) / Byte.SIZE];
    }
}
