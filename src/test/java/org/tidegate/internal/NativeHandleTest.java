/* The rules of lifetimes, without any native object. */
package org.tidegate.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NativeHandleTest {
    private final List<String> destroyed = new CopyOnWriteArrayList<>();

    @Test
    void theParentIsDestroyedAfterItsLastChild() {
        NativeHandle model = NativeHandle.shared("model", () -> destroyed.add("model"));
        NativeHandle first = NativeHandle.exclusive("session", model, () -> destroyed.add("first"));
        NativeHandle second = NativeHandle.exclusive("session", model, () -> destroyed.add("second"));
        model.close();
        model.close();
        assertEquals(List.of(), destroyed);
        second.close();
        second.close();
        assertEquals(List.of("second"), destroyed);
        first.close();
        assertEquals(List.of("second", "first", "model"), destroyed);
    }

    @Test
    void aCallInProgressKeepsASharedObjectAlive() {
        NativeHandle model = NativeHandle.shared("model", () -> destroyed.add("model"));
        model.enter();
        model.close();
        assertEquals(List.of(), destroyed);
        assertClosed("The model is closed.", model);
        model.exit();
        assertEquals(List.of("model"), destroyed);
        assertClosed("The model is closed.", model);
    }

    @Test
    void anObjectUnderACallCanNeitherBeUsedNorClosedByAnotherThread() throws Exception {
        NativeHandle model = NativeHandle.shared("model", () -> destroyed.add("model"));
        NativeHandle session = NativeHandle.exclusive("session", model, () -> destroyed.add("session"));
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Thread owner = new Thread(() -> {
            session.enter();
            entered.countDown();
            try {
                leave.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                session.exit();
            }
        }, "owner");
        owner.start();
        entered.await();
        assertEquals("The session cannot be used now: thread 'owner' is using it. A session belongs to one thread at a time.",
            assertThrows(IllegalStateException.class, session::enter).getMessage());
        assertEquals("The session cannot be closed now: thread 'owner' is using it. A session belongs to one thread at a time.",
            assertThrows(IllegalStateException.class, session::close).getMessage());
        model.close();
        assertEquals(List.of(), destroyed);
        leave.countDown();
        owner.join();
        session.enter();
        session.exit();
        session.close();
        assertEquals(List.of("session", "model"), destroyed);
        assertClosed("The session is closed.", session);
    }

    @Test
    void theThreadThatUsesAnObjectMayEnterAgainButNotCloseIt() {
        NativeHandle model = NativeHandle.shared("model", () -> destroyed.add("model"));
        NativeHandle session = NativeHandle.exclusive("session", model, () -> destroyed.add("session"));
        session.enter();
        session.enter();
        session.exit();
        assertThrows(IllegalStateException.class, session::close);
        session.exit();
        session.close();
        assertEquals(List.of("session"), destroyed);
    }

    @Test
    void aShownViewKeepsTheMemoryUntilItIsCollected() throws Exception {
        NativeHandle model = NativeHandle.shared("model", () -> destroyed.add("model"));
        Object view = new Object();
        model.keepFor(view);
        model.close();
        assertEquals(List.of(), destroyed);
        assertTrue(view.hashCode() == view.hashCode()); // reachable up to here
        view = null;
        awaitDestroyed("model");
    }

    @Test
    void whatIsForgottenIsDestroyedWhenCollectedChildFirst() throws Exception {
        NativeHandle model = NativeHandle.shared("model", () -> destroyed.add("model"));
        NativeHandle session = NativeHandle.exclusive("session", model, () -> destroyed.add("session"));
        assertTrue(!model.isClosed() && !session.isClosed());
        model = null;
        session = null;
        awaitDestroyed("session", "model");
    }

    private void awaitDestroyed(String... expected) throws InterruptedException {
        while (destroyed.size() < expected.length) {
            System.gc();
            Thread.sleep(5);
        }
        assertEquals(List.of(expected), destroyed);
    }

    private static void assertClosed(String message, NativeHandle handle) {
        assertEquals(message, assertThrows(IllegalStateException.class, handle::enter).getMessage());
    }
}
