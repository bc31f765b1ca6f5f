package org.tidegate.checkpoint;

import java.util.Arrays;

/**
 * A tensor's entry in a safetensors header.
 *
 * @param name its name
 * @param dtype the type of its elements
 * @param shape its dimensions, outermost first; empty for a scalar
 * @param begin the offset of its first byte from the start of the data
 * @param end the offset after its last byte
 */
public record TensorEntry(String name, Dtype dtype, long[] shape, long begin, long end) {

    /**
     * An entry; the shape is copied.
     *
     * @param name its name
     * @param dtype the type of its elements
     * @param shape its dimensions, outermost first
     * @param begin the offset of its first byte
     * @param end the offset after its last byte
     */
    public TensorEntry {
        shape = shape.clone();
    }

    /** {@return a copy of the dimensions} */
    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** {@return the number of elements: the product of the dimensions} */
    public long elements() {
        for (long dim : shape) {
            if (dim == 0) {
                return 0; // even where the product of the others would overflow
            }
        }
        long elements = 1;
        for (long dim : shape) {
            elements = Math.multiplyExact(elements, dim);
        }
        return elements;
    }

    /** {@return the type and shape for messages: "F32 [2, 3]"} */
    public String describe() {
        return dtype + " " + describe(shape);
    }

    /**
     * {@return whether the shape is the given one}
     *
     * @param dims the dimensions, outermost first
     */
    public boolean hasShape(long... dims) {
        return Arrays.equals(shape, dims);
    }

    static String describe(long... shape) {
        return Arrays.toString(shape);
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
