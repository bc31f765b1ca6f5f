package org.tidegate.onnx.export;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;

/** The sequences of an axis in the graph: their lengths, where it has some, and what follows from them, made when first asked for. */
final class Axis {
    private final Target target;
    private final String name;
    private String lengths; // [batch] int64, made of the short ones when first asked for
    private String shortLengths; // [batch] int32, and the other way round; both null where all sequences are full
    private String steps;
    private String mask;

    Axis(Target target, String name, String lengths, String shortLengths) {
        this.target = target;
        this.name = name;
        this.lengths = lengths;
        this.shortLengths = shortLengths;
    }

    /** Whether sequences may be shorter than the dimension of time. */
    boolean isRagged() {
        return lengths != null || shortLengths != null;
    }

    /** The lengths [batch], int64. */
    String lengths() {
        if (lengths == null) {
            lengths = target.cast(name + "/lengths", shortLengths, TensorProto.DataType.INT64);
        }
        return lengths;
    }

    /** The lengths as recurrent nodes want them, int32; "" where all sequences are full. */
    String sequenceLengths() {
        if (!isRagged()) {
            return "";
        }
        if (shortLengths == null) {
            shortLengths = target.cast(name + "/lengths_int32", lengths, TensorProto.DataType.INT32);
        }
        return shortLengths;
    }

    /** The size of the dimension of time, a scalar, from a value on the axis. */
    String steps(String tensor) {
        if (steps == null) {
            String shape = target.node("Shape", name + "/shape", List.of(tensor));
            steps = target.node("Gather", name + "/steps", List.of(shape, target.scalar(1)), Target.integer("axis", 0));
        }
        return steps;
    }

    /** Which steps [batch, time] of a value on the axis belong to their sequences. */
    private String mask(String tensor) {
        if (mask == null) {
            String range = target.node("Range", name + "/range", List.of(target.scalar(0), steps(tensor), target.scalar(1)));
            String column = target.node("Unsqueeze", name + "/lengths_column", List.of(lengths(), target.integers(1)));
            mask = target.node("Less", name + "/mask", List.of(range, column));
        }
        return mask;
    }

    /** The mask with a dimension more: -1 [batch, time, 1], 1 [batch, 1, time]. */
    String mask(String tensor, int dimension) {
        return target.node("Unsqueeze", name + "/mask", List.of(mask(tensor), target.integers(dimension)));
    }

    /** A value [batch, time, columns] with another number in the rows behind each sequence's end; itself where there are none. */
    String masked(String hint, String tensor, float number) {
        return !isRagged() ? tensor : target.node("Where", hint, List.of(mask(tensor, -1), tensor, target.scalar(number)));
    }
}
