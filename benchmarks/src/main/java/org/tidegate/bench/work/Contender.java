package org.tidegate.bench.work;

/** A network of some library, its weights and input in place, ready to be timed. */
public interface Contender extends AutoCloseable {
    /** The timed call: one step of a stream, one forward pass or one training step. Its results are there when it returns. */
    void run();

    /**
     * What is compared before anything is timed. Of a stream the h of the last step {@code [H]}, of a forward pass the outputs
     * {@code [T, B, D*H]}. Of a training step {@link #gradients()} is compared instead.
     */
    float[] output();

    /**
     * The gradients of the mean squared error at the weights given, before any training step: for each layer and direction those of
     * weight_ih and weight_hh in PyTorch's layout, one after the other.
     */
    default float[] gradients() {
        throw new UnsupportedOperationException("This contender does not train.");
    }

    /** What it leaves out of the timed call, or does besides, where that is not the whole work; else empty. */
    default String note() {
        return "";
    }

    /** Bytes of native memory that it holds, or -1 where it cannot say. */
    default long bytes() {
        return -1;
    }

    @Override
    void close();
}
