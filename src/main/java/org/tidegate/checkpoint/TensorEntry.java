package org.tidegate.checkpoint;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * A tensor's entry in a safetensors header.
 *
 * @param name its name
 * @param dtype the type of its elements
 * @param shape its dimensions, outermost first; empty for a single number
 * @param begin where its bytes begin, counted from the start of the data
 * @param end where they end
 */
public record TensorEntry(String name, Dtype dtype, long[] shape, long begin, long end) {

    /** Takes a copy of the shape. */
    public TensorEntry {
        shape = shape.clone();
    }

    /** The dimensions, a copy. */
    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements: the product of the dimensions. */
    public long elements() {
        // A dimension 0 makes it 0 even where the product of the others would overflow.
        return Arrays.stream(shape).anyMatch(dim -> dim == 0) ? 0 : Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** "F32 [2, 3]". */
    public String describe() {
        return dtype + " " + describe(shape);
    }

    /** Whether the dimensions are these. */
    public boolean hasShape(long... dims) {
        return Arrays.equals(shape, dims);
    }

    static String describe(long... shape) {
        return LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorEntry that && name.equals(that.name) && dtype == that.dtype && Arrays.equals(shape, that.shape)
                && begin == that.begin && end == that.end;
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        return name + " " + describe();
    }
}
