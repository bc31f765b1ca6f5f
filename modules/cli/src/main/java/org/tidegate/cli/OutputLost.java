package org.tidegate.cli;

/** The output cannot be written any more, so that further answers have no use: {@link Screen#lost}. */
final class OutputLost extends RuntimeException {
    private static final long serialVersionUID = 1;
}
