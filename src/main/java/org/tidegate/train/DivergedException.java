package org.tidegate.train;

/**
 * A training's loss or gradient is no longer a finite number. The parameters are those before the step that failed, and files saved
 * earlier were left as they are.
 */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long step;

    DivergedException(long step, String message) {
        super(message);
        this.step = step;
    }

    /** The number of steps that were made before. */
    public long step() {
        return step;
    }
}
