package org.tidegate.study;

import java.util.SplittableRandom;
import org.tidegate.Model;
import org.tidegate.NodeSpec;

/** The inputs of a model's recurrent layer where they are known one by one: rows of an embedding, one-hot rows, or plain numbers. */
public final class LayerInputs {
    private final float[] table; // [rows, columns] of an embedding, empty for one-hot rows and plain numbers
    private final int rows;      // 0 for plain numbers
    private final int columns;

    private LayerInputs(float[] table, int rows, int columns) {
        this.table = table;
        this.rows = rows;
        this.columns = columns;
    }

    /**
     * {@return the inputs of a layer, without dropout}
     *
     * @param model the model
     * @param layer the name of a recurrent node
     * @throws IllegalArgumentException if there is no such layer, or its inputs are outputs of other layers
     */
    public static LayerInputs of(Model model, String layer) {
        NodeSpec node = model.node(source(GradientFlow.layer(model, layer)));
        while (node.op().equals("dropout")) {
            node = model.node(source(node));
        }
        String name = node.name();
        int columns = (int) model.value(name).columns();
        return switch (node.op()) {
            case "embedding" -> {
                float[] table = model.parameter(name + ".weight").toArray();
                yield new LayerInputs(table, table.length / columns, columns);
            }
            case "one_hot" -> new LayerInputs(new float[0], columns, columns);
            case "input" -> new LayerInputs(new float[0], 0, columns);
            default -> throw new IllegalArgumentException("the layer " + layer + " reads " + name + ", which a node of the kind "
                + node.op() + " makes; expected one that reads an embedding, one_hot or input");
        };
    }

    /** The first input of a node; of a port, its node. */
    private static String source(NodeSpec node) {
        return node.inputs().get(0).replaceFirst("\\..*", "");
    }

    /** {@return the number of different ids; 0 where the inputs are plain numbers} */
    public int ids() {
        return rows;
    }

    /**
     * {@return random sequences {@code [sequences][steps][columns]}: uniformly drawn ids, or normally distributed numbers}
     *
     * @param sequences the number of sequences
     * @param steps the length of a sequence
     * @param seed the seed
     * @throws IllegalArgumentException if a number is not positive
     */
    public float[][][] random(int sequences, int steps, long seed) {
        check(sequences, steps);
        SplittableRandom random = new SplittableRandom(seed);
        float[][][] made = new float[sequences][steps][];
        for (float[][] sequence : made) {
            for (int t = 0; t < steps; t++) {
                sequence[t] = rows > 0 ? row(random.nextInt(rows)) : normal(random);
            }
        }
        return made;
    }

    /**
     * {@return sequences {@code [sequences][steps][columns]}, cut from a long one at equal distances; fewer if it is too short for all}
     *
     * @param ids the ids of the long sequence
     * @param sequences the maximum number of sequences
     * @param steps the length of a sequence
     * @throws IllegalArgumentException if the inputs are no ids, an id is out of range, there are too few for one sequence, or a number is
     *     not positive
     */
    public float[][][] of(int[] ids, int sequences, int steps) {
        check(sequences, steps);
        int count = Math.min(sequences, ids.length / steps);
        if (rows == 0 || count == 0) {
            throw new IllegalArgumentException(rows == 0 ? "the layer reads numbers, not ids"
                : "got " + ids.length + " ids; expected at least " + steps + ", the steps of a sequence");
        }
        float[][][] cut = new float[count][steps][];
        for (int s = 0; s < count; s++) {
            for (int t = 0; t < steps; t++) {
                cut[s][t] = row(ids[(int) ((long) s * (ids.length - steps) / Math.max(count - 1, 1)) + t]);
            }
        }
        return cut;
    }

    private static void check(int sequences, int steps) {
        Checks.positive("sequences", sequences);
        Checks.positive("steps", steps);
    }

    private float[] row(int id) {
        if (id < 0 || id >= rows) {
            throw new IllegalArgumentException("the id " + id + " is none of the layer's 0 to " + (rows - 1));
        }
        float[] row = new float[columns];
        if (table.length == 0) {
            row[id] = 1;
        } else {
            System.arraycopy(table, id * columns, row, 0, columns);
        }
        return row;
    }

    private float[] normal(SplittableRandom random) {
        float[] row = new float[columns];
        for (int c = 0; c < columns; c++) {
            row[c] = (float) random.nextGaussian();
        }
        return row;
    }
}
