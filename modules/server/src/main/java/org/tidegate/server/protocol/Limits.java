/* How much a request may name. */
package org.tidegate.server.protocol;

/** How many things a request may name, in any form: more than any model has, and few enough that a small body makes no large heap. */
public final class Limits {
    /** Inputs of a request, and outputs that it asks for. */
    public static final int TENSORS = 1024;
    /** Parameters of a request; a list of texts counts as many as it has. */
    public static final int PARAMETERS = 1024;
    /** Parameters of an input, and of an output that is asked for. */
    public static final int TENSOR_PARAMETERS = 16;
    /** Dimensions of a shape. */
    public static final int DIMENSIONS = 16;
    /** Characters of an id and of the name of a tensor or parameter. */
    public static final int NAME = 1024;

    private Limits() {}

    /**
     * Checks how many there are, as they are read.
     *
     * @param count so far
     * @param most that are allowed
     * @param what they are, plural
     * @throws ProtocolException if they are too many
     */
    public static void check(int count, int most, String what) {
        if (count > most) {
            throw ProtocolException.invalid(what + ": more than " + most + " are given; at most " + most + " are allowed");
        }
    }

    /**
     * Checks the length of a name.
     *
     * @param length in characters
     * @param what it is
     * @throws ProtocolException if it is too long
     */
    public static void checkName(int length, String what) {
        if (length > NAME) {
            throw ProtocolException.invalid(what + " has " + length + " characters; at most " + NAME + " are allowed");
        }
    }
}
