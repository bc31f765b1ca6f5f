/* The elementwise functions and operations. */
package org.tidegate;

import java.util.Locale;

/**
 * What {@link ModelBuilder#apply(Elementwise, Node, Attribute...)} computes element by element. Outside of their domains functions are NaN
 * or infinite, as IEEE 754 has it.
 */
public enum Elementwise {
    /** The square root. */
    SQRT,
    /** e to the power of x. */
    EXP,
    /** The natural logarithm. */
    LOG,
    /** The absolute value; its slope at 0 is 0. */
    ABS,
    /** -x. */
    NEG,
    /** The error function. */
    ERF,
    /** The square. */
    SQUARE,
    /** x within {@link Attribute#min} and {@link Attribute#max}, one of which may be left out. */
    CLIP,
    /** a + b. */
    ADD,
    /** a - b. */
    SUB,
    /** a b. */
    MUL,
    /** a / b. */
    DIV,
    /** a to the power of b. */
    POW,
    /** The larger of a and b; equal ones share the gradient. */
    MAXIMUM,
    /** The smaller of a and b; equal ones share the gradient. */
    MINIMUM;

    /** {@return its name in the spec} */
    public String spec() {
        return name().toLowerCase(Locale.ROOT);
    }
}
