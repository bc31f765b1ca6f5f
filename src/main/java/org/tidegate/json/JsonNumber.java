package org.tidegate.json;

/** A number as it is written: the decimal text is kept, so that a float, a double and a 64-bit integer each read back to the bit. */
record JsonNumber(String text) {
    static JsonNumber of(long value) {
        return new JsonNumber(Long.toString(value));
    }

    /** The number, or null where JSON has no word for it. */
    static JsonNumber of(double value) {
        return Double.isFinite(value) ? new JsonNumber(Double.toString(value)) : null;
    }

    /** The number in a float's own shortest digits, or null where JSON has no word for it. */
    static JsonNumber of(float value) {
        return Float.isFinite(value) ? new JsonNumber(Float.toString(value)) : null;
    }

    /** Whether this is an integer of 64 bits. */
    boolean isLong() {
        try {
            return Long.toString(Long.parseLong(text)).equals(text); // "-0" is not: an integer has no such sign
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
