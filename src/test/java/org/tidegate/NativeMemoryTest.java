/* Native memory that nobody closes: counted, limited, collected and reported. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
    private static final String WIDE = "words = ids axis=text\ne = embedding words rows=10 cols=64\nh = recurrent e cell=lstm size=128\n";

    private final long limit = Tidegate.nativeLimit();
    private final Model model = Model.of(WIDE, 1);

    @AfterEach
    void close() {
        Tidegate.setNativeLimit(limit);
        model.close();
    }

    private static Batch batch(Model model, int length) {
        return model.newBatch().lengths("text", length).ids("words", new int[length]);
    }

    /** A session that holds about a quarter of a megabyte. */
    private Session worked() {
        Session session = model.newSession();
        session.forward(batch(model, 200));
        return session;
    }

    @Test
    void whatIsMadeIsCountedAndWhatIsClosedIsNot() {
        long before = Tidegate.nativeBytes();
        try (Session session = worked()) {
            assertEquals(session.bytes(), Tidegate.nativeBytes() - before, 8192);
            try (FrozenModel frozen = model.freeze(Precision.INT8); Optimizer optimizer = model.newOptimizer("sgd momentum=0.9")) {
                assertTrue(Tidegate.nativeBytes() - before >= session.bytes() + frozen.bytes() + model.bytes());
            }
        }
        assertEquals(before, Tidegate.nativeBytes());
    }

    @Test
    void forgottenSessionsAreFreedBeforeTheLimitIsPassed() {
        long room = 24 << 20;
        Tidegate.setNativeLimit(Tidegate.nativeBytes() + room);
        for (int i = 0; i < 400; i++) { // five times the room
            worked();
            assertTrue(Tidegate.nativeBytes() <= Tidegate.nativeLimit());
        }
    }

    @Test
    void whatPassesTheLimitIsRefusedByUseAndLimitAndTheSessionGoesOn() {
        List<Session> kept = new ArrayList<>();
        try (Session session = worked()) {
            Tidegate.setNativeLimit(Tidegate.nativeBytes() + (2 << 20)); // what a small batch needs, and not a large one
            String message = assertThrows(TidegateException.class, () -> session.forward(batch(model, 20_000))).getMessage();
            assertTrue(message.startsWith("Not enough native memory: "), message);
            assertTrue(message.matches(".* (MiB|bytes) are in use, and the limit is .*"), message);
            session.forward(batch(model, 100));
            assertThrows(TidegateException.class, () -> {
                while (true) {
                    kept.add(worked());
                }
            });
            assertThrows(TidegateException.class, () -> Model.of(WIDE.replace("size=128", "size=2000"), 1));
            Tidegate.setNativeLimit(limit);
            session.forward(batch(model, 20_000));
        } finally {
            kept.forEach(Session::close);
        }
        assertThrows(IllegalArgumentException.class, () -> Tidegate.setNativeLimit(0));
    }

    /** Forgets a session, closes another one, and waits for the cleaner. */
    static final class Forgetful {
        private Forgetful() {}

        public static void main(String... args) throws InterruptedException {
            System.out.println("limit " + Tidegate.nativeLimit());
            Model model = Model.of(WIDE, 1);
            model.newSession().close();
            forget(model);
            long before = Tidegate.nativeBytes();
            for (int i = 0; i < 200 && Tidegate.nativeBytes() == before; i++) {
                System.gc();
                Thread.sleep(10);
            }
            model.close();
            System.out.println("done");
        }

        private static void forget(Model model) {
            model.newSession();
        }
    }

    private static String child(String... options) throws IOException, InterruptedException {
        Process process = ChildJvm.of(List.of(options), Forgetful.class).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    @Test
    void aForgottenObjectSaysWhereItWasMadeWhereThatIsAskedFor() throws Exception {
        String told = child("-Dtidegate.leaks=true", "-Dtidegate.memory=48m");
        assertTrue(told.contains("limit " + (48 << 20)), told);
        assertTrue(told.contains("A session was never closed; the garbage collector found it."), told);
        assertTrue(told.contains("NativeMemoryTest$Forgetful.forget("), told);
        assertEquals(told.indexOf("never closed"), told.lastIndexOf("never closed"), told);
        assertTrue(told.contains("done"), told);
        String refused = child("-Dtidegate.memory=lots");
        assertTrue(refused.contains("-Dtidegate.memory=lots is no limit of the native memory; expected a number of bytes"), refused);
    }
}
