/* The activations. */
package org.tidegate;

/** An elementwise function of the activation node. */
public enum Activation {
    TANH, RELU, SIGMOID;

    /** Its name in the spec. */
    public String spec() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
