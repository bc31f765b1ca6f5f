/* oneDNN through its JavaCPP preset. */
package org.tidegate.bench.peers;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_ITER_C;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_LAYER;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.rnn_primitive_desc_base;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Kind;
import org.tidegate.bench.work.Peer;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;

/** Weights are brought into the layout that the kernel chooses before the timing; a call executes primitives, nothing else. */
public final class DnnlPeer implements Peer {
    @Override
    public String name() {
        return "oneDNN";
    }

    @Override
    public boolean supports(Recurrent work) {
        boolean onePrimitive = work.layers() == 1 || work.inputSize() == work.hiddenSize() && !work.bidirectional();
        boolean reducedStream = work.kind() == Kind.STREAM && work.cell() == Cell.LSTM;
        return (work.precision() == Precision.FLOAT32 || reducedStream) && !work.ragged() && work.threads() == 1
            && (work.kind() != Kind.TRAIN || onePrimitive);
    }

    @Override
    public Contender prepare(RecurrentProblem problem) {
        return switch (problem.work().kind()) {
            case STREAM -> new DnnlStream(problem);
            case FORWARD -> new Forward(problem);
            case TRAIN -> new Training(problem);
        };
    }

    private static final class Forward implements Contender {
        private final List<primitive> primitives = new ArrayList<>();
        private final List<IntMemoryMap> arguments = new ArrayList<>();
        private memory y;

        Forward(RecurrentProblem problem) {
            Recurrent work = problem.work();
            boolean together = work.inputSize() == work.hiddenSize() && !work.bidirectional();
            int count = together ? work.layers() : 1;
            memory source = null;
            for (int first = 0; first < work.layers(); first += count) {
                DnnlLayers layers = new DnnlLayers(problem, first, count, false);
                rnn_primitive_desc_base desc = layers.forward(prop_kind.forward_inference);
                IntMemoryMap map = new IntMemoryMap();
                layers.putWeights(desc, map);
                y = DnnlMemory.zeros(layers.target());
                map.put(DNNL_ARG_SRC_LAYER, source == null ? DnnlMemory.of(layers.source(), problem.input()) : source);
                map.put(DNNL_ARG_DST_LAYER, y);
                source = y;
                primitives.add(new primitive(desc));
                arguments.add(map);
            }
        }

        @Override
        public void run() {
            for (int i = 0; i < primitives.size(); i++) {
                primitives.get(i).execute(DnnlMemory.STREAM, arguments.get(i));
            }
        }

        @Override
        public float[] output() {
            return DnnlMemory.copy(y);
        }

        @Override
        public void close() {
            primitives.forEach(primitive::close);
            arguments.forEach(IntMemoryMap::close);
            y.close();
        }
    }

    /** The gradient at the output is the loss's at the weights given, computed once. */
    private static final class Training implements Contender {
        private final DnnlLayers layers;
        private final primitive forward;
        private final primitive backward;
        private final IntMemoryMap forwardArguments = new IntMemoryMap();
        private final IntMemoryMap backwardArguments = new IntMemoryMap();
        private final memory y;
        private final memory dy;
        private final memory gradientLayer;
        private final memory gradientIter;
        private final float[] targets;

        Training(RecurrentProblem problem) {
            // Without a given state its LSTM leaves garbage in the gradient of weight_hh, so the zeros are given.
            layers = new DnnlLayers(problem, 0, problem.work().layers(), true);
            targets = problem.targets();
            rnn_primitive_desc_base forwardDesc = layers.forward(prop_kind.forward_training);
            rnn_primitive_desc_base backwardDesc = layers.backward(forwardDesc);
            forward = new primitive(forwardDesc);
            backward = new primitive(backwardDesc);
            memory x = DnnlMemory.of(layers.source(), problem.input());
            y = DnnlMemory.zeros(layers.target());
            dy = DnnlMemory.zeros(layers.target());
            gradientLayer = DnnlMemory.zeros(backwardDesc.diff_weights_layer_desc());
            gradientIter = DnnlMemory.zeros(backwardDesc.diff_weights_iter_desc());
            memory workspace = DnnlMemory.zeros(forwardDesc.workspace_desc());
            layers.putWeights(forwardDesc, forwardArguments);
            layers.putWeights(backwardDesc, backwardArguments);
            for (IntMemoryMap arguments : List.of(forwardArguments, backwardArguments)) {
                arguments.put(DNNL_ARG_SRC_LAYER, x).put(DNNL_ARG_DST_LAYER, y).put(DNNL_ARG_WORKSPACE, workspace);
            }
            // The last states are an output of the forward pass and an input of the backward pass.
            putStates(List.of(forwardArguments, backwardArguments), DNNL_ARG_SRC_ITER, DNNL_ARG_SRC_ITER_C, DNNL_ARG_DST_ITER,
                DNNL_ARG_DST_ITER_C);
            putStates(List.of(backwardArguments), DNNL_ARG_DIFF_SRC_ITER, DNNL_ARG_DIFF_SRC_ITER_C, DNNL_ARG_DIFF_DST_ITER,
                DNNL_ARG_DIFF_DST_ITER_C);
            backwardArguments.put(DNNL_ARG_DIFF_SRC_LAYER, DnnlMemory.zeros(layers.source()))
                .put(DNNL_ARG_DIFF_WEIGHTS_LAYER, gradientLayer).put(DNNL_ARG_DIFF_WEIGHTS_ITER, gradientIter)
                .put(DNNL_ARG_DIFF_BIAS, DnnlMemory.zeros(layers.plainBias())).put(DNNL_ARG_DIFF_DST_LAYER, dy);
        }

        private void putStates(List<IntMemoryMap> maps, int... names) {
            for (int name : names) {
                memory zeros = DnnlMemory.zeros(layers.state());
                maps.forEach(arguments -> arguments.put(name, zeros));
            }
        }

        @Override
        public void run() {
            forward.execute(DnnlMemory.STREAM, forwardArguments);
            backward.execute(DnnlMemory.STREAM, backwardArguments);
        }

        @Override
        public float[] output() {
            return DnnlMemory.copy(y);
        }

        @Override
        public float[] gradients() {
            forward.execute(DnnlMemory.STREAM, forwardArguments);
            float[] outputs = output();
            float[] loss = new float[outputs.length];
            for (int i = 0; i < loss.length; i++) {
                loss[i] = 2 * (outputs[i] - targets[i]) / loss.length;
            }
            DnnlMemory.floats(dy).put(loss);
            backward.execute(DnnlMemory.STREAM, backwardArguments);
            return layers.gradients(gradientLayer, gradientIter);
        }

        @Override
        public String note() {
            return "forward and backward only: no loss, no clipping, no optimizer, weights packed beforehand";
        }

        @Override
        public void close() {
            List.of(forward, backward).forEach(primitive::close);
            List.of(forwardArguments, backwardArguments).forEach(IntMemoryMap::close);
            List.of(y, dy, gradientLayer, gradientIter).forEach(memory::close);
        }
    }
}
