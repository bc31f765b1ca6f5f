/* What goes wrong natively. */
package org.tidegate;

/** A failure that is neither a wrong argument nor a call at the wrong time: a spec that is not understood, memory, the machine. */
public class TidegateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** A failure described by one text for the user. */
    public TidegateException(String message) {
        super(message);
    }

    /** A failure with the exception that caused it. */
    public TidegateException(String message, Throwable cause) {
        super(message, cause);
    }
}
