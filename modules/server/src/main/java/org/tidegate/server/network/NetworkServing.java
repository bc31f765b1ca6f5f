/* A network by itself. */
package org.tidegate.server.network;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Session;
import org.tidegate.Value;
import org.tidegate.server.model.Serving;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ModelMetadata.TensorMetadata;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.sequence.Steps;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;

/**
 * A model whose file names no task: tensors in, tensors out. An input per step is {@code [N, T, C]}, N sequences padded to T steps, or
 * {@code [R, C]}, one sequence after another; {@code AXIS.lengths} [N] has their lengths, which of padded ones may be left out. An output
 * is as its inputs are, 0 where a sequence has no step. Nothing of the padding is computed.
 */
public final class NetworkServing implements Serving<NetworkServing.Read, NetworkServing.Found> {
    private final Workers workers;
    private final Ports ports;

    /** What is read of a request. */
    public static final class Read {
        private final NetworkRequest request;

        Read(NetworkRequest request) {
            this.request = request;
        }
    }

    /**
     * What is found for it.
     *
     * @param outputs the outputs that it wants
     * @param failure why there are none; else null
     */
    public record Found(List<InferenceTensor> outputs, IllegalArgumentException failure) {}

    /**
     * Serves a network.
     *
     * @param model owned by this object from now on, also where this fails
     * @throws IllegalArgumentException if it has no output
     */
    public NetworkServing(FrozenModel model) {
        workers = new Workers(model, 1);
        try {
            ports = new Ports(model);
        } catch (RuntimeException e) {
            workers.close();
            throw e;
        }
    }

    @Override
    public String kind() {
        return "network";
    }

    @Override
    public List<TensorMetadata> inputs() {
        return ports.inputMetadata();
    }

    @Override
    public List<TensorMetadata> outputs() {
        return ports.outputMetadata();
    }

    @Override
    public Map<String, String> properties() {
        return Map.of("precision", workers.model().precision().name().toLowerCase(Locale.ROOT));
    }

    @Override
    public Read read(InferenceRequest request) {
        List<Value> wanted = ports.outputs().values().stream().filter(output -> request.wants(output.name())).toList();
        return new Read(NetworkRequest.read(ports, wanted, request));
    }

    @Override
    public Steps<?> steps(int capacity, int threads) {
        return new NetworkSteps(workers.model(), ports, capacity, threads);
    }

    @Override
    public int size(Read input) {
        return input.request.sequences();
    }

    @Override
    public Object group(Read input) {
        return input.request.inputs().keySet();
    }

    @Override
    public List<Found> run(List<Read> inputs) {
        try {
            return workers.with(worker -> run(worker, inputs.stream().map(input -> input.request).toList()));
        } catch (IllegalArgumentException e) { // an id that the network does not have: the others' answers are right
            return inputs.size() == 1 ? List.of(new Found(List.of(), e))
                    : inputs.stream().flatMap(input -> run(List.of(input)).stream()).toList();
        }
    }

    private List<Found> run(Worker worker, List<NetworkRequest> requests) {
        feed(worker.batch(), requests);
        worker.session().forward(worker.batch());
        Map<String, PackedRows> packed = new LinkedHashMap<>();
        Map<String, int[]> lengths = new LinkedHashMap<>();
        List<Found> found = new ArrayList<>(requests.size());
        int first = 0;
        for (NetworkRequest request : requests) {
            List<InferenceTensor> outputs = new ArrayList<>(request.outputs().size());
            for (Value output : request.outputs()) {
                String axis = Ports.axis(output);
                int[] all = lengths.computeIfAbsent(axis, worker.session()::lengths);
                PackedRows rows = packed.computeIfAbsent(axis, key -> new PackedRows(all));
                outputs.add(output(worker.session(), output, request, first, all, rows));
            }
            found.add(new Found(outputs, null));
            first += request.sequences();
        }
        return found;
    }

    /** The sequences of all requests as one batch. */
    private void feed(Batch batch, List<NetworkRequest> requests) {
        Map<String, PackedRows> packed = new LinkedHashMap<>();
        for (String axis : requests.get(0).layouts().keySet()) {
            int[] lengths = requests.stream().flatMapToInt(request -> Arrays.stream(request.layouts().get(axis).lengths())).toArray();
            batch.lengths(axis, lengths);
            packed.put(axis, new PackedRows(lengths));
        }
        for (String name : requests.get(0).inputs().keySet()) {
            Value input = ports.inputs().get(name);
            Rows.Target target = new Rows.Target(batch, input);
            int first = 0;
            for (NetworkRequest request : requests) {
                Layout layout = request.layouts().get(Ports.axis(input));
                if (input.rows() == Value.Rows.PER_STEP) {
                    feed(request.inputs().get(name), layout, target, packed.get(Ports.axis(input)), first);
                } else {
                    request.inputs().get(name).copy(0, target, first, layout.sequences());
                }
                first += layout.sequences();
            }
        }
    }

    private static void feed(Rows rows, Layout layout, Rows.Target target, PackedRows packed, int first) {
        int from = 0;
        for (int s = 0; s < layout.sequences(); s++) {
            int length = layout.lengths()[s];
            for (int t = 0; t < length; t++) {
                rows.copy(from + t, target, packed.at(first + s, t), 1);
            }
            from += layout.isPadded() ? layout.padded() : length;
        }
    }

    private InferenceTensor output(Session session, Value output, NetworkRequest request, int first, int[] lengths, PackedRows packed) {
        int columns = (int) output.columns();
        FloatBuffer from = session.output(output.name()).buffer();
        if (output.rows() == Value.Rows.PER_SEQUENCE) {
            ByteBuffer data = room(request.sequences(), columns);
            data.asFloatBuffer().put(0, from, first * columns, request.sequences() * columns);
            return new InferenceTensor(output.name(), Datatype.FP32, new long[] {request.sequences(), columns}, data);
        }
        Layout layout = layout(output, request, Arrays.copyOfRange(lengths, first, first + request.sequences()));
        ByteBuffer data = room(layout.rows(), columns);
        FloatBuffer to = data.asFloatBuffer();
        int row = 0;
        for (int s = 0; s < layout.sequences(); s++) {
            int length = layout.lengths()[s];
            for (int t = 0; t < length; t++) {
                to.put((row + t) * columns, from, packed.at(first + s, t) * columns, columns);
            }
            row += layout.isPadded() ? layout.padded() : length;
        }
        return new InferenceTensor(output.name(), Datatype.FP32, layout.shape(columns), data);
    }

    /** Of the output's axis; of one of windows in the form of the axis that these are over. */
    private Layout layout(Value output, NetworkRequest request, int[] lengths) {
        Layout root = request.layouts().get(ports.root(output));
        return ports.root(output).equals(Ports.axis(output)) ? root : root.with(lengths);
    }

    static ByteBuffer room(int rows, int columns) {
        return ByteBuffer.allocate(Math.multiplyExact(Math.multiplyExact(rows, columns), Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public List<InferenceTensor> write(InferenceRequest request, Read input, Found output) {
        if (output.failure() != null) {
            throw ProtocolException.invalid(output.failure().getMessage());
        }
        return output.outputs();
    }

    @Override
    public long bytes() {
        return workers.bytes();
    }

    @Override
    public void close() {
        workers.close();
    }
}
