package org.tidegate.bench.work;

/** A library that is compared, found by {@link java.util.ServiceLoader}. */
public interface Peer {
    /** Its name and, where it has several, the form of use. */
    String name();

    /** Whether it can do that work. */
    boolean supports(Recurrent work);

    /** Whether it can do that work. */
    default boolean supports(Convolution work) {
        return false;
    }

    /**
     * Builds its network with the problem's weights and puts the input in place. One thread unless the work says otherwise.
     *
     * @throws Exception if the library refuses
     */
    Contender prepare(RecurrentProblem problem) throws Exception;

    /**
     * The same for a convolution.
     *
     * @throws Exception if the library refuses
     */
    default Contender prepare(ConvolutionProblem problem) throws Exception {
        throw new UnsupportedOperationException(name() + " has no convolution.");
    }
}
