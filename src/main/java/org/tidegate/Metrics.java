/* What came out of a call. */
package org.tidegate;

/**
 * The numbers of a forward call, an update or a training step.
 *
 * @param loss the sum of the graph's losses in nats or squared units, as the nodes reduce them; 0 if none was evaluated
 * @param targets how many targets the losses counted; ignored ones are not
 * @param gradientNorm the global norm of the gradients before clipping, of {@link Update#norm}'s kind; 0 where none were computed
 */
public record Metrics(double loss, long targets, double gradientNorm) {

    /** {@return whether the loss and the gradient norm are finite; where one is not, nothing was changed} */
    public boolean isFinite() {
        return Double.isFinite(loss) && Double.isFinite(gradientNorm);
    }
}
