/* The textbook recurrences in double: the oracle for everybody's outputs. */
package org.tidegate.bench.work;

import java.util.Arrays;

/** Computes single sequences of a problem in double precision, one scalar product after the other. */
public final class Reference {
    private Reference() {
    }

    /** The outputs {@code [T, D*H]} of one sequence from a state of zeros, over as many steps of the input. */
    public static double[] outputs(RecurrentProblem problem, int sequence, int steps) {
        Recurrent work = problem.work();
        int batch = work.batch();
        double[] rows = new double[steps * work.inputSize()];
        int available = problem.input().length / (batch * work.inputSize());
        for (int t = 0; t < steps; t++) {
            for (int c = 0; c < work.inputSize(); c++) {
                rows[t * work.inputSize() + c] = problem.input()[((t % available) * batch + sequence) * work.inputSize() + c];
            }
        }
        for (int layer = 0; layer < work.layers(); layer++) {
            double[] outputs = new double[steps * work.outputColumns()];
            for (int direction = 0; direction < work.directions(); direction++) {
                scan(work, problem.weights(layer, direction), rows, steps, direction, outputs);
            }
            rows = outputs;
        }
        return rows;
    }

    private static void scan(Recurrent work, LayerWeights weights, double[] rows, int steps, int direction, double[] outputs) {
        int h = work.hiddenSize();
        double[] hidden = new double[h];
        double[] cellState = new double[h];
        double[] fromInput = new double[work.gates() * h];
        double[] fromHidden = new double[work.gates() * h];
        for (int i = 0; i < steps; i++) {
            int t = direction == 0 ? i : steps - 1 - i;
            double[] x = Arrays.copyOfRange(rows, t * weights.inputSize(), (t + 1) * weights.inputSize());
            product(weights.weightIh(), weights.biasIh(), x, fromInput);
            product(weights.weightHh(), weights.biasHh(), hidden, fromHidden);
            step(work, fromInput, fromHidden, hidden, cellState);
            System.arraycopy(hidden, 0, outputs, t * work.outputColumns() + direction * h, h);
        }
    }

    private static void step(Recurrent work, double[] a, double[] b, double[] hidden, double[] cellState) {
        int h = work.hiddenSize();
        switch (work.cell()) {
            case RNN -> {
                for (int j = 0; j < h; j++) {
                    hidden[j] = Math.tanh(a[j] + b[j]);
                }
            }
            case LSTM -> {
                for (int j = 0; j < h; j++) {
                    double i = sigmoid(a[j] + b[j]);
                    double f = sigmoid(a[h + j] + b[h + j]);
                    double g = Math.tanh(a[2 * h + j] + b[2 * h + j]);
                    double o = sigmoid(a[3 * h + j] + b[3 * h + j]);
                    cellState[j] = f * cellState[j] + i * g;
                    hidden[j] = o * Math.tanh(cellState[j]);
                }
            }
            case GRU -> {
                for (int j = 0; j < h; j++) {
                    double r = sigmoid(a[j] + b[j]);
                    double z = sigmoid(a[h + j] + b[h + j]);
                    double n = Math.tanh(a[2 * h + j] + r * b[2 * h + j]);
                    hidden[j] = (1 - z) * n + z * hidden[j];
                }
            }
            default -> throw new IllegalArgumentException("The reference has no cell " + work.cell() + ".");
        }
    }

    private static void product(float[] weight, float[] bias, double[] x, double[] y) {
        for (int row = 0; row < y.length; row++) {
            double sum = bias[row];
            for (int c = 0; c < x.length; c++) {
                sum += weight[row * x.length + c] * x[c];
            }
            y[row] = sum;
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
