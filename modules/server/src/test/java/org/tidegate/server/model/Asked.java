/* A request of a test, and its answer. */
package org.tidegate.server.model;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;

/** What a client waits for. */
public class Asked implements Call {
    private final CompletableFuture<InferenceResponse> answer = new CompletableFuture<>();
    private final long deadline;
    private volatile boolean cancelled;

    /** Who waits for as long as it takes. */
    public Asked() {
        this(Long.MAX_VALUE);
    }

    /** Who waits until a moment, in {@link System#nanoTime}. */
    public Asked(long deadline) {
        this.deadline = deadline;
    }

    /** Gives up. */
    public void cancel() {
        cancelled = true;
    }

    /** A text for a classifier. */
    public static InferenceRequest text(String model, String version, String text) {
        return new InferenceRequest(model, version, "", Map.of(), List.of(InferenceTensor.of("text", List.of(text), 1)), List.of());
    }

    @Override
    public void answer(InferenceResponse response) {
        if (!answer.complete(response)) {
            throw new AssertionError("answered twice");
        }
    }

    @Override
    public void fail(ProtocolException failure) {
        if (!answer.completeExceptionally(failure)) {
            throw new AssertionError("answered twice");
        }
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public long deadline() {
        return deadline;
    }

    /** Whether the answer has come, or a failure. */
    public boolean isDone() {
        return answer.isDone();
    }

    /** The answer, or a failure, when it comes. */
    public CompletableFuture<InferenceResponse> future() {
        return answer;
    }

    /**
     * {@return the answer}
     *
     * @throws ProtocolException if it failed
     */
    public InferenceResponse get() throws InterruptedException, TimeoutException {
        try {
            return answer.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (ProtocolException) e.getCause();
        }
    }
}
