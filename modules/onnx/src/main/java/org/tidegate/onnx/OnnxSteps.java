package org.tidegate.onnx;

import java.util.List;
import java.util.Map;
import org.tidegate.Batch;

/**
 * Between arrays in the shapes of a file and the steps of {@link org.tidegate.Streams} over its network, for many sequences side by side.
 * Immutable, for all threads.
 *
 * <pre>{@code
 * OnnxSteps steps = answers.steps();
 * Streams streams = answers.model().newStreams(steps.value(), 10_000);
 * steps.feed(batch.clear(), List.of(annsInputs, bobsInputs), 0);
 * FloatBuffer rows = streams.step(LongBuffer.wrap(new long[] {ann, bob}), batch);
 * }</pre>
 */
public final class OnnxSteps {
    private final Arrangement arrangement;
    private final String value;

    OnnxSteps(Arrangement arrangement, OnnxSignature signature) {
        this.arrangement = arrangement;
        value = signature.outputs().get(0).parts().get(0).value();
    }

    /** {@return the value that steps show: where the file's first output lies} */
    public String value() {
        return value;
    }

    /** {@return the names of the outputs that lie in it} Others a step does not show. */
    public List<String> outputs() {
        return arrangement.within(value).stream().map(OnnxSignature.Port::name).toList();
    }

    /**
     * Checks a call of one sequence.
     *
     * @param inputs as {@link OnnxAnswers#run(Map)} takes them, without states
     * @return how many steps it has, at least one
     * @throws IllegalArgumentException if an input is missing or has another shape, a state is given, or there is not one sequence
     */
    public int count(Map<String, NdArray> inputs) {
        if (arrangement.givesStates(inputs)) {
            throw new IllegalArgumentException("a step goes on from the state of its sequence; it takes no other one");
        }
        return arrangement.steps(inputs);
    }

    /**
     * Gives a batch one step of some calls.
     *
     * @param batch receives a sequence of one step for each
     * @param inputs of each call, checked by {@link #count}
     * @param step which of its steps, from 0 on
     */
    public void feed(Batch batch, List<Map<String, NdArray>> inputs, int step) {
        arrangement.feedStep(batch, inputs, step);
    }

    /**
     * {@return the outputs of a call, of those in {@link #outputs()}}
     *
     * @param rows what its steps showed, row after row
     */
    public Map<String, NdArray> outputs(float[] rows) {
        return arrangement.outputs(value, rows);
    }
}
