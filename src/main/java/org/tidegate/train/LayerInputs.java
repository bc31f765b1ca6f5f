package org.tidegate.train;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tidegate.Model;

/**
 * What a recurrent layer of a model reads where its inputs are known one by one: rows of an embedding, one-hot rows, or plain numbers.
 */
public final class LayerInputs {
    private static final Pattern NODE = Pattern.compile("(?m)^(\\w+) = (\\w+)(?: ([^=\\s]+)(?= |$))?.*$");

    private final float[] table; // [rows, columns] of an embedding, empty for one-hot rows and plain numbers
    private final int rows;      // 0 for plain numbers
    private final int columns;

    private LayerInputs(float[] table, int rows, int columns) {
        this.table = table;
        this.rows = rows;
        this.columns = columns;
    }

    /**
     * The inputs of a layer, dropout left out.
     *
     * @param layer the name of a recurrent node
     * @throws IllegalArgumentException if there is no such layer, or it reads what other layers make
     */
    public static LayerInputs of(Model model, String layer) {
        Map<String, MatchResult> nodes = NODE.matcher(model.spec()).results()
            .collect(Collectors.toMap(node -> node.group(1), Function.identity()));
        String name = GradientFlow.inputOf(model, layer);
        while (nodes.containsKey(name) && nodes.get(name).group(2).equals("dropout")) {
            name = nodes.get(name).group(3);
        }
        int columns = (int) model.value(name).columns();
        String op = nodes.containsKey(name) ? nodes.get(name).group(2) : name;
        return switch (op) {
            case "embedding" -> {
                float[] table = model.parameter(name + ".weight").toArray();
                yield new LayerInputs(table, table.length / columns, columns);
            }
            case "one_hot" -> new LayerInputs(new float[0], columns, columns);
            case "input" -> new LayerInputs(new float[0], 0, columns);
            default -> throw new IllegalArgumentException("the layer " + layer + " reads " + name + ", which a node of the kind " + op
                + " makes; expected one that reads an embedding, one_hot or input");
        };
    }

    /** How many different ids there are; 0 where the layer reads plain numbers. */
    public int ids() {
        return rows;
    }

    /** Made-up sequences {@code [sequences][steps][columns]}: ids that are all as likely, or normally distributed numbers. */
    public float[][][] random(int sequences, int steps, long seed) {
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
     * Sequences of ids, cut one after the other from a long one.
     *
     * @throws IllegalArgumentException if the layer reads no ids, an id is out of range, or there are too few for a sequence
     */
    public float[][][] of(int[] ids, int sequences, int steps) {
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
