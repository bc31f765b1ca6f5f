/* A gradient from outside. */
package org.tidegate;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;
import org.tidegate.internal.DirectMemory;

/**
 * The gradient of a loss that is computed outside, with respect to an output. It is added to what the graph's own losses contribute.
 *
 * @param value the name of a real value that the last forward call evaluated
 * @param data {@code [rows, columns]}: the remaining floats; a direct buffer in the machine's byte order is not copied
 */
public record OutputGradient(String value, FloatBuffer data) {

    /**
     * Checks that both are given.
     *
     * @param value the name of the value
     * @param data {@code [rows, columns]}
     */
    public OutputGradient {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(data, "data");
    }

    /**
     * {@return the gradient of a value, {@code [rows, columns]}}
     *
     * @param value its name
     * @param data {@code [rows, columns]}, not copied
     */
    public static OutputGradient of(String value, float... data) {
        return new OutputGradient(value, FloatBuffer.wrap(data));
    }

    FloatBuffer direct() {
        FloatBuffer given = data.slice();
        if (given.isDirect() && given.order() == ByteOrder.nativeOrder()) {
            return given;
        }
        return DirectMemory.floats(given.remaining()).put(given).rewind();
    }
}
