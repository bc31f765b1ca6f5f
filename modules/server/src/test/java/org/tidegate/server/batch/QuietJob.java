/* A job of a queue whose answers nobody reads. */
package org.tidegate.server.batch;

import org.tidegate.server.Patient;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.InferenceResponse;
import org.tidegate.server.protocol.ProtocolException;

/** One item that goes with any other, its own client, who waits for ever; it is neither answered nor fails. */
interface QuietJob extends Batcher.Job, Patient {
    @Override
    default Call call() {
        return this;
    }

    @Override
    default int size() {
        return 1;
    }

    @Override
    default long bytes() {
        return 1;
    }

    @Override
    default Object group() {
        return "";
    }

    @Override
    default void answer(InferenceResponse response) {
        throw new AssertionError("answered");
    }

    @Override
    default void fail(ProtocolException failure) {
        throw new AssertionError(failure);
    }
}
