/* How a sequence becomes one row. */
package org.tidegate;

import java.util.Locale;

/** What the pool node makes of a sequence's rows. */
public enum Pooling {
    /** The row of the last step. */
    LAST,
    /** The mean over the steps. */
    MEAN,
    /** The largest of each column. */
    MAX;

    /** {@return its name in the spec} */
    public String spec() {
        return name().toLowerCase(Locale.ROOT);
    }
}
