/* What the repository's index tells of a version of a model. */
package org.tidegate.server.repository;

/**
 * A version of a model, whether it is served or not.
 *
 * @param name the model's name
 * @param version the version's number; empty for what has none
 * @param state whether it is served
 * @param reason why it is not, or what is wrong beside it; empty for nothing. Holds no path, only names.
 */
public record ModelStatus(String name, String version, State state, String reason) {
    /** Whether a version is served. The names are the protocol's. */
    public enum State {
        /** It is. */
        READY,
        /** It is not. */
        UNAVAILABLE,
        /** It will be. */
        LOADING
    }

    /** {@return whether it is served} */
    public boolean isReady() {
        return state == State.READY;
    }
}
