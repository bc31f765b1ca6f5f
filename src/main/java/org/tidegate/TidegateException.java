/* What goes wrong natively. */
package org.tidegate;

/** A failure that is neither a wrong argument nor a call at the wrong time: a spec that is not understood, memory, the machine. */
public class TidegateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * A failure.
     *
     * @param message what went wrong, for the user
     */
    public TidegateException(String message) {
        super(message);
    }

    /**
     * A failure with its cause.
     *
     * @param message what went wrong, for the user
     * @param cause the exception behind it
     */
    public TidegateException(String message, Throwable cause) {
        super(message, cause);
    }
}
