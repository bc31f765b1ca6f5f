/* A network step by step. */
package org.tidegate.server.network;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tidegate.Batch;
import org.tidegate.FrozenModel;
import org.tidegate.Value;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.sequence.SequenceRequest;
import org.tidegate.server.sequence.Steps;

/** Sequences of a network: a request has one step or several of one sequence, and shows the network's last output. */
final class NetworkSteps extends Steps<NetworkRequest> {
    private final Ports ports;
    private final Value output;

    NetworkSteps(FrozenModel model, Ports ports, int capacity, int threads) {
        super(model, ports.last().name(), capacity, threads);
        this.ports = ports;
        output = ports.last();
    }

    @Override
    protected NetworkRequest read(InferenceRequest request) {
        for (InferenceRequest.Output wanted : request.outputs()) {
            if (!wanted.name().equals(output.name()) && !wanted.name().equals(SequenceRequest.STATE)) {
                throw ProtocolException.invalid("a sequence shows '" + output.name() + "' alone; output '" + wanted.name()
                        + "' is there for whole requests, without a sequence_id");
            }
        }
        NetworkRequest read = NetworkRequest.readSteps(ports, output, request);
        if (read.sequences() != 1) {
            throw ProtocolException.invalid("a request of a sequence has the steps of that one; it has " + read.sequences() + " sequences");
        }
        return read;
    }

    @Override
    protected int count(NetworkRequest input) {
        return input.layouts().values().iterator().next().lengths()[0];
    }

    @Override
    protected void feed(Batch target, List<NetworkRequest> inputs, int step) {
        Map<String, Rows.Target> targets = new LinkedHashMap<>();
        inputs.get(0).layouts().keySet().forEach(axis -> target.equalLengths(axis, inputs.size(), 1));
        inputs.get(0).inputs().keySet().forEach(name -> targets.put(name, new Rows.Target(target, ports.inputs().get(name))));
        for (int i = 0; i < inputs.size(); i++) {
            int row = i;
            inputs.get(i).inputs().forEach((name, rows) -> {
                boolean perStep = ports.inputs().get(name).rows() == Value.Rows.PER_STEP;
                rows.copy(perStep ? step : 0, targets.get(name), row, 1);
            });
        }
    }

    @Override
    protected List<InferenceTensor> write(InferenceRequest request, NetworkRequest input, float[] rows) {
        if (!request.wants(output.name())) {
            return List.of();
        }
        int columns = (int) output.columns();
        int count = rows.length / columns;
        ByteBuffer data = NetworkServing.room(count, columns);
        data.asFloatBuffer().put(rows);
        boolean padded = output.rows() == Value.Rows.PER_STEP && input.layouts().get(ports.root(output)).isPadded();
        long[] shape = padded ? new long[] {1, count, columns} : new long[] {count, columns};
        return List.of(new InferenceTensor(output.name(), Datatype.FP32, shape, data));
    }
}
