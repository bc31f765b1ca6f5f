/* A line of a spec. */
package org.tidegate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A node of a network as a line of its spec, {@code name = op input... key=value...}. Immutable. {@link Network#nodes} gives those of a
 * network, {@link Model#of(List, long)} builds a model of some.
 *
 * @param name the node's name
 * @param op what it computes: "linear", "recurrent", …
 * @param inputs the values that it reads, in their order: nodes, or ports as in {@code h.h_n}
 * @param attributes the texts of its attributes by their keys, in the order of the line
 */
public record NodeSpec(String name, String op, List<String> inputs, Map<String, String> attributes) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern INPUT = Pattern.compile(NAME + "(\\." + NAME + ")?");

    /**
     * Takes copies, and checks that each part can stand in a spec; whether they make sense together is found when the model is built.
     *
     * @param name the node's name
     * @param op what it computes
     * @param inputs the values that it reads, copied
     * @param attributes the texts of its attributes, copied
     * @throws IllegalArgumentException if one cannot; the message says which
     */
    public NodeSpec {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is no name of a node: letters, digits and _, not starting with a digit.");
        }
        if (!NAME.matcher(op).matches()) {
            throw new IllegalArgumentException("'" + op + "' is no op of node '" + name + "': letters, digits and _.");
        }
        inputs = List.copyOf(inputs);
        for (String input : inputs) {
            if (!INPUT.matcher(input).matches()) {
                throw new IllegalArgumentException("'" + input + "' is no input of node '" + name + "': a node, or node.port.");
            }
        }
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        attributes.forEach(Attribute::new);
    }

    /**
     * {@return the text of an attribute; empty if the line does not have it} In a network's spec attributes with the default value are left
     * out.
     *
     * @param key the attribute's name
     */
    public Optional<String> attribute(String key) {
        return Optional.ofNullable(attributes.get(key));
    }

    /**
     * {@return a copy with another value of an attribute, which is added at the end of the line if it is not there}
     *
     * @param key the attribute's name
     * @param value its text
     * @throws IllegalArgumentException if key or value cannot stand in a spec
     */
    public NodeSpec with(String key, String value) {
        Map<String, String> changed = new LinkedHashMap<>(attributes);
        changed.put(key, value);
        return new NodeSpec(name, op, inputs, changed);
    }

    /**
     * {@return a copy without some attributes; those that are not there do not matter}
     *
     * @param keys the attributes' names
     */
    public NodeSpec without(String... keys) {
        Map<String, String> changed = new LinkedHashMap<>(attributes);
        changed.keySet().removeAll(List.of(keys));
        return new NodeSpec(name, op, inputs, changed);
    }

    /** The line, without a line break. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>(List.of(name, "=", op));
        words.addAll(inputs);
        attributes.forEach((key, value) -> words.add(key + "=" + value));
        return String.join(" ", words);
    }

    /** The nodes of a spec in its canonical form: no comments, one space between words. */
    static List<NodeSpec> parse(String spec) {
        return spec.lines().map(NodeSpec::parseLine).toList();
    }

    /** The spec of the nodes, a line each. */
    static String join(List<NodeSpec> nodes) {
        return nodes.stream().map(node -> node + "\n").collect(Collectors.joining());
    }

    private static NodeSpec parseLine(String line) {
        String[] words = line.split(" ");
        List<String> inputs = new ArrayList<>();
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String word : List.of(words).subList(3, words.length)) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                inputs.add(word);
            } else {
                attributes.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
        return new NodeSpec(words[0], words[2], inputs, attributes);
    }
}
