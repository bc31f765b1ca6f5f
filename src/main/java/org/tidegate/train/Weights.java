package org.tidegate.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.tidegate.Model;
import org.tidegate.Tensor;

/** A copy of a model's parameters: those of its best validation beside those of its last step. Immutable. */
public final class Weights {
    private final Map<String, float[]> values;

    private Weights(Map<String, float[]> values) {
        this.values = values;
    }

    /**
     * {@return a copy of the parameters as they are now}
     *
     * @param model the model
     */
    public static Weights of(Model model) {
        Map<String, float[]> values = new LinkedHashMap<>();
        model.parameters().forEach(parameter -> values.put(parameter.name(), parameter.toArray()));
        return new Weights(values);
    }

    /**
     * {@return the weights of these values}
     *
     * @param values by the parameter's name, row-major; owned by the weights from now on
     */
    public static Weights of(Map<String, float[]> values) {
        return new Weights(new LinkedHashMap<>(values));
    }

    /**
     * Sets the parameters of a model. No session of it may run meanwhile.
     *
     * @param model a model of the same spec
     * @throws IllegalArgumentException if a parameter is missing or of another size
     */
    public void copyTo(Model model) {
        for (Tensor parameter : model.parameters()) {
            parameter.set(of(parameter.name()));
        }
    }

    /**
     * Copies a part of a parameter.
     *
     * @param name the parameter
     * @param from its first element
     * @param target receives them
     * @param offset of the first one in target
     * @param length how many
     */
    public void get(String name, long from, float[] target, int offset, int length) {
        System.arraycopy(of(name), (int) from, target, offset, length);
    }

    private float[] of(String name) {
        float[] found = values.get(name);
        if (found == null) {
            throw new IllegalArgumentException("there are no weights of the parameter " + name);
        }
        return found;
    }
}
