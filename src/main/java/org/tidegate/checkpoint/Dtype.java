package org.tidegate.checkpoint;

/** The element types of the safetensors format. */
public enum Dtype {
    /** Booleans, a byte each. */
    BOOL(8),
    /** 4-bit floating point, two to a byte. */
    F4(4),
    /** 6-bit floating point, 2 exponent bits. */
    F6_E2M3(6),
    /** 6-bit floating point, 3 exponent bits. */
    F6_E3M2(6),
    /** Unsigned bytes. */
    U8(8),
    /** Signed bytes. */
    I8(8),
    /** 8-bit floating point, 5 exponent bits. */
    F8_E5M2(8),
    /** 8-bit floating point, 4 exponent bits. */
    F8_E4M3(8),
    /** 8-bit floating point, 5 exponent bits, no infinities and no negative zero. */
    F8_E5M2FNUZ(8),
    /** 8-bit floating point, 4 exponent bits, no infinities and no negative zero. */
    F8_E4M3FNUZ(8),
    /** 8-bit scales, exponent only. */
    F8_E8M0(8),
    /** Signed 16-bit integers. */
    I16(16),
    /** Unsigned 16-bit integers. */
    U16(16),
    /** IEEE half precision. */
    F16(16),
    /** The upper half of single precision. */
    BF16(16),
    /** Signed 32-bit integers. */
    I32(32),
    /** Unsigned 32-bit integers. */
    U32(32),
    /** IEEE single precision. */
    F32(32),
    /** Complex numbers of two single-precision parts. */
    C64(64),
    /** IEEE double precision. */
    F64(64),
    /** Signed 64-bit integers. */
    I64(64),
    /** Unsigned 64-bit integers. */
    U64(64);

    private final int bits;

    Dtype(int bits) {
        this.bits = bits;
    }

    /** {@return the size of an element, in bits} */
    public int bits() {
        return bits;
    }
}
