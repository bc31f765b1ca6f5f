/* How one optimizer step is made. */
package org.tidegate;

import java.util.Objects;

/**
 * The settings of one optimizer step.
 *
 * @param learningRate at least 0; 0 leaves the parameters as they are
 * @param clipNorm all gradients are scaled by min(1, clipNorm / (norm + 1e-6)), where norm is their global norm; 0 for off
 * @param clipValue then every gradient is limited to plus or minus this; 0 for off
 * @param norm which norm that is
 */
public record Update(double learningRate, double clipNorm, double clipValue, GradientNorm norm) {

    /**
     * The settings of a step.
     *
     * @param learningRate 0 or more
     * @param clipNorm 0 or more
     * @param clipValue 0 or more
     * @param norm the norm to clip by
     * @throws IllegalArgumentException if one is negative or not finite
     */
    public Update {
        check("learning rate", learningRate);
        check("clip norm", clipNorm);
        check("clip value", clipValue);
        Objects.requireNonNull(norm, "norm");
    }

    /**
     * {@return a step with that learning rate, without clipping; its norm is the Euclidean one}
     *
     * @param learningRate 0 or more
     */
    public static Update of(double learningRate) {
        return new Update(learningRate, 0, 0, GradientNorm.L2);
    }

    /**
     * {@return the same with gradients scaled down to a global norm; 0 for off}
     *
     * @param norm 0 or more
     */
    public Update clipNorm(double norm) {
        return new Update(learningRate, norm, clipValue, this.norm);
    }

    /**
     * {@return the same with every gradient limited to plus or minus a value; 0 for off}
     *
     * @param value 0 or more
     */
    public Update clipValue(double value) {
        return new Update(learningRate, clipNorm, value, norm);
    }

    /**
     * {@return the same with another norm, which is limited and reported}
     *
     * @param kind the norm
     */
    public Update norm(GradientNorm kind) {
        return new Update(learningRate, clipNorm, clipValue, kind);
    }

    private static void check(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("The " + name + " is " + value + "; it must be a number from 0 on.");
        }
    }
}
