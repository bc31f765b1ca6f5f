/* What a server does with a model: the room of a task. */
package org.tidegate.server.model;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tidegate.server.protocol.Call;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.sequence.Steps;

/**
 * Requests of one open model: read one by one, run together, answered one by one. Any number of threads at once.
 *
 * @param <I> what is read of a request
 * @param <O> what is found for it
 */
public interface Serving<I, O> extends AutoCloseable {
    /** The most items of a request. */
    int MOST_ITEMS = 4096;
    /** The most texts that a request has written. */
    int MOST_TEXTS = 256;

    /** {@return the kind of model, the second half of the protocol's platform: {@code classify}, {@code network}} */
    String kind();

    /** {@return what it takes} */
    List<TensorMetadata> inputs();

    /** {@return what it gives} */
    List<TensorMetadata> outputs();

    /** {@return what else clients may want to know} */
    Map<String, String> properties();

    /**
     * Reads and checks a request, all of it: what {@link #run} gets cannot fail but for want of memory.
     *
     * @param request the request
     * @return what to run
     * @throws org.tidegate.server.protocol.ProtocolException if it is wrong
     * @throws IllegalArgumentException if it is wrong; the message is for the client
     */
    I read(InferenceRequest request);

    /** {@return whether {@link #read} takes so long that a worker does it: it unpacks sound, pictures, tables} */
    default boolean readsSlowly() {
        return false;
    }

    /** {@return the most items that a request may have: {@value #MOST_ITEMS}, and {@value #MOST_TEXTS} where texts are written for them} */
    default int mostItems() {
        return generates() == null ? MOST_ITEMS : MOST_TEXTS;
    }

    /** {@return how many items of a batch it is: texts, sequences} */
    int size(I input);

    /** {@return the bytes of Java's memory that it holds besides the request: sound, pictures, tables that were unpacked} */
    default long held(I input) {
        return 0;
    }

    /** {@return what must be equal for two requests to run together} */
    default Object group(I input) {
        return "";
    }

    /**
     * Names who waits for a request, before it runs: who is told of parts of the answer, and may give up while it runs.
     *
     * @param input what was read
     * @param call where the answer goes
     */
    default void attach(I input, Call call) {}

    /**
     * {@return the labels of an output's columns; empty where they have none}
     *
     * @param output its name
     */
    default List<String> labels(String output) {
        return List.of();
    }

    /** {@return what of a model writes texts; null where it does not} */
    default Generates generates() {
        return null;
    }

    /**
     * How a model writes a text behind another.
     *
     * @param input the name of the input that has the prompt
     * @param output that of the output that has the text
     * @param parameters those that it knows
     */
    record Generates(String input, String output, Set<String> parameters) {}

    /**
     * Runs requests of one group together. An answer has the bits that it has alone.
     *
     * @param inputs what was read
     * @return what was found for each, in their order; null for what is to be run again, perhaps with others, as it takes longer
     */
    List<O> run(List<I> inputs);

    /** {@return the outputs that the request wants} */
    List<InferenceTensor> write(InferenceRequest request, I input, O output);

    /**
     * Makes room for sequences that come step by step. It needs this to stay open.
     *
     * @param capacity how many may be open
     * @param threads that a step may use
     * @return the room
     * @throws IllegalArgumentException if the model has no steps; the message is for the client
     */
    default Steps<?> steps(int capacity, int threads) {
        throw new IllegalArgumentException("a model of the kind '" + kind() + "' takes whole requests; leave sequence_id out");
    }

    /** {@return the bytes of native memory} */
    long bytes();

    /** Frees the model. Calls in progress end normally. */
    @Override
    void close();
}
