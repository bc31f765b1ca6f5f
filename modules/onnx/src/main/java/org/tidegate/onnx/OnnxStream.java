package org.tidegate.onnx;

import java.util.Map;
import org.tidegate.State;
import org.tidegate.task.TaskStream;
import org.tidegate.task.Workers;

/**
 * An imported model whose state is carried from call to call: one stream, or several side by side as the batch, whose number stays. A
 * sequence of length 0 keeps its state. A model whose layers begin with inputs, as where states were left as inputs, carries nothing: each
 * call is one by itself.
 */
public final class OnnxStream extends TaskStream {
    private final Arrangement arrangement;
    private final boolean carries;

    OnnxStream(Arrangement arrangement, Workers workers) {
        super(workers);
        this.arrangement = arrangement;
        carries = !arrangement.beginsWithInputs();
        if (!carries && arrangement.hasContext()) {
            close();
            throw new IllegalStateException("this model keeps the ends of chunks, but its layers begin with inputs: a stream of it would keep"
                    + " only the one. Import it without a context, or with its states carried");
        }
        with(worker -> {
            worker.session().setCarry(carries);
            return null;
        });
    }

    /**
     * Runs the model from the state in which the last call ended.
     *
     * @param inputs as {@link OnnxAnswers#run} takes them; a state that is given stands for the carried one
     * @return the outputs
     * @throws IllegalArgumentException if an input is missing or has another shape
     */
    public Map<String, NdArray> accept(Map<String, NdArray> inputs) {
        return with(worker -> arrangement.run(worker, inputs, carries));
    }

    /** {@return a copy of the carried state} */
    public State state() {
        return with(worker -> worker.session().state());
    }

    /**
     * Continues from a state; the empty one begins anew.
     *
     * @param state the state
     * @throws IllegalArgumentException if it is of another model
     */
    public void setState(State state) {
        with(worker -> {
            worker.session().setState(state);
            return null;
        });
    }
}
