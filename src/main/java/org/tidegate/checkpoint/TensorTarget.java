package org.tidegate.checkpoint;

/**
 * Where a tensor of a file goes.
 *
 * @param name its name
 * @param shape the dimensions that it must have, outermost first
 * @param elements receives its elements
 */
public record TensorTarget(String name, long[] shape, SafetensorsFile.Target elements) {

    /**
     * A target; the shape is copied.
     *
     * @param name of the tensor
     * @param shape the dimensions that it must have, outermost first
     * @param elements receives its elements
     */
    public TensorTarget {
        shape = shape.clone();
    }

    /** {@return a copy of the dimensions} */
    @Override
    public long[] shape() {
        return shape.clone();
    }
}
