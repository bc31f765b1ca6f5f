package org.tidegate.onnx;

import java.util.Arrays;

/**
 * Numbers in the shape that ONNX gives them, row-major. The arrays are the caller's: they are not copied.
 *
 * @param shape the size of each dimension
 * @param reals the numbers; null of integers
 * @param integers ids or lengths; null of reals
 */
public record NdArray(int[] shape, float[] reals, long[] integers) {
    /**
     * Checks the sizes.
     *
     * @param shape the size of each dimension
     * @param reals the numbers; null of integers
     * @param integers ids or lengths; null of reals
     * @throws IllegalArgumentException if the shape has not as many elements, or both arrays are given or none
     */
    public NdArray {
        if (shape == null || (reals == null) == (integers == null)) {
            throw new IllegalArgumentException("an array needs a shape, and either reals or integers");
        }
        int there = reals != null ? reals.length : integers.length;
        long count = Arrays.stream(shape).anyMatch(size -> size == 0) ? 0 : 1;
        for (int size : shape) {
            count = size < 0 || count > there ? Long.MAX_VALUE : count * size; // no product that overflows
        }
        if (there != count) {
            throw new IllegalArgumentException("an array of shape " + Arrays.toString(shape) + " with " + there + " numbers");
        }
    }

    /**
     * {@return reals}
     *
     * @param shape the size of each dimension
     * @param numbers row-major
     */
    public static NdArray of(int[] shape, float... numbers) {
        return new NdArray(shape, numbers, null);
    }

    /**
     * {@return integers}
     *
     * @param shape the size of each dimension
     * @param numbers row-major
     */
    public static NdArray of(int[] shape, long... numbers) {
        return new NdArray(shape, null, numbers);
    }
}
