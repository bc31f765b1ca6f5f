/* The types of elements. */
package org.tidegate.server.protocol;

/** The datatypes of the Open Inference Protocol, with the bytes of an element in the binary form. */
public enum Datatype {
    /** 0 or 1. */
    BOOL(1),
    /** Unsigned, 8 bits. */
    UINT8(1),
    /** Unsigned, 16 bits. */
    UINT16(2),
    /** Unsigned, 32 bits. */
    UINT32(4),
    /** Unsigned, 64 bits. */
    UINT64(8),
    /** Signed, 8 bits. */
    INT8(1),
    /** Signed, 16 bits. */
    INT16(2),
    /** Signed, 32 bits. */
    INT32(4),
    /** Signed, 64 bits. */
    INT64(8),
    /** IEEE 754, 16 bits; binary only. */
    FP16(2),
    /** The upper half of FP32; binary only. */
    BF16(2),
    /** IEEE 754, 32 bits. */
    FP32(4),
    /** IEEE 754, 64 bits. */
    FP64(8),
    /** Texts in UTF-8, or files: each its length in 32 bits, then its bytes. */
    BYTES(0);

    private final int bytes;

    Datatype(int bytes) {
        this.bytes = bytes;
    }

    /** {@return the bytes of an element, 0 where each has a length of its own} */
    public int bytes() {
        return bytes;
    }

    /** {@return whether JSON has a form for its elements} */
    public boolean hasJson() {
        return this != FP16 && this != BF16;
    }

    /** {@return whether the elements are whole numbers} */
    public boolean isInteger() {
        return compareTo(UINT8) >= 0 && compareTo(INT64) <= 0;
    }

    /**
     * {@return the datatype of a name}
     *
     * @param name as the protocol writes it
     * @throws ProtocolException if there is none
     */
    public static Datatype of(String name) {
        for (Datatype type : values()) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw ProtocolException.invalid("datatype '" + Texts.shown(name) + "' is none of the protocol's; expected BOOL, UINT8 to UINT64, INT8 to"
                + " INT64, FP16, BF16, FP32, FP64 or BYTES");
    }
}
