package org.tidegate.audio;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads WAVE files; {@link WavFile} says which. */
final class WavFormat implements AudioFormat {
    private static final int PCM = 1;
    private static final int FLOAT = 3;
    private static final int A_LAW = 6;
    private static final int MU_LAW = 7;
    private static final int EXTENSIBLE = 0xFFFE;
    private static final int FORMAT_BYTES = 16;
    private static final int EXTENSIBLE_BYTES = 40;
    /** Sample rates outside this range mean a damaged header, and resampling from them would exhaust memory. */
    static final int LEAST_RATE = 100;
    static final int GREATEST_RATE = 768_000;
    /** The rest of a subformat GUID, which begins with the coding: …-0000-0010-8000-00AA00389B71. */
    private static final int SUBFORMAT_MIDDLE = 0x10;
    private static final byte[] SUBFORMAT_END = {(byte) 0x80, 0, 0, (byte) 0xAA, 0, 0x38, (byte) 0x9B, 0x71};
    /** 24 dB above full scale: no recording's peak, but that of integers written as floating-point numbers. */
    private static final double LOUDEST = 16;

    @Override
    public boolean begins(byte... first) {
        return WavChunks.begins(first);
    }

    @Override
    public Audio read(String name, byte... bytes) {
        WavChunks chunks = new WavChunks(name, bytes);
        return audio(name, chunks.format(), chunks.data());
    }

    /** The sound of a file whose chunks "fmt " and "data" hold this. */
    static Audio audio(String name, ByteBuffer format, ByteBuffer data) {
        return new Reading(name, format).audio(data);
    }

    /** One file, by the content of its chunk "fmt ". */
    private record Reading(String name, ByteBuffer format) {
        private Audio audio(ByteBuffer data) {
            if (format.capacity() < FORMAT_BYTES) {
                throw damaged("its chunk \"fmt \" has " + format.capacity() + " bytes; expected at least " + FORMAT_BYTES);
            }
            int channels = number(2);
            SampleCoding coding = coding();
            int rate = format.getInt(4);
            if (channels == 0) {
                throw damaged("it says that it has no channels");
            }
            if (rate < LEAST_RATE || rate > GREATEST_RATE) {
                throw damaged("it gives a sample rate of " + Integer.toUnsignedString(rate) + " Hz; expected " + LEAST_RATE + " to "
                        + GREATEST_RATE);
            }
            // The bytes of a frame are said three times; some writers get the block or the bytes a second wrong, not both.
            int block = number(12);
            int width = channels * coding.bytes();
            long perSecond = Integer.toUnsignedLong(format.getInt(8));
            if (block != width && block != 0 && perSecond != (long) rate * width) {
                throw damaged("it says that a sample of all channels takes " + block + " bytes; " + channels + " of " + bits() + " bits"
                        + " take " + width);
            }
            return new Audio(samples(data, coding, channels), rate);
        }

        /** The average of the channels of each frame; an incomplete last one is left out. */
        private float[] samples(ByteBuffer data, SampleCoding coding, int channels) {
            float[] samples = new float[data.capacity() / (channels * coding.bytes())];
            for (int i = 0; i < samples.length; i++) {
                double sum = 0;
                for (int c = 0; c < channels; c++) {
                    double sample = coding.at(data, (i * channels + c) * coding.bytes());
                    if (!(Math.abs(sample) <= LOUDEST)) {
                        throw damaged("sample " + i + " of channel " + (c + 1) + " is " + sample + "; expected floating-point numbers"
                                + " between -1 and 1" + (Double.isFinite(sample) ? ". Divide integers by their full scale" : ""));
                    }
                    sum += sample;
                }
                samples[i] = (float) (sum / channels);
            }
            return samples;
        }

        private SampleCoding coding() {
            int coding = number(0) == EXTENSIBLE ? subformat() : number(0);
            int bits = bits();
            return switch (coding) {
                case PCM -> {
                    if (bits < 1 || bits > Integer.SIZE) {
                        throw unsupported("its samples have " + bits + " bits");
                    }
                    yield SampleCoding.pcm(bits);
                }
                case FLOAT -> {
                    if (bits != Float.SIZE && bits != Double.SIZE) {
                        throw unsupported("its samples are floating point of " + bits + " bits");
                    }
                    yield bits == Float.SIZE ? SampleCoding.FLOAT_32 : SampleCoding.FLOAT_64;
                }
                case A_LAW -> SampleCoding.A_LAW;
                case MU_LAW -> SampleCoding.MU_LAW;
                default -> throw unsupported("its coding is " + named(coding));
            };
        }

        private int subformat() {
            if (format.capacity() < EXTENSIBLE_BYTES) {
                throw damaged("its chunk \"fmt \" has " + format.capacity() + " bytes; the extensible format needs " + EXTENSIBLE_BYTES);
            }
            byte[] last = new byte[SUBFORMAT_END.length];
            format.get(32, last);
            int coding = format.getInt(24);
            if (coding >>> 16 != 0 || number(28) != 0 || number(30) != SUBFORMAT_MIDDLE || !Arrays.equals(last, SUBFORMAT_END)) {
                throw unsupported("its coding is a subformat of its own");
            }
            return coding;
        }

        private int bits() {
            return number(14);
        }

        private int number(int at) {
            return format.getShort(at) & 0xFFFF;
        }

        private IllegalArgumentException unsupported(String what) {
            return new IllegalArgumentException(name + ": " + what + "; expected PCM of up to 32 bits, floating point of 32 or 64, A-law or"
                    + " mu-law" + SoundKind.CONVERT);
        }

        private IllegalArgumentException damaged(String how) {
            return new IllegalArgumentException(name + " is damaged: " + how);
        }
    }

    private static String named(int coding) {
        return switch (coding) {
            case 2 -> "Microsoft ADPCM";
            case 0x11 -> "IMA ADPCM";
            case 0x31 -> "GSM 6.10";
            case 0x50, 0x55 -> "MPEG (MP2 or MP3)";
            case 0x161, 0x162 -> "Windows Media";
            default -> "number " + coding;
        };
    }
}
