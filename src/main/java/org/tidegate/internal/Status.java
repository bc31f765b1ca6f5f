/* What a native call came back with. */
package org.tidegate.internal;

/** The outcome of a native call, in the order of {@code tg_status}. */
public enum Status {
    OK,
    INVALID_ARGUMENT,
    INVALID_SPEC,
    INVALID_STATE,
    OUT_OF_MEMORY,
    UNSUPPORTED,
    INTERNAL;

    private static final Status[] VALUES = values();

    /** The status of that number; a number that this version does not know is a defect of the library. */
    public static Status of(int number) {
        return number >= 0 && number < VALUES.length ? VALUES[number] : INTERNAL;
    }
}
