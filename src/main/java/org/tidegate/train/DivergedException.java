package org.tidegate.train;

/**
 * A training diverged: its loss, a gradient or a parameter is not finite, or the loss and a parameter have grown out of all proportion. Files
 * saved earlier are unchanged. The parameters are those before a step that gave no finite loss or gradients, else those that diverged.
 */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The number of completed steps. */
    private final long step;

    DivergedException(long step, String message) {
        super(message);
        this.step = step;
    }

    /** {@return the number of steps completed before the failed one} */
    public long step() {
        return step;
    }
}
