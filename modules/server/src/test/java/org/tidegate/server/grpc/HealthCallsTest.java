/* Who watches the health, where some cannot be told. */
package org.tidegate.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.server.batch.Batcher;
import org.tidegate.server.protocol.Thrown;
import org.tidegate.server.repository.ModelOpener;
import org.tidegate.server.repository.ModelRepository;
import org.tidegate.server.sequence.SequenceLimits;
import org.tidegate.server.service.InferenceService;

class HealthCallsTest {
    private static final int WATCHES = 20;

    @TempDir
    Path folder;

    /** Somebody who watches, and fails from the second time on if told to. */
    private static final class Watcher extends ServerCallStreamObserver<HealthCheckResponse> {
        private final Thrown failure; // null for none
        private final List<ServingStatus> told = new CopyOnWriteArrayList<>();
        private volatile boolean failed;

        Watcher(Thrown failure) {
            this.failure = failure;
        }

        @Override
        public void onNext(HealthCheckResponse response) {
            if (failure != null && !told.isEmpty()) {
                failure.raise();
            }
            told.add(response.getStatus());
        }

        @Override
        public void onError(Throwable e) {
            failed = true;
            if (failure != null) {
                failure.raise();
            }
        }

        @Override
        public void onCompleted() {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}
    }

    @Test
    void whoCannotBeToldEndsNobodysWatch() throws Exception {
        try (ModelRepository repository = new ModelRepository(folder, ModelOpener.standard(), Precision.FLOAT32, new Batcher.Limits(1, 1, 0, 1),
                SequenceLimits.DEFAULT, Runnable::run)) {
            InferenceService service = new InferenceService(repository);
            try (HealthCalls calls = new HealthCalls(service)) {
                List<Watcher> good = new ArrayList<>();
                List<Watcher> bad = new ArrayList<>();
                for (int i = 0; i < WATCHES; i++) {
                    bad.add(new Watcher(Thrown.values()[i % Thrown.values().length]));
                    good.add(new Watcher(null));
                    calls.watch(HealthCheckRequest.getDefaultInstance(), bad.get(i));
                    calls.watch(HealthCheckRequest.getDefaultInstance(), good.get(i));
                }
                service.drain();
                long end = System.nanoTime() + 20_000_000_000L;
                while (!(good.stream().allMatch(each -> each.told.size() == 2) && bad.stream().allMatch(each -> each.failed))
                        && System.nanoTime() < end) {
                    Thread.sleep(5);
                }
                assertEquals(Collections.nCopies(WATCHES, List.of(ServingStatus.SERVING, ServingStatus.NOT_SERVING)),
                        good.stream().map(each -> each.told).toList());
                assertEquals(Collections.nCopies(WATCHES, true), bad.stream().map(each -> each.failed).toList());
            }
        }
    }
}
