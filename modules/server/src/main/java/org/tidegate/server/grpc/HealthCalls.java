/* Health, as Kubernetes and balancers ask for it. */
package org.tidegate.server.grpc;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc.HealthImplBase;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.tidegate.server.grpc.inference.GRPCInferenceServiceGrpc;
import org.tidegate.server.protocol.Failures;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Texts;
import org.tidegate.server.service.InferenceService;

/** grpc.health.v1: of the server (no name, or that of the service) and of each model (its name). Nothing serves while the server drains. */
final class HealthCalls extends HealthImplBase implements AutoCloseable {
    private static final long WATCH_MILLISECONDS = 250;

    private final InferenceService service;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "tidegate-health");
        thread.setDaemon(true);
        return thread;
    });

    HealthCalls(InferenceService service) {
        this.service = service;
        watcher.scheduleWithFixedDelay(this::look, WATCH_MILLISECONDS, WATCH_MILLISECONDS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        watches.forEach(Watch::lookSafely);
    }

    private static boolean isServer(String name) {
        return name.isEmpty() || name.equals(GRPCInferenceServiceGrpc.SERVICE_NAME);
    }

    /** The state of a name, SERVICE_UNKNOWN where there is none of it. */
    private ServingStatus status(String name) {
        if (isServer(name)) {
            return service.isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        }
        if (service.isReady(name, "")) {
            return ServingStatus.SERVING;
        }
        boolean known = service.index(false).stream().anyMatch(model -> model.name().equals(name));
        return known ? ServingStatus.NOT_SERVING : ServingStatus.SERVICE_UNKNOWN;
    }

    private static HealthCheckResponse response(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }

    /** The health of the server is told to all, that of a model to those who may ask the model. */
    private static boolean isRefused(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
        boolean refused = Entrance.isStranger() && !isServer(request.getService());
        if (refused) {
            observer.onError(Entrance.NO_TOKEN.asRuntimeException());
        }
        return refused;
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
        if (isRefused(request, observer)) {
            return;
        }
        ServingStatus status = status(request.getService());
        if (status == ServingStatus.SERVICE_UNKNOWN) {
            observer.onError(Status.NOT_FOUND.withDescription("there is no model '" + Texts.shown(request.getService()) + "'")
                    .asRuntimeException());
            return;
        }
        observer.onNext(response(status));
        observer.onCompleted();
    }

    @Override
    public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
        if (isRefused(request, observer)) {
            return;
        }
        Watch watch = new Watch(request.getService(), (ServerCallStreamObserver<HealthCheckResponse>) observer);
        watches.add(watch);
        watch.look();
    }

    /** Tells who watches the last state, and ends their calls. */
    @Override
    public void close() {
        watcher.shutdownNow();
        watches.forEach(Watch::end);
    }

    /** Somebody who is told when the state of a name changes. */
    private final class Watch {
        private final String name;
        private final ServerCallStreamObserver<HealthCheckResponse> observer;
        private ServingStatus told;

        Watch(String name, ServerCallStreamObserver<HealthCheckResponse> observer) {
            this.name = name;
            this.observer = observer;
            observer.setOnCancelHandler(() -> watches.remove(this));
        }

        synchronized void look() {
            ServingStatus status = status(name);
            if (status != told && !observer.isCancelled()) {
                told = status;
                observer.onNext(response(status));
            }
        }

        /** A look of the schedule, which goes on whatever happens here: who cannot be told watches no more. */
        void lookSafely() {
            try {
                look();
            } catch (RuntimeException | Error e) {
                watches.remove(this);
                fail(Failures.of("a watch of the health", e));
            }
        }

        private void fail(ProtocolException failure) {
            try {
                observer.onError(Statuses.of(failure));
            } catch (RuntimeException | Error e) {
                System.getLogger(HealthCalls.class.getName()).log(System.Logger.Level.DEBUG, "the end of a watch could not be told", e);
            }
        }

        synchronized void end() {
            lookSafely();
            if (watches.remove(this) && !observer.isCancelled()) {
                observer.onCompleted();
            }
        }
    }
}
