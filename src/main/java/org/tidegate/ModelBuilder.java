/* Writes the spec of a model. */
package org.tidegate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the spec of a network node by node. Each method adds one line and returns the node's output, which later nodes take.
 *
 * <pre>{@code
 * ModelBuilder net = new ModelBuilder();
 * Node words = net.ids("words");
 * Node hidden = net.recurrent(net.embedding(words, 10_000, 128), Cell.LSTM, 256, layers(2), dropout(0.2));
 * Node logits = net.linear(hidden, 10_000);
 * net.crossEntropy(logits, net.ids("next", words));
 * try (Model model = net.build(42)) { ... }
 * }</pre>
 *
 * Columns and rows are checked when the model is built, where an error names the node. Every method takes {@link Attribute#name}; nodes with
 * parameters take {@link Attribute#frozen} and {@link Attribute#init}.
 */
public final class ModelBuilder {
    private final List<NodeSpec> nodes = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /** A builder without nodes. */
    public ModelBuilder() {}

    /**
     * {@return an input of ids on an axis of its own name; takes {@link Attribute#axis} and {@link Attribute#perSequence}}
     *
     * @param name of the input, and of its axis
     * @param options further attributes
     */
    public Node ids(String name, Attribute... options) {
        return input("ids", name, null, options);
    }

    /**
     * {@return an input of ids on the same axis as another input}
     *
     * @param name of the input, and of its axis
     * @param sameAxis the other input
     * @param options further attributes
     */
    public Node ids(String name, Node sameAxis, Attribute... options) {
        return input("ids", name, sameAxis, options);
    }

    /**
     * {@return an input of floats, {@code [R, columns]}; takes {@link Attribute#axis}, {@link Attribute#perSequence} and
     * {@link Attribute#gradient}}
     *
     * @param name of the input, and of its axis
     * @param columns how many
     * @param options further attributes
     */
    public Node input(String name, int columns, Attribute... options) {
        return input("input", name, null, with(options, number("cols", columns)));
    }

    /**
     * {@return an input of floats on the same axis as another input}
     *
     * @param name of the input, and of its axis
     * @param columns how many
     * @param sameAxis the other input
     * @param options further attributes
     */
    public Node input(String name, int columns, Node sameAxis, Attribute... options) {
        return input("input", name, sameAxis, with(options, number("cols", columns)));
    }

    /**
     * {@return a table of learned rows: ids to {@code [R, columns]}; takes {@link Attribute#padding} and {@link Attribute#dropout}}
     *
     * @param ids the ids to look up
     * @param rows the number of ids
     * @param columns the size of a row
     * @param options further attributes
     */
    public Node embedding(Node ids, int rows, int columns, Attribute... options) {
        return node("embedding", List.of(ids), with(options, number("rows", rows), number("cols", columns)));
    }

    /**
     * Ids as one-hot rows, {@code [R, rows]}; the zeros are never stored.
     *
     * @param ids the ids
     * @param rows the number of classes
     * @param options further attributes
     * @return the node
     */
    public Node oneHot(Node ids, int rows, Attribute... options) {
        return node("one_hot", List.of(ids), with(options, number("rows", rows)));
    }

    /**
     * x W^T + b; takes {@link Attribute#noBias}.
     *
     * @param x the input
     * @param columns the number of columns of the output
     * @param options further attributes
     * @return the node
     */
    public Node linear(Node x, int columns, Attribute... options) {
        return node("linear", List.of(x), with(options, number("cols", columns)));
    }

    /**
     * x W^T + b with the weight of an embedding, which both then use and train (Press and Wolf 2017): a score for each of its ids. x has as
     * many columns as the embedding. Takes {@link Attribute#noBias}.
     *
     * @param x the input
     * @param embedding whose weight is shared
     * @param options further attributes
     * @return the node
     */
    public Node tiedLinear(Node x, Node embedding, Attribute... options) {
        return node("tied_linear", List.of(x), with(options, Attribute.of("to", checkMine(embedding).name())));
    }

    /**
     * {@return an elementwise function; some kinds take {@link Attribute#alpha} and {@link Attribute#beta}}
     *
     * @param x the input
     * @param kind the function
     * @param options further attributes
     */
    public Node activation(Node x, Activation kind, Attribute... options) {
        return node("activation", List.of(x), with(options, Attribute.of("kind", kind.spec())));
    }

    /**
     * {@return f(x), element by element} An operation of two values takes the parameter "weight", one number for each column, as its second
     * operand with {@link Attribute#parameter}, or as its first with {@link Attribute#reversed} besides; it starts at 1 for
     * {@link Elementwise#MUL}, {@link Elementwise#DIV} and {@link Elementwise#POW}, at 0 for others, or by {@link Attribute#init}.
     *
     * @param f the function
     * @param x the input
     * @param options further attributes
     */
    public Node apply(Elementwise f, Node x, Attribute... options) {
        return node(f.spec(), List.of(x), options);
    }

    /**
     * {@return f(a, b), element by element} The two have the same rows, and as many columns, or one of them has one column, which goes with
     * each column of the other.
     *
     * @param f the operation
     * @param a the first operand
     * @param b the second operand
     * @param options further attributes
     */
    public Node apply(Elementwise f, Node a, Node b, Attribute... options) {
        return node(f.spec(), List.of(a, b), options);
    }

    /**
     * {@return f(a, b), element by element, b the same everywhere}
     *
     * @param f the operation
     * @param a the first operand
     * @param b the second operand, finite
     * @param options further attributes
     */
    public Node apply(Elementwise f, Node a, double b, Attribute... options) {
        return node(f.spec(), List.of(a), with(options, Attribute.of("value", b)));
    }

    /**
     * {@return f(a, b), element by element, a the same everywhere}
     *
     * @param f the operation
     * @param a the first operand, finite
     * @param b the second operand
     * @param options further attributes
     */
    public Node apply(Elementwise f, double a, Node b, Attribute... options) {
        return node(f.spec(), List.of(b), with(options, Attribute.of("value", a), Attribute.reversed()));
    }

    /**
     * {@return e^x by the sum of e^x over the columns of each row}
     *
     * @param x the input
     * @param options further attributes
     */
    public Node softmax(Node x, Attribute... options) {
        return node("softmax", List.of(x), options);
    }

    /**
     * {@return the logarithm of the softmax, exact where that rounds to 0}
     *
     * @param x the input
     * @param options further attributes
     */
    public Node logSoftmax(Node x, Attribute... options) {
        return node("log_softmax", List.of(x), options);
    }

    /**
     * Zeroes a share p of the elements while training and scales up the rest; takes {@link Attribute#perSequence}.
     *
     * @param x the input
     * @param p the share, from 0 to less than 1
     * @param options further attributes
     * @return the node
     */
    public Node dropout(Node x, double p, Attribute... options) {
        return node("dropout", List.of(x), with(options, Attribute.of("p", p)));
    }

    /**
     * Recurrent layers over the steps of x: {@code [R, H]}, or {@code [R, 2*H]} in both directions. Takes
     * {@link Attribute#layers}, {@link Attribute#bidirectional}, {@link Attribute#dropout}, {@link Attribute#weightDrop}, {@link Attribute#noBias},
     * {@link Attribute#h0}, {@link Attribute#c0}, {@link Attribute#forgetBias}, {@link Attribute#projection} and, by the cell,
     * {@link Attribute#peepholes}, {@link Attribute#coupled}, {@link Attribute#clip}, {@link Attribute#layerNorm},
     * {@link Attribute#activation} and {@link Attribute#activations}.
     *
     * @param x the input
     * @param cell the kind of cell
     * @param size H, the hidden size
     * @param options further attributes
     * @return the node
     */
    public Node recurrent(Node x, Cell cell, int size, Attribute... options) {
        return node("recurrent", List.of(x), with(options, Attribute.of("cell", cell.spec()), number("size", size)));
    }

    /**
     * Each sequence from its last step to its first.
     *
     * @param x the input
     * @param options further attributes
     * @return the node
     */
    public Node reverse(Node x, Attribute... options) {
        return node("reverse", List.of(x), options);
    }

    /**
     * {@return the columns of all, side by side}
     *
     * @param inputs of one axis
     */
    public Node concat(Node... inputs) {
        return node("concat", Arrays.asList(inputs));
    }

    /**
     * {@return some of the columns of x; takes {@link Attribute#stride}}
     *
     * @param x the input
     * @param first the first column, from 0
     * @param count how many
     * @param options further attributes
     */
    public Node slice(Node x, int first, int count, Attribute... options) {
        return node("slice", List.of(x), with(options, number("first", first), number("count", count)));
    }

    /**
     * {@return the columns of x in parts, from the left: the node itself and its ports part1, part2, ...}
     *
     * @param x the input
     * @param columns of each part; all of x's together
     */
    public List<Node> split(Node x, int... columns) {
        Node first = node("split", List.of(x), numbers("sizes", columns));
        return IntStream.range(0, columns.length).mapToObj(i -> i == 0 ? first : first.port("part" + i)).toList();
    }

    /**
     * {@return the columns of x in another order: column i is x's column {@code order[i]}} Where x has k times as many columns as the order
     * has numbers, blocks of k columns are moved.
     *
     * @param x the input
     * @param order each number from 0 on once
     */
    public Node permute(Node x, int... order) {
        return node("permute", List.of(x), numbers("order", order));
    }

    /**
     * {@return each row of x, read as a matrix {@code [rows, columns / rows]}, transposed: {@code [columns / rows, rows]}} So channels of
     * positions become positions of channels, and back.
     *
     * @param x the input
     * @param rows of the matrix, a divisor of x's columns
     * @param options further attributes
     */
    public Node transpose(Node x, int rows, Attribute... options) {
        return node("permute", List.of(x), with(options, number("transpose", rows)));
    }

    /**
     * {@return the sum of all, which must have the same columns}
     *
     * @param inputs of one axis and as many columns
     */
    public Node add(Node... inputs) {
        return node("add", Arrays.asList(inputs));
    }

    /**
     * Rows of x by number: joins two axes.
     *
     * @param x the input
     * @param index row numbers of x, per step or per sequence of another axis
     * @param options further attributes
     * @return the node
     */
    public Node gather(Node x, Node index, Attribute... options) {
        return node("gather", List.of(x, index), options);
    }

    /**
     * One row for each sequence: {@code [N, columns]}. With {@link Attribute#window} one row for each window of steps, on an axis derived
     * from that of x, which has the node's name; takes {@link Attribute#stride} then, by default the window, and {@link Attribute#padding},
     * which counts for nothing. With {@link Attribute#channels} too the windows go over the positions inside each row.
     *
     * @param x the input
     * @param kind how many rows become one
     * @param options further attributes
     * @return the node
     */
    public Node pool(Node x, Pooling kind, Attribute... options) {
        return node("pool", List.of(x), with(options, Attribute.of("kind", kind.spec())));
    }

    /**
     * Rows of a sequence side by side, the oldest first: {@code [R', size*columns]}, a row for each window of steps, on an axis derived from
     * that of x, which has the node's name. Takes {@link Attribute#stride}, by default the size, and {@link Attribute#padding} with zeros.
     *
     * @param x the input, per step
     * @param size the rows of a window
     * @param options further attributes
     * @return the node
     */
    public Node frames(Node x, int size, Attribute... options) {
        return node("frames", List.of(x), with(options, number("size", size)));
    }

    /**
     * Each row several times, one after the other: {@code [factor*R, columns]}, on an axis derived from that of x.
     *
     * @param x the input, per step
     * @param factor how often
     * @param options further attributes
     * @return the node
     */
    public Node upsample(Node x, int factor, Attribute... options) {
        return node("upsample", List.of(x), with(options, number("factor", factor)));
    }

    /**
     * Convolution in one dimension (a cross-correlation, as PyTorch's Conv1d): along the steps, whose channels are the columns of x, {@code
     * [R', filters]} on an axis derived from that of x; or with {@link Attribute#channels} inside each row, whose columns are {@code
     * [channels, positions]}, {@code [rows, filters*windows]}. Takes {@link Attribute#stride} (1), {@link Attribute#padding} (0), {@link
     * Attribute#reflect}, {@link Attribute#dilation} (1), {@link Attribute#groups} (1) and {@link Attribute#noBias}. The weight is PyTorch's
     * {@code [filters, channels/groups, kernel]} with the last two as one dimension.
     *
     * <p>Padding of the beginning alone, {@code padding((kernel-1)*dilation, 0)}, is causal: it can be streamed.
     *
     * @param x the input
     * @param filters the channels of the output
     * @param kernel the steps or positions of a window
     * @param options further attributes
     * @return the node
     */
    public Node conv1d(Node x, int filters, int kernel, Attribute... options) {
        return node("conv1d", List.of(x), with(options, number("filters", filters), number("kernel", kernel)));
    }

    /**
     * For every row of x, {@code [R, Q]} or {@code [N, Q]}, the mean of the keys' steps, {@code [Rk, H]}, weighted by the softmax of the
     * score: sequence s of the axis of x looks at sequence s of the keys' axis, which may be another one with other lengths. The context
     * has the rows of x and H columns. Takes {@link Attribute#size}, if the score is additive, and {@link Attribute#weights}, with which
     * {@link Node#weights} are there.
     *
     * @param x the input
     * @param keys the sequences attended to
     * @param score how a query and a key are compared
     * @param options further attributes
     * @return the node
     */
    public Node attention(Node x, Node keys, Score score, Attribute... options) {
        return node("attention", List.of(x, keys), with(options, Attribute.of("score", score.spec())));
    }

    /**
     * {@return a recurrent layer, {@code [R, H]}, that looks at the keys before each step: the attention's query is its hidden state of the
     * step before, and it reads the context, {@link Node#context}, beside x} Sequence s of the axis of x looks at sequence s of the keys'
     * axis. Takes {@link Attribute#attentionSize} (additive score), {@link Attribute#weights}, {@link Attribute#h0}, {@link Attribute#c0},
     * {@link Attribute#noBias}, {@link Attribute#forgetBias}, {@link Attribute#projection} and the settings of the cell as
     * {@link #recurrent} takes them.
     *
     * @param x the input
     * @param keys the sequences attended to
     * @param cell the kind of cell
     * @param size H, the hidden size
     * @param score how a query and a key are compared
     * @param options further attributes
     */
    public Node attentionDecoder(Node x, Node keys, Cell cell, int size, Score score, Attribute... options) {
        return node("attention_decoder", List.of(x, keys),
            with(options, Attribute.of("cell", cell.spec()), number("size", size), Attribute.of("score", score.spec())));
    }

    /**
     * Each row to mean 0 and variance 1, then scaled; takes {@link Attribute#eps} and {@link Attribute#noAffine}.
     *
     * @param x the input
     * @param options further attributes
     * @return the node
     */
    public Node layerNorm(Node x, Attribute... options) {
        return node("layer_norm", List.of(x), options);
    }

    /**
     * {@return a loss: the mean negative log likelihood, in nats, of target ids under the softmax of the logits} Takes
     * {@link Attribute#ignore}, {@link Attribute#labelSmoothing}, {@link Attribute#classWeights} and {@link Attribute#sum}.
     *
     * @param logits {@code [R, K]}
     * @param targets ids of 0 to K − 1, one for each row
     * @param options further attributes
     */
    public Node crossEntropy(Node logits, Node targets, Attribute... options) {
        return node("cross_entropy", List.of(logits, targets), options);
    }

    /**
     * {@return a loss: connectionist temporal classification (Graves et al. 2006), in nats} Logits {@code [R, K]} per step of one axis,
     * target ids per step of another, with as many sequences; a target id that is the blank (0, or {@link Attribute#blank}) stands for
     * nothing, so that one blank is an empty target. The mean divides each sequence's loss by its labels and counts sequences as targets. A
     * target that is too long for its frames is an error of the call. Takes {@link Attribute#blank}, {@link Attribute#zeroInfinity} and
     * {@link Attribute#sum}; its port "rows" holds each sequence's loss.
     *
     * @param logits {@code [R, K]}, per step
     * @param targets ids, per step of another axis
     * @param options further attributes
     */
    public Node ctc(Node logits, Node targets, Attribute... options) {
        return node("ctc", List.of(logits, targets), options);
    }

    /**
     * {@return a loss: the negative log likelihood of the tags, in nats a step, under a linear-chain conditional random field (Lafferty et
     * al. 2001) over scores {@code [R, K]} per step} Its parameters are transitions {@code [K, K]}, start and end {@code [K]};
     * {@code Viterbi} of the decode package finds the best tags. Takes {@link Attribute#sum}; its port "rows" holds each sequence's loss.
     *
     * @param scores {@code [R, K]}, per step
     * @param tags ids of 0 to K − 1, one for each row
     * @param options further attributes
     */
    public Node crf(Node scores, Node tags, Attribute... options) {
        return node("crf", List.of(scores, tags), options);
    }

    /**
     * {@return a loss that keeps activations small and slow (Merity et al. 2017): alpha times the mean of their squares, plus beta times
     * the mean squared difference of consecutive steps} Training sessions count it; in others it is 0. It counts no targets. Takes
     * {@link Attribute#alpha} and {@link Attribute#beta}.
     *
     * @param h the activations
     * @param options further attributes
     */
    public Node activationRegularization(Node h, Attribute... options) {
        return node("activation_regularization", List.of(h), options);
    }

    /**
     * {@return a loss: the mean squared difference; takes {@link Attribute#sum}}
     *
     * @param x the input
     * @param targets of the same shape as x
     * @param options further attributes
     */
    public Node mse(Node x, Node targets, Attribute... options) {
        return node("mse", List.of(x, targets), options);
    }

    /**
     * {@return a loss: the mean absolute difference; takes {@link Attribute#sum}} The mean of this and the losses below is over all
     * elements; all of them give the targets a gradient, too.
     *
     * @param x the input
     * @param targets of the same shape as x
     * @param options further attributes
     */
    public Node l1(Node x, Node targets, Attribute... options) {
        return node("l1", List.of(x, targets), options);
    }

    /**
     * {@return a loss: d^2 / (2 beta) where the absolute difference d is less than beta, d - beta / 2 elsewhere} Takes
     * {@link Attribute#beta}, 1 without it, and {@link Attribute#sum}.
     *
     * @param x the input
     * @param targets of the same shape as x
     * @param options further attributes
     */
    public Node smoothL1(Node x, Node targets, Attribute... options) {
        return node("smooth_l1", List.of(x, targets), options);
    }

    /**
     * {@return a loss (Huber 1964): d^2 / 2 where the absolute difference d is at most delta, delta (d - delta / 2) elsewhere} Takes
     * {@link Attribute#delta}, 1 without it, and {@link Attribute#sum}.
     *
     * @param x the input
     * @param targets of the same shape as x
     * @param options further attributes
     */
    public Node huber(Node x, Node targets, Attribute... options) {
        return node("huber", List.of(x, targets), options);
    }

    /**
     * {@return a loss: the pinball loss (Koenker and Bassett 1978) of several quantiles at once; takes {@link Attribute#sum}}
     *
     * @param x {@code [rows, levels * C]}: column {@code l * C + c} is level l of the targets' column c
     * @param targets {@code [rows, C]}
     * @param levels the quantiles, between 0 and 1: 0.1, 0.5, 0.9
     * @param options further attributes
     */
    public Node quantile(Node x, Node targets, double[] levels, Attribute... options) {
        return node("quantile", List.of(x, targets), with(options, Attribute.of("levels", levels)));
    }

    /**
     * {@return a loss of several labels at once, each there or not: the binary cross entropy of the logits} Takes
     * {@link Attribute#positiveWeights} and {@link Attribute#sum}.
     *
     * @param logits a column for each label
     * @param targets of the same shape, from 0 to 1; others make the forward call an {@link IllegalArgumentException}
     * @param options further attributes
     */
    public Node binaryCrossEntropy(Node logits, Node targets, Attribute... options) {
        return node("binary_cross_entropy", List.of(logits, targets), options);
    }

    /**
     * {@return a loss: the negative log likelihood of normal distributions} Takes {@link Attribute#full}, {@link Attribute#eps} (the least
     * variance, 1e-6 without it) and {@link Attribute#sum}.
     *
     * @param mean the means
     * @param targets of the same shape as the means
     * @param variance of the same shape as the means; one below 0 makes the forward call an {@link IllegalArgumentException}
     * @param options further attributes
     */
    public Node gaussianNll(Node mean, Node targets, Node variance, Attribute... options) {
        return node("gaussian_nll", List.of(mean, targets, variance), options);
    }

    /**
     * {@return a loss: the negative log likelihood of counts, by Poisson distributions} Takes {@link Attribute#noLogInput},
     * {@link Attribute#full}, {@link Attribute#eps} (added to a rate before its logarithm, 1e-8 without it) and {@link Attribute#sum}.
     *
     * @param x the logarithms of the rates
     * @param targets of the same shape as x
     * @param options further attributes
     */
    public Node poissonNll(Node x, Node targets, Attribute... options) {
        return node("poisson_nll", List.of(x, targets), options);
    }

    /**
     * Any op of the spec, with its inputs and attributes.
     *
     * @param op its name
     * @param inputs in its order
     * @param options further attributes
     * @return the node
     * @throws IllegalArgumentException if a name is taken or is none, or an input is another builder's
     */
    public Node node(String op, List<Node> inputs, Attribute... options) {
        return line(op, inputs, null, options);
    }

    /** {@return the spec written so far: one line a node} */
    public String spec() {
        return NodeSpec.join(nodes);
    }

    /**
     * Builds the model and draws its parameters from the seed. The caller closes it.
     *
     * @param seed of the initial parameters
     * @return the model
     * @throws TidegateException if the network makes no sense (the text names line and node); see {@link Model#of}
     */
    public Model build(long seed) {
        return Model.of(nodes, seed);
    }

    private Node input(String op, String name, Node sameAxis, Attribute... options) {
        String axis = name;
        if (sameAxis != null) {
            checkMine(sameAxis);
            axis = sameAxis.axis();
            if (axis == null) {
                throw new IllegalArgumentException("'" + sameAxis + "' is not an input; name the axis with axis(...).");
            }
        }
        for (Attribute option : options) {
            if (option.key().equals("axis")) {
                axis = option.value();
            }
        }
        Attribute[] others = Arrays.stream(options).filter(option -> !option.key().equals("axis")).toArray(Attribute[]::new);
        return line(op, List.of(), axis, with(others, Attribute.name(name), Attribute.axis(axis)));
    }

    private Node line(String op, List<Node> inputs, String axis, Attribute... options) {
        Objects.requireNonNull(op, "op");
        Map<String, String> attributes = new LinkedHashMap<>();
        for (Attribute option : options) {
            if (attributes.put(option.key(), option.value()) != null) {
                throw new IllegalArgumentException("Node '" + op + "': " + option.key() + " is given twice.");
            }
        }
        String given = attributes.remove(Attribute.NAME);
        String name = given == null ? freeName(op) : given;
        NodeSpec node = new NodeSpec(name, op, inputs.stream().map(input -> checkMine(input).name()).toList(), attributes);
        if (!names.add(name)) {
            throw new IllegalArgumentException("There is already a node '" + name + "'.");
        }
        nodes.add(node);
        return new Node(this, name, axis);
    }

    private Node checkMine(Node node) {
        if (node.builder() != this) {
            throw new IllegalArgumentException("Node '" + node + "' belongs to another builder.");
        }
        return node;
    }

    private String freeName(String op) {
        String name = op;
        for (int i = 2; names.contains(name); i++) {
            name = op + i;
        }
        return name;
    }

    private static Attribute number(String key, int value) {
        return Attribute.of(key, Integer.toString(value));
    }

    private static Attribute numbers(String key, int... values) {
        return Attribute.of(key, IntStream.of(values).mapToObj(Integer::toString).collect(Collectors.joining(",")));
    }

    /** The needed attributes first, then what the caller added. */
    private static Attribute[] with(Attribute[] options, Attribute... needed) {
        Attribute[] all = Arrays.copyOf(needed, needed.length + options.length);
        System.arraycopy(options, 0, all, needed.length, options.length);
        return all;
    }
}
