/* What the long forms of tests, which "tidegate soak" runs, say of themselves. */
package org.tidegate.hammer;

import java.util.Locale;

/** A test with a long form has the tag {@link #TAG} and reads how long from a system property, a few seconds by default. */
public final class Soak {
    /** The tag by which {@code tidegate soak} finds the tests. */
    public static final String TAG = "soak";

    private Soak() {}

    /** One line of figures, which the launcher shows and keeps. */
    public static void report(String format, Object... values) {
        System.out.println("soak: " + String.format(Locale.ROOT, format, values));
    }
}
