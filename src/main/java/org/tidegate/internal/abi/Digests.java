package org.tidegate.internal.abi;

/** The SHA-256 of each native library, in hexadecimal digits. The build puts a class in the place of this one that knows them. */
final class Digests {
    private Digests() {
    }

    /** Of PLATFORM/FILE; null if the library was not there when Tidegate was built. */
    static String of(String file) {
        return null;
    }
}
