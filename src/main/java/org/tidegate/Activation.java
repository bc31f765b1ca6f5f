/* The activations. */
package org.tidegate;

import java.util.Locale;

/** An elementwise function of the activation node, as PyTorch defines it, and of a cell's gates ({@link Attribute#activations}). */
public enum Activation {
    /** The hyperbolic tangent. */
    TANH,
    /** max(0, x). */
    RELU,
    /** 1 / (1 + exp(-x)). */
    SIGMOID,
    /** x times the standard normal distribution function at x, exact (Hendrycks and Gimpel 2016). */
    GELU,
    /** GELU's approximation by tanh, PyTorch's {@code approximate='tanh'}. */
    GELU_TANH,
    /** log(1 + exp(x)). */
    SOFTPLUS,
    /** x where it is positive, else alpha (exp(x) - 1); takes {@link Attribute#alpha}, 1 without it. */
    ELU,
    /** x where it is positive, else alpha x; takes {@link Attribute#alpha}, 0.01 without it. */
    LEAKY_RELU,
    /**
     * max(0, min(1, alpha x + beta)); takes {@link Attribute#alpha} and {@link Attribute#beta}, 1/6 and 0.5 without them as in PyTorch
     * (ONNX's alpha is 0.2).
     */
    HARD_SIGMOID,
    /** x / (1 + |x|). */
    SOFTSIGN,
    /** alpha x + beta; takes {@link Attribute#alpha} and {@link Attribute#beta}, 1 and 0 without them. */
    AFFINE,
    /** alpha tanh(beta x); takes {@link Attribute#alpha} and {@link Attribute#beta}, 1 without them. */
    SCALED_TANH,
    /** x where it is above alpha, else 0; takes {@link Attribute#alpha}, 1 without it. */
    THRESHOLDED_RELU;

    /** {@return its name in the spec} */
    public String spec() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * As an element of {@link Attribute#activations}: {@code HARD_SIGMOID.spec(0.2, 0.5)} is {@code hard_sigmoid:0.2:0.5}.
     *
     * @param numbers alpha, or alpha and beta; none for the function as it is without them
     * @return its name and the numbers
     * @throws IllegalArgumentException if a number is not finite
     */
    public String spec(double... numbers) {
        StringBuilder said = new StringBuilder(spec());
        for (double number : numbers) {
            said.append(':').append(Attribute.text(number));
        }
        return said.toString();
    }
}
