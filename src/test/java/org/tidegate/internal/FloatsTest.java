/* When a view of native memory is checked, copied and shown. */
package org.tidegate.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.tidegate.internal.abi.Pointer;

class FloatsTest {
    private final FloatBuffer memory = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder()).asFloatBuffer();
    private final NativeHandle model = NativeHandle.shared("model", () -> { });
    private final NativeHandle session = NativeHandle.exclusive("session", model, () -> { });
    private final List<String> checks = new ArrayList<>();
    private boolean outdated;
    private final Floats floats = new Floats(session, new Pointer(memory).address(), 4, this::check);

    /** The view's check: it notes whether another thread could come between now. */
    private void check() {
        checks.add(othersAnswer());
        if (outdated) {
            throw new IllegalStateException("outdated");
        }
    }

    private String othersAnswer() {
        FutureTask<String> other = new FutureTask<>(() -> {
            try {
                session.enter();
            } catch (IllegalStateException refused) {
                return "refused";
            }
            session.exit();
            return "admitted";
        });
        new Thread(other).start();
        try {
            return other.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aViewIsCheckedInTheSameUseInWhichItIsCopiedOrShown() {
        floats.put(0, new float[] {1, 2, 3, 4}, 0, 4);
        float[] copy = new float[2];
        floats.get(1, copy, 0, 2);
        assertArrayEquals(new float[] {2, 3}, copy);
        assertEquals(3, floats.buffer().get(2));
        assertEquals(16, floats.bytes().remaining());
        assertEquals(List.of("refused", "refused", "refused", "refused"), checks);
        assertEquals("admitted", othersAnswer());
    }

    @Test
    void anOutdatedViewLeavesTheMemoryAndItsOwnerAlone() {
        outdated = true;
        assertThrows(IllegalStateException.class, () -> floats.put(0, new float[] {1}, 0, 1));
        assertThrows(IllegalStateException.class, () -> floats.get(0, new float[1], 0, 1));
        assertThrows(IllegalStateException.class, floats::buffer);
        assertThrows(IllegalStateException.class, floats::bytes);
        assertEquals(0, memory.get(0));
        assertEquals("admitted", othersAnswer());
    }
}
