package org.tidegate.internal.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class NativesTest {
    @Test
    void aFolderThatIsMountedNoexecIsPassedOverAndOtherFailuresAreNot() {
        // As glibc says it, the file twice.
        assertEquals(Optional.of("its file system lets no code be loaded, as one that is mounted noexec: failed to map segment from shared"
            + " object"), Natives.forbidden("/a/libgcc_s.so.1: /a/libgcc_s.so.1: failed to map segment from shared object"));
        assertEquals(Optional.empty(), Natives.forbidden("/a/libx.so: liby.so.0: cannot open shared object file: No such file or"
            + " directory"));
        assertEquals(Optional.empty(), Natives.forbidden(null));
    }
}
