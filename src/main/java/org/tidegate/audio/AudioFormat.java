package org.tidegate.audio;

/** A format of sound files. Its readers hold nothing and are for all threads. */
interface AudioFormat {
    /** Whether a file that begins so is of this format; first: its first 16 bytes, fewer if it has fewer. */
    boolean begins(byte... first);

    /**
     * Reads a whole file. What its header claims is compared with the bytes that are there before memory is taken for it.
     *
     * @throws IllegalArgumentException if the file is damaged or cut short, or has what the reader does not support; the message begins
     *     with the name and says what was found
     */
    Audio read(String name, byte... bytes);
}
