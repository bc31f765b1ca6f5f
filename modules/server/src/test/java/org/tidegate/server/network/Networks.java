/* Networks for tests, and what they answer by themselves. */
package org.tidegate.server.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;

/** Small networks of several kinds. */
public final class Networks {
    /** Two columns of reals; the loss and its targets are not served. */
    public static final String CURVE = """
            x = input axis=time cols=2
            target = input axis=time cols=3
            h = recurrent x cell=gru size=5
            y = linear h cols=3
            loss = mse y target
            """;
    /** Ids, and one column. */
    public static final String WORDS = """
            words = ids axis=text
            e = embedding words rows=10 cols=4
            h = recurrent e cell=lstm size=6
            y = linear h cols=1
            """;
    /** A row for each sequence goes in beside the steps, and one comes out. */
    static final String MIXED = """
            x = input axis=time cols=1
            who = input axis=time cols=5 per=sequence
            h = recurrent x cell=gru size=5 h0=who
            y = linear h.h_n cols=2
            steps = linear h cols=2
            """;
    /** Pairs of steps. */
    public static final String PAIRS = """
            x = input axis=time cols=2
            pairs = frames x size=2
            h = recurrent pairs cell=gru size=4
            y = linear h cols=2
            """;
    /** Two axes. */
    static final String TWO = """
            source = input axis=source cols=2
            target = input axis=target cols=2
            a = recurrent source cell=gru size=4
            b = recurrent target cell=gru size=4 h0=a.h_n
            y = linear b cols=2
            """;

    private Networks() {}

    /** The network with parameters by chance. */
    public static FrozenModel frozen(String spec, Precision precision) {
        try (Model model = Model.of(spec, 7)) {
            return model.freeze(precision);
        }
    }

    /** A request of all outputs. */
    public static InferenceRequest request(InferenceTensor... inputs) {
        return new InferenceRequest("m", "", "", Map.of(), List.of(inputs), List.of());
    }

    /** A request of some outputs. */
    public static InferenceRequest request(List<String> outputs, InferenceTensor... inputs) {
        return new InferenceRequest("m", "", "", Map.of(), List.of(inputs),
                outputs.stream().map(name -> new InferenceRequest.Output(name, Map.of())).toList());
    }

    /** Numbers by chance. */
    public static float[] floats(Random random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat() * 2 - 1;
        }
        return numbers;
    }

    /** A tensor's bytes as floats. */
    public static float[] floats(InferenceTensor tensor) {
        return tensor.floats();
    }

    /** Little-endian room. */
    static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What a serving answers to requests that run together. */
    static List<List<InferenceTensor>> together(NetworkServing serving, List<InferenceRequest> requests) {
        List<NetworkServing.Read> read = requests.stream().map(serving::read).toList();
        List<NetworkServing.Found> found = serving.run(read);
        List<List<InferenceTensor>> answers = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            answers.add(serving.write(requests.get(i), read.get(i), found.get(i)));
        }
        return answers;
    }
}
