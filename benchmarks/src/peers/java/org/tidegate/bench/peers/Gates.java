package org.tidegate.bench.peers;

/** Weights in another order of gates. */
final class Gates {
    private Gates() {
    }

    /** Blocks of rows in a new order: block i of the result is block {@code order[i]} of the values. */
    static float[] permute(float[] values, int... order) {
        int block = values.length / order.length;
        float[] permuted = new float[values.length];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(values, order[i] * block, permuted, i * block, block);
        }
        return permuted;
    }

    /** A matrix {@code [rows, columns]} as {@code [columns, rows]}. */
    static float[] transpose(float[] values, int rows) {
        int columns = values.length / rows;
        float[] transposed = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = values[row * columns + column];
            }
        }
        return transposed;
    }

    /** The sums of two vectors. */
    static float[] add(float[] a, float[] b) {
        float[] sums = new float[a.length];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = a[i] + b[i];
        }
        return sums;
    }

    /** One after the other. */
    static float[] concat(float[]... parts) {
        int length = 0;
        for (float[] part : parts) {
            length += part.length;
        }
        float[] all = new float[length];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
