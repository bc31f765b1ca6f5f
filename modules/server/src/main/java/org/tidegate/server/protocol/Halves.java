/* Floats of 16 bits. */
package org.tidegate.server.protocol;

/** IEEE 754 binary16 as binary32. */
final class Halves {
    private Halves() {}

    static float float16(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        if (exponent == 0) { // zero, or a subnormal: fraction / 2^24
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
        }
        int bits = exponent == 31 ? 0x7f800000 : exponent + 127 - 15 << 23;
        return Float.intBitsToFloat(sign | bits | fraction << 13);
    }
}
