/* What clients are told of what was thrown. */
package org.tidegate.server.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.FrozenModel;
import org.tidegate.Precision;
import org.tidegate.Tidegate;
import org.tidegate.TidegateException;
import org.tidegate.server.network.Networks;

class FailuresTest {
    @ParameterizedTest
    @EnumSource(Thrown.class)
    void theClientIsToldWhatItCanDoAndNoSecret(Thrown thrown) {
        ProtocolException read = Failures.ofRequest("a test", thrown.make());
        ProtocolException elsewhere = Failures.of("a test", thrown.make());
        assertEquals(thrown.read(), read.status());
        assertEquals(thrown.elsewhere(), elsewhere.status());
        assertFalse((read.getMessage() + elsewhere.getMessage()).contains("secret"));
    }

    @Test
    void theLibrarysOwnWordForMemoryIsKnown() {
        long limit = Tidegate.nativeLimit();
        try (FrozenModel model = Networks.frozen(Networks.CURVE, Precision.FLOAT32)) {
            Tidegate.setNativeLimit(1);
            TidegateException thrown = assertThrows(TidegateException.class, () -> model.newStreams("y", 1 << 20).open());
            assertEquals(Status.RESOURCE_EXHAUSTED, Failures.of("a test", thrown).status(), thrown.getMessage());
        } finally {
            Tidegate.setNativeLimit(limit);
        }
    }
}
