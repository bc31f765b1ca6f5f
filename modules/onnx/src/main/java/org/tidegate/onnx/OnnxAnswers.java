package org.tidegate.onnx;

import java.util.List;
import java.util.Map;
import org.tidegate.task.Answers;
import org.tidegate.task.Workers;

/** An imported model that answers with arrays in the shapes of its ONNX file, for any number of threads. */
public final class OnnxAnswers extends Answers<OnnxReading> {
    private final Arrangement arrangement;

    OnnxAnswers(OnnxReading reading, Workers workers) {
        super(reading, workers);
        arrangement = new Arrangement(workers.model(), reading.signature());
    }

    /**
     * Runs the model once. Padded sequences go in and come out; lengths, where the file has them, say how much of each is meant, and what lies
     * behind comes out as 0. Sequences of length 0 are taken out and put back; their outputs are 0.
     *
     * @param inputs the inputs of the file by their names, but for those that were bound; states that a session carries may be left out, and
     *     are then 0
     * @return its outputs by their names, but for states that a session carries
     * @throws IllegalArgumentException if an input is missing or has another shape
     */
    public Map<String, NdArray> run(Map<String, NdArray> inputs) {
        return with(worker -> arrangement.run(worker, inputs));
    }

    /**
     * Runs calls that know nothing of each other as one batch, without padding: what {@link #run(Map)} gives for each, bit for bit. Calls that
     * give states run one after another.
     *
     * @param calls the inputs of each, as {@link #run(Map)} takes them
     * @return the outputs of each
     * @throws IllegalArgumentException if an input of one of them is missing or has another shape; then none ran
     */
    public List<Map<String, NdArray>> run(List<Map<String, NdArray>> calls) {
        if (calls.stream().anyMatch(arrangement::givesStates)) {
            return calls.stream().map(this::run).toList();
        }
        return calls.isEmpty() ? List.of() : with(worker -> arrangement.runTogether(worker, calls));
    }

    /**
     * Checks the shapes of a call.
     *
     * @param inputs as {@link #run(Map)} takes them
     * @return how many sequences it has
     * @throws IllegalArgumentException if an input is missing or has another shape
     */
    public int sequences(Map<String, NdArray> inputs) {
        return arrangement.count(inputs);
    }

    /** {@return whether a call gives states for the session's to begin with} */
    public boolean givesStates(Map<String, NdArray> inputs) {
        return arrangement.givesStates(inputs);
    }

    /** {@return how arrays become steps of {@link org.tidegate.Streams}, and these arrays} */
    public OnnxSteps steps() {
        return new OnnxSteps(arrangement, reading().signature());
    }

    /** {@return a stream, which carries the state from call to call} The caller closes it. */
    public OnnxStream stream() {
        return new OnnxStream(arrangement, workers());
    }
}
