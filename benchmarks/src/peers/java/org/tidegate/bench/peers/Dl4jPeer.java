/* DL4J. */
package org.tidegate.bench.peers;

import java.util.Map;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.bench.TidegatePeer;
import org.tidegate.bench.work.Contender;
import org.tidegate.bench.work.Kind;
import org.tidegate.bench.work.LayerWeights;
import org.tidegate.bench.work.Peer;
import org.tidegate.bench.work.Recurrent;
import org.tidegate.bench.work.RecurrentProblem;

/** A MultiLayerNetwork: rnnTimeStep, output, fit. It has no GRU. Arrays are {@code [B, columns, T]}, batch fastest, as it stores them. */
public final class Dl4jPeer implements Peer {
    private static final double WEIGHT_DECAY = 0.01;

    @Override
    public String name() {
        return "DL4J";
    }

    @Override
    public boolean supports(Recurrent work) {
        return work.precision() == Precision.FLOAT32 && !work.ragged() && work.threads() == 1
            && (work.kind() != Kind.STREAM || work.batch() == 1) && (work.cell() == Cell.LSTM || work.cell() == Cell.RNN);
    }

    @Override
    public Contender prepare(RecurrentProblem problem) {
        return new Network(problem);
    }

    private static final class Network implements Contender {
        private final Recurrent work;
        private final MultiLayerNetwork network;
        private final float[] input;
        private final INDArray x;
        private final INDArray targets;
        private INDArray y;
        private int step;

        Network(RecurrentProblem problem) {
            work = problem.work();
            input = problem.input();
            network = network(problem);
            x = work.kind() == Kind.STREAM ? Nd4j.create(new int[] {1, work.inputSize(), 1}, 'f') : timeLast(input, work.inputSize());
            targets = work.kind() == Kind.TRAIN ? timeLast(problem.targets(), work.outputColumns()) : null;
        }

        private MultiLayerNetwork network(RecurrentProblem problem) {
            NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder().updater(new Adam(TidegatePeer.LEARNING_RATE))
                .weightDecay(WEIGHT_DECAY).gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(TidegatePeer.CLIP_NORM).list();
            for (int layer = 0; layer < work.layers(); layer++) {
                layers.layer(recurrent(work.inputOf(layer)));
            }
            layers.layer(new RnnLossLayer.Builder(LossFunctions.LossFunction.MSE).activation(Activation.IDENTITY).build());
            MultiLayerNetwork built = new MultiLayerNetwork(layers.build());
            built.init();
            for (int layer = 0; layer < work.layers(); layer++) {
                for (int direction = 0; direction < work.directions(); direction++) {
                    LayerWeights weights = problem.weights(layer, direction);
                    Map<String, INDArray> table = built.getLayer(layer).paramTable();
                    String prefix = !work.bidirectional() ? "" : direction == 0 ? "f" : "b";
                    int rows = work.gates() * work.hiddenSize();
                    float[] bias = Gates.add(weights.biasIh(), weights.biasHh());
                    table.get(prefix + "W").assign(matrix(weights.weightIh(), rows).transpose());
                    table.get(prefix + "RW").assign(matrix(weights.weightHh(), rows).transpose());
                    table.get(prefix + "b").assign(matrix(bias, 1));
                }
            }
            return built;
        }

        private INDArray matrix(float[] values, int rows) {
            return Nd4j.createFromArray(inOrder(values)).reshape(rows, values.length / rows);
        }

        private Layer recurrent(int columns) {
            BaseRecurrentLayer layer = work.cell() == Cell.LSTM
                ? new LSTM.Builder().nIn(columns).nOut(work.hiddenSize()).activation(Activation.TANH)
                    .gateActivationFunction(Activation.SIGMOID).build()
                : new SimpleRnn.Builder().nIn(columns).nOut(work.hiddenSize()).activation(Activation.TANH).build();
            return work.bidirectional() ? new Bidirectional(Bidirectional.Mode.CONCAT, layer) : layer;
        }

        /** DL4J orders the gates g f o i. */
        private float[] inOrder(float[] values) {
            return work.cell() == Cell.LSTM ? Gates.permute(values, 2, 1, 3, 0) : values;
        }

        /** {@code [T, B, columns]} as {@code [B, columns, T]}. */
        private INDArray timeLast(float[] values, int columns) {
            return Nd4j.createFromArray(values).reshape(work.steps(), work.batch(), columns).permute(1, 2, 0).dup('f');
        }

        @Override
        public void run() {
            switch (work.kind()) {
                case STREAM -> {
                    x.data().setData(rowAt(step));
                    step++;
                    y = network.rnnTimeStep(x);
                }
                case FORWARD -> y = network.output(x);
                case TRAIN -> network.fit(x, targets);
            }
        }

        private float[] rowAt(int call) {
            float[] row = new float[work.inputSize()];
            System.arraycopy(input, call % RecurrentProblem.STREAM_STEPS * row.length, row, 0, row.length);
            return row;
        }

        @Override
        public float[] output() {
            return y.permute(2, 0, 1).dup('c').data().asFloat();
        }

        @Override
        public float[] gradients() {
            network.setInput(x);
            network.setLabels(targets);
            network.computeGradientAndScore();
            Map<String, INDArray> table = network.gradient().gradientForVariable();
            float[][] parts = new float[2 * work.layers()][];
            for (int layer = 0; layer < work.layers(); layer++) {
                parts[2 * layer] = fromOrder(table.get(layer + "_W"));
                parts[2 * layer + 1] = fromOrder(table.get(layer + "_RW"));
            }
            float[] all = Gates.concat(parts);
            // Its loss is the mean over columns only.
            for (int i = 0; i < all.length; i++) {
                all[i] /= (float) work.steps() * work.batch();
            }
            return all;
        }

        private float[] fromOrder(INDArray gradient) {
            float[] values = gradient.transpose().dup('c').data().asFloat();
            return work.cell() == Cell.LSTM ? Gates.permute(values, 3, 1, 0, 2) : values;
        }

        @Override
        public String note() {
            return work.kind() == Kind.TRAIN ? "fit with Adam, weight decay and clipping by layer" : "";
        }

        @Override
        public void close() {
            network.close();
        }
    }
}
