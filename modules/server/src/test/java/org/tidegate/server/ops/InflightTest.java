/* The memory of requests that are in progress. */
package org.tidegate.server.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Status;

class InflightTest {
    @Test
    void requestsHoldNoMoreTogetherThanTheyMay() {
        Inflight inflight = new Inflight(100);
        Inflight.Share first = inflight.share();
        first.take(60);
        try (Inflight.Share second = inflight.share()) {
            second.take(40);
            ProtocolException refused = assertThrows(ProtocolException.class, () -> second.take(1));
            assertEquals(Status.RESOURCE_EXHAUSTED, refused.status());
            assertEquals("requests in progress hold as many bytes as they may together, 100; try again later", refused.getMessage());
            assertEquals(100, inflight.bytes());
            first.give(10);
            second.take(10);
            assertEquals(100, inflight.bytes());
        }
        assertEquals(50, inflight.bytes());
        assertEquals(1, inflight.refused());
        first.close();
        first.close();
        first.give(50);
        first.take(1000);
        assertEquals(0, inflight.bytes());
    }

    @Test
    void whatIsHandedOverIsHeldByTheOtherAlone() {
        Inflight inflight = new Inflight(100);
        Inflight.Share call = inflight.share();
        call.take(30);
        Inflight.Share request = call.handOver();
        call.take(20);
        call.close();
        assertEquals(30, inflight.bytes());
        call.handOver().take(70);
        assertEquals(30, inflight.bytes());
        request.close();
        assertEquals(0, inflight.bytes());
    }

    @Test
    void nothingIsLostBetweenThreads() throws Exception {
        Inflight inflight = new Inflight(1000);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(threads.submit(() -> {
                for (int k = 0; k < 20_000; k++) {
                    try (Inflight.Share share = inflight.share()) {
                        share.take(k % 400);
                        share.handOver().close();
                        share.take(k % 300);
                    } catch (ProtocolException e) {
                        assertEquals(Status.RESOURCE_EXHAUSTED, e.status());
                    }
                }
            }));
        }
        for (Future<?> each : all) {
            each.get();
        }
        threads.shutdown();
        assertEquals(0, inflight.bytes());
    }

    @Test
    void whatIsThereAlreadyIsCountedAndNotRefused() {
        Inflight inflight = new Inflight(10);
        Inflight.Share first = inflight.share();
        first.add(15);
        assertEquals(15, inflight.bytes());
        assertThrows(ProtocolException.class, () -> inflight.share().take(1));
        first.close();
        first.add(15);
        assertEquals(0, inflight.bytes());
    }
}
