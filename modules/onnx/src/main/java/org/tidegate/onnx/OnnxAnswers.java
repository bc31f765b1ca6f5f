package org.tidegate.onnx;

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

    /** {@return a stream, which carries the state from call to call} The caller closes it. */
    public OnnxStream stream() {
        return new OnnxStream(arrangement, workers());
    }
}
