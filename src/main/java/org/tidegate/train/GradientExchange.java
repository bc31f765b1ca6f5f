package org.tidegate.train;

import org.tidegate.Tensor;

/**
 * What happens to the gradients of a step between the backward pass and the update, before their norm is taken and they are clipped: a sum
 * over several processes, say, each of which trains a copy of the model on its part of the data.
 *
 * <p>The gradient of a loss that is a mean over targets is that of this process's targets. To train as on the joined batch, multiply the
 * gradients by their number, sum gradients and numbers over the processes, and divide the one sum by the other. All processes then make the
 * same update, to the bit if all get the same bits of the sum, and stay alike if they began alike: the same spec and seed, or the same file.
 *
 * <p>Called on the training's thread. A step whose loss is not finite has no call: the training ends with a {@link DivergedException}, so an
 * exchange that waits for others must be able to give up. An exception thrown here ends the training; the step is then not made, and the
 * gradients are cleared.
 */
@FunctionalInterface
public interface GradientExchange {

    /**
     * Changes the gradients of a step.
     *
     * @param gradients of all parameters in one piece, to be read and written in place; see {@link org.tidegate.Session#gradients}
     * @param targets how many targets the losses of this process counted in the step
     */
    void exchange(Tensor gradients, long targets);
}
