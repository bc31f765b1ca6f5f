/* What a client asks of a model. */
package org.tidegate.server.protocol;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A request for inference.
 *
 * @param model the model's name
 * @param version the version's, empty for the newest
 * @param id what the client calls it; comes back, empty for none
 * @param parameters Boolean, Long (where a whole number is beyond it BigInteger), Double, String or a list of Strings by name
 * @param inputs the inputs, no two of one name
 * @param outputs the outputs that are wanted, none of them twice; empty for all
 */
public record InferenceRequest(String model, String version, String id, Map<String, Object> parameters, List<InferenceTensor> inputs,
        List<Output> outputs) {
    private static final int TENSOR = 400; // bytes of the objects of an input or output
    private static final int VALUE = 128; // and of a parameter

    /**
     * An output that is wanted.
     *
     * @param name its name
     * @param parameters Boolean, Long, Double or String by name
     */
    public record Output(String name, Map<String, Object> parameters) {}

    /** @throws ProtocolException if two inputs have one name, or two outputs */
    public InferenceRequest {
        Set<String> names = new HashSet<>();
        for (InferenceTensor input : inputs) {
            if (!names.add(input.name())) {
                throw ProtocolException.invalid("input '" + Texts.shown(input.name()) + "' is given twice");
            }
        }
        names.clear();
        for (Output output : outputs) {
            if (!names.add(output.name())) {
                throw ProtocolException.invalid("output '" + Texts.shown(output.name()) + "' is asked for twice");
            }
        }
    }

    /**
     * {@return the input of a name}
     *
     * @throws ProtocolException if it was not given
     */
    public InferenceTensor input(String name) {
        return find(name).orElseThrow(() -> ProtocolException.invalid("input '" + name + "' is missing; given were "
                + (inputs.isEmpty() ? "none" : String.join(", ", inputs.stream().map(each -> Texts.shown(each.name())).toList()))));
    }

    /** {@return the input of a name, if it was given} */
    public Optional<InferenceTensor> find(String name) {
        return inputs.stream().filter(input -> input.name().equals(name)).findFirst();
    }

    /** {@return the bytes of all inputs} */
    public long bytes() {
        long bytes = 0;
        for (InferenceTensor input : inputs) {
            bytes += input.bytes();
        }
        return bytes;
    }

    /** {@return how many bytes it holds besides those of its inputs: names, parameters and what has them; an estimate} */
    public long objects() {
        long bytes = size(parameters);
        for (InferenceTensor input : inputs) {
            bytes += TENSOR + 2L * input.name().length();
        }
        for (Output output : outputs) {
            bytes += TENSOR + 2L * output.name().length() + size(output.parameters());
        }
        return bytes;
    }

    private static long size(Map<String, Object> parameters) {
        long bytes = 0;
        for (Map.Entry<String, Object> parameter : parameters.entrySet()) {
            bytes += VALUE + 2L * parameter.getKey().length();
            if (parameter.getValue() instanceof String text) {
                bytes += 2L * text.length();
            } else if (parameter.getValue() instanceof List<?> texts) {
                for (Object text : texts) {
                    bytes += VALUE + 2L * ((String) text).length();
                }
            }
        }
        return bytes;
    }

    /** {@return whether an output is wanted} */
    public boolean wants(String name) {
        return outputs.isEmpty() || outputs.stream().anyMatch(output -> output.name().equals(name));
    }

    /**
     * {@return a whole number among the parameters}
     *
     * @param name the parameter
     * @param otherwise where it was not given
     * @throws ProtocolException if it is no whole number
     */
    public long number(String name, long otherwise) {
        Object value = parameters.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Long number) {
            return number;
        }
        throw ProtocolException.invalid("parameter '" + name + "' is " + Texts.shown(value.toString()) + "; expected a whole number");
    }

    /**
     * {@return a number among the parameters}
     *
     * @param name the parameter
     * @param otherwise where it was not given
     * @throws ProtocolException if it is no number
     */
    public double real(String name, double otherwise) {
        Object value = parameters.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw ProtocolException.invalid("parameter '" + name + "' is " + Texts.shown(value.toString()) + "; expected a number");
    }

    /**
     * {@return a truth among the parameters; false where it was not given}
     *
     * @param name the parameter
     * @throws ProtocolException if it is none
     */
    public boolean flag(String name) {
        Object value = parameters.get(name);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw ProtocolException.invalid("parameter '" + name + "' is " + Texts.shown(value.toString()) + "; expected true or false");
    }
}
