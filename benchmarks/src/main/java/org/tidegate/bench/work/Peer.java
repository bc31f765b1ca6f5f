package org.tidegate.bench.work;

/** A library that is compared, found by {@link java.util.ServiceLoader}. */
public interface Peer {
    /** Its name and, where it has several, the form of use. */
    String name();

    /** Whether it can do that work. */
    boolean supports(Work work);

    /**
     * Builds its network with the problem's weights and puts the input in place. One thread unless the work says otherwise.
     *
     * @throws Exception if the library refuses
     */
    Contender prepare(Problem problem) throws Exception;
}
