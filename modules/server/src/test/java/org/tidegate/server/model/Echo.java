/* A model of tests that gives texts back. */
package org.tidegate.server.model;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;

/** Says something to each text, when it is allowed to; fails where it is used after it was closed, or closed twice. */
public class Echo implements Serving<String, String> {
    private final UnaryOperator<String> says;
    private volatile CountDownLatch allowed = new CountDownLatch(0);
    private volatile boolean closed;

    /** Says what the function makes of a text; what that throws is thrown by the run of the whole batch. */
    public Echo(UnaryOperator<String> says) {
        this.says = says;
    }

    /** From now on runs wait for {@link #allow}. */
    public final void hold() {
        allowed = new CountDownLatch(1);
    }

    /** Lets runs go on. */
    public final void allow() {
        allowed.countDown();
    }

    /** Whether it was freed. */
    public final boolean isClosed() {
        return closed;
    }

    @Override
    public final String kind() {
        return "echo";
    }

    @Override
    public final List<TensorMetadata> inputs() {
        return List.of(TensorMetadata.of("text", Datatype.BYTES, -1));
    }

    @Override
    public final List<TensorMetadata> outputs() {
        return inputs();
    }

    @Override
    public final Map<String, String> properties() {
        return Map.of();
    }

    @Override
    public String read(InferenceRequest request) {
        return request.input("text").texts().get(0);
    }

    @Override
    public final int size(String text) {
        return 1;
    }

    @Override
    public final List<String> run(List<String> texts) {
        try {
            allowed.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (closed) {
            throw new AssertionError("closed while it ran");
        }
        return texts.stream().map(says).toList();
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, String text, String said) {
        return List.of(InferenceTensor.of("text", List.of(said), 1));
    }

    @Override
    public final long bytes() {
        return 1;
    }

    @Override
    public final void close() {
        if (closed) {
            throw new AssertionError("closed twice");
        }
        closed = true;
    }
}
