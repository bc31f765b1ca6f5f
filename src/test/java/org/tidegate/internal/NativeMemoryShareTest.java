package org.tidegate.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NativeMemoryShareTest {
    private static final long MIB = 1 << 20;

    /** In a control group of 400 MiB, with a heap of 64, 336 MiB of native memory ended the process. */
    @Test
    void theJvmHasRoomBesideTheHeapAndNativeMemory() {
        assertEquals(208 * MIB, NativeMemory.share(400 * MIB, 64 * MIB));
        for (long available = 300; available < 100_000; available *= 2) {
            long heap = available / 4; // the JVM's own choice
            assertTrue(NativeMemory.share(available * MIB, heap * MIB) + heap * MIB + 90 * MIB <= available * MIB, available + " MiB");
        }
    }

    @Test
    void aQuarterStaysHoweverLargeTheHeapMayBecome() {
        assertEquals(250 * MIB, NativeMemory.share(1000 * MIB, 900 * MIB));
        assertEquals(250 * MIB, NativeMemory.share(1000 * MIB, Long.MAX_VALUE >> 1));
        assertEquals(1, NativeMemory.share(1, 64 * MIB));
    }
}
