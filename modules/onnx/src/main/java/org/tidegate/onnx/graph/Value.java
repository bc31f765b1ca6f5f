package org.tidegate.onnx.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A value of an ONNX graph: its dimensions, and the elements of one row of it, row-major over the columns of all dimensions. What only moves
 * elements (transpose, slice, concat, …) is done here, for known numbers, sizes and columns of the network alike.
 *
 * @param dims the factors of each dimension
 * @param elements one for each column
 */
record Value(List<List<Factor>> dims, Elements elements) {

    Value {
        dims = dims.stream().map(Value::merged).toList();
        if (count(dims, 0, dims.size()) != elements.count()) {
            throw new IllegalStateException(elements.count() + " elements for " + dims);
        }
    }

    /** A value without rows. */
    static Value of(Elements elements, int... shape) {
        return new Value(Arrays.stream(shape).<List<Factor>>mapToObj(size -> List.of(new Factor.Columns(size))).toList(), elements);
    }

    static Value of(float number) {
        return of(new Elements.Numbers(new float[] {number}));
    }

    static Value of(List<Size> sizes) {
        return of(new Elements.Integers(sizes.toArray(Size[]::new)), sizes.size());
    }

    static Value of(Size size) {
        return of(new Elements.Integers(new Size[] {size}));
    }

    /** Neighbouring columns of a dimension as one factor, none for 1. */
    private static List<Factor> merged(List<Factor> factors) {
        List<Factor> merged = new ArrayList<>();
        for (Factor factor : factors) {
            if (!(factor instanceof Factor.Columns columns)) {
                merged.add(factor);
            } else if (!merged.isEmpty() && merged.get(merged.size() - 1) instanceof Factor.Columns before) {
                merged.set(merged.size() - 1, new Factor.Columns(Math.multiplyExact(before.size(), columns.size())));
            } else if (columns.size() != 1) {
                merged.add(columns);
            }
        }
        return List.copyOf(merged);
    }

    private static int columns(List<Factor> factors) {
        int count = 1;
        for (Factor factor : factors) {
            count = factor instanceof Factor.Columns columns ? Math.multiplyExact(count, columns.size()) : count;
        }
        return count;
    }

    private static int count(List<List<Factor>> dims, int from, int to) {
        int count = 1;
        for (List<Factor> factors : dims.subList(from, to)) {
            count = Math.multiplyExact(count, columns(factors));
        }
        return count;
    }

    int rank() {
        return dims.size();
    }

    /** The number of a dimension that may be counted from the end. */
    int dimension(long axis) {
        long from = axis < 0 ? axis + rank() : axis;
        if (from < 0 || from >= rank()) {
            throw new Refusal("axis " + axis + " of a value of " + rank() + " dimensions " + shape());
        }
        return (int) from;
    }

    Size size(int dimension) {
        return Size.of(dims.get(dimension));
    }

    List<Size> sizes() {
        return dims.stream().map(Size::of).toList();
    }

    /** The shape for people: [N, 3, 4]. */
    String shape() {
        return sizes().stream().map(Size::toString).collect(Collectors.joining(", ", "[", "]"));
    }

    /** Whether a dimension has no rows. */
    boolean isColumns(int dimension) {
        return dims.get(dimension).stream().allMatch(Factor.Columns.class::isInstance);
    }

    /** The columns of a dimension. */
    int columns(int dimension) {
        return columns(dims.get(dimension));
    }

    /** The columns of the dimensions [from, to). */
    int columns(int from, int to) {
        return count(dims, from, to);
    }

    /** The axis that a dimension is, where it is one and nothing else; else null. */
    RowAxis axis(int dimension) {
        List<Factor> factors = dims.get(dimension);
        return factors.size() == 1 && factors.get(0) instanceof Factor.Rows rows ? rows.axis() : null;
    }

    /** All axes, in the order of the dimensions. */
    List<RowAxis> axes() {
        return dims.stream().flatMap(List::stream).filter(Factor.Rows.class::isInstance).map(factor -> ((Factor.Rows) factor).axis()).toList();
    }

    /** The known numbers, empty of none. */
    Elements.Numbers numbers() {
        return elements instanceof Elements.Numbers numbers ? numbers : null;
    }

    Elements.Integers integers() {
        return elements instanceof Elements.Integers integers ? integers : null;
    }

    Elements.Network network() {
        return elements instanceof Elements.Network network ? network : null;
    }

    boolean isKnown() {
        return network() == null;
    }

    Value with(Elements other) {
        return new Value(dims, other);
    }

    /** With that axis as a dimension. */
    Value onSteps(int dimension, RowAxis axis, Elements other) {
        return with(dimension, List.of(new Factor.Rows(axis)), other);
    }

    private Value with(int dimension, List<Factor> factors, Elements other) {
        List<List<Factor>> changed = new ArrayList<>(dims);
        changed.set(dimension, factors);
        return new Value(changed, other);
    }

    /** The dimensions in another order: dimension i is this value's order[i]. */
    Value transposed(int... order) {
        int[] counts = dims.stream().mapToInt(Value::columns).toArray();
        int[] strides = new int[rank()];
        for (int d = rank() - 1, stride = 1; d >= 0; d--) {
            strides[d] = stride;
            stride *= counts[d];
        }
        int[] map = new int[Budget.take(elements.count())];
        for (int i = 0; i < map.length; i++) {
            int rest = i;
            for (int d = rank() - 1; d >= 0; d--) {
                map[i] += rest % counts[order[d]] * strides[order[d]];
                rest /= counts[order[d]];
            }
        }
        return new Value(Arrays.stream(order).mapToObj(dims::get).toList(), elements.select(map));
    }

    /** Some indices of a dimension of columns, in their order. */
    Value taken(int dimension, int... indices) {
        int inner = columns(dimension + 1, rank());
        int here = columns(dimension);
        int outer = columns(0, dimension);
        int[] map = new int[Budget.take(Math.multiplyExact((long) outer * indices.length, inner))];
        int at = 0;
        for (int o = 0; o < outer; o++) {
            for (int index : indices) {
                for (int i = 0; i < inner; i++) {
                    map[at++] = (o * here + index) * inner + i;
                }
            }
        }
        return with(dimension, List.of(new Factor.Columns(indices.length)), elements.select(map));
    }

    /** Without a dimension of size 1. */
    Value squeezed(int dimension) {
        List<List<Factor>> fewer = new ArrayList<>(dims);
        fewer.remove(dimension);
        return new Value(fewer, elements);
    }

    /** With a further dimension of size 1. */
    Value unsqueezed(int dimension) {
        List<List<Factor>> more = new ArrayList<>(dims);
        more.add(dimension, List.of());
        return new Value(more, elements);
    }

    /** Whether a dimension is 1, as far as is known. */
    boolean isOne(int dimension) {
        return size(dimension).known().equals(OptionalLong.of(1));
    }

    /** Along a dimension of columns; the other dimensions are equal. */
    static Value concat(int dimension, List<Value> parts) {
        Value first = parts.get(0);
        int outer = first.columns(0, dimension);
        Elements all = joined(parts);
        int[] map = new int[all.count()];
        int at = 0;
        for (int o = 0; o < outer; o++) {
            int begin = 0;
            for (Value part : parts) {
                int block = part.elements.count() / outer;
                for (int i = 0; i < block; i++) {
                    map[at++] = begin + o * block + i;
                }
                begin += part.elements.count();
            }
        }
        int size = parts.stream().mapToInt(part -> part.columns(dimension)).sum();
        return first.with(dimension, List.of(new Factor.Columns(size)), all.select(map));
    }

    /** The elements of all parts, one after the other. */
    private static Elements joined(List<Value> parts) {
        int total = Budget.take(parts.stream().mapToLong(part -> part.elements.count()).sum());
        if (parts.stream().allMatch(part -> part.integers() != null)) {
            return new Elements.Integers(parts.stream().flatMap(part -> Arrays.stream(part.integers().values())).toArray(Size[]::new));
        }
        if (parts.stream().anyMatch(part -> part.integers() != null)) {
            throw new Refusal("integers and reals side by side");
        }
        if (parts.stream().allMatch(part -> part.numbers() != null)) {
            float[] values = new float[total];
            int at = 0;
            for (Value part : parts) {
                System.arraycopy(part.numbers().values(), 0, values, at, part.elements.count());
                at += part.elements.count();
            }
            return new Elements.Numbers(values);
        }
        List<Source> sources = new ArrayList<>();
        int[] columns = new int[total];
        float[] constants = new float[total];
        for (Value part : parts) {
            Elements.Network network = part.network() != null ? part.network() : Elements.Network.of(part.numbers());
            System.arraycopy(network.columns(), 0, columns, sources.size(), network.count());
            System.arraycopy(network.constants(), 0, constants, sources.size(), network.count());
            Collections.addAll(sources, network.sources());
        }
        return new Elements.Network(sources.toArray(Source[]::new), columns, constants);
    }

    /** The dimensions that two values have together by ONNX's rules of broadcasting. */
    static List<List<Factor>> broadcast(List<List<Factor>> a, List<List<Factor>> b) {
        int rank = Math.max(a.size(), b.size());
        List<List<Factor>> both = new ArrayList<>();
        for (int d = 0; d < rank; d++) {
            List<Factor> left = d < rank - a.size() ? List.of() : merged(a.get(d - rank + a.size()));
            List<Factor> right = d < rank - b.size() ? List.of() : merged(b.get(d - rank + b.size()));
            if (left.isEmpty()) {
                both.add(right);
            } else if (right.isEmpty() || left.equals(right) || isFrozen(left, right) || isTraced(left, right)) {
                both.add(left);
            } else if (isFrozen(right, left) || isTraced(right, left)) {
                both.add(right);
            } else {
                throw new Refusal("dimensions of " + Size.of(left) + " and " + Size.of(right) + " do not go together");
            }
        }
        return both;
    }

    /** Whether the first are rows and the second a 1 that a traced example left. */
    private static boolean isFrozen(List<Factor> rows, List<Factor> other) {
        return other.size() == 1 && other.get(0) instanceof Factor.Rows one && one.axis().known().equals(OptionalLong.of(1))
                && one.axis().role() == RowAxis.Role.UNKNOWN;
    }

    /** Whether the second are as many columns as the first, an axis, was long in the example that was traced. */
    private static boolean isTraced(List<Factor> rows, List<Factor> other) {
        return rows.size() == 1 && rows.get(0) instanceof Factor.Rows axis && other.size() == 1 && other.get(0) instanceof Factor.Columns columns
                && axis.axis().known().equals(OptionalLong.of(columns.size()));
    }

    /** This value with rows where a traced example left known columns that are all the same. */
    private Value withRows(List<List<Factor>> wider) {
        Value value = this;
        for (int d = 0; d < rank(); d++) {
            List<Factor> rows = wider.get(d + wider.size() - rank());
            if (isTraced(rows, dims.get(d))) {
                if (!isKnown() || !value.isSameAlong(d)) {
                    throw new Refusal("a value of shape " + shape() + " differs along " + Size.of(rows)
                            + ", whose size tracing an example has fixed");
                }
                Value first = value.taken(d, 0);
                value = first.with(d, rows, first.elements);
            }
        }
        return value;
    }

    /** Whether known elements do not depend on a dimension of columns. */
    boolean isSameAlong(int dimension) {
        Value first = taken(dimension, 0);
        for (int i = 1; i < columns(dimension); i++) {
            Value other = taken(dimension, i);
            if (numbers() != null ? !Arrays.equals(first.numbers().values(), other.numbers().values())
                    : !Arrays.equals(first.integers().values(), other.integers().values())) {
                return false;
            }
        }
        return true;
    }

    /** This value spread over the dimensions of {@link #broadcast}. */
    Value spread(List<List<Factor>> wider) {
        return withRows(wider).spreadColumns(wider);
    }

    private Value spreadColumns(List<List<Factor>> wider) {
        int missing = wider.size() - rank();
        int total = Budget.take(count(wider, 0, wider.size()));
        int[] map = new int[total];
        int[] counts = wider.stream().mapToInt(Value::columns).toArray();
        int[] strides = new int[wider.size()];
        for (int d = wider.size() - 1, stride = 1; d >= missing; d--) {
            int own = columns(d - missing);
            strides[d] = own == 1 ? 0 : stride;
            stride *= own;
        }
        for (int i = 0; i < total; i++) {
            int rest = i;
            for (int d = wider.size() - 1; d >= 0; d--) {
                map[i] += rest % counts[d] * strides[d];
                rest /= counts[d];
            }
        }
        return new Value(wider, elements.select(map));
    }

    /**
     * Regroups the factors of the dimensions, in their order, to other sizes.
     *
     * @param target the sizes; at most one is −1, for what is left
     */
    Value reshaped(List<Size> target) {
        Deque<Factor> rest = new ArrayDeque<>(merged(dims.stream().flatMap(List::stream).toList()));
        int open = target.indexOf(Size.of(-1));
        List<List<Factor>> made = new ArrayList<>(Collections.nCopies(target.size(), List.of()));
        int left = open < 0 ? target.size() : open;
        for (int d = 0; d < left; d++) {
            made.set(d, factors(rest, target.get(d), true, target));
        }
        for (int d = target.size() - 1; d > left; d--) {
            made.set(d, factors(rest, target.get(d), false, target));
        }
        boolean all = rest.stream().allMatch(factor -> Size.of(List.of(factor)).known().equals(OptionalLong.of(1)));
        if (open >= 0) {
            made.set(open, List.copyOf(rest));
        } else if (!all) {
            throw new Refusal("a value of shape " + shape() + " cannot be reshaped to " + target);
        } else if (!rest.isEmpty() && !target.isEmpty()) {
            List<Factor> last = new ArrayList<>(made.get(target.size() - 1));
            last.addAll(rest);
            made.set(target.size() - 1, last);
        }
        return new Value(made, elements);
    }

    private List<Factor> factors(Deque<Factor> rest, Size size, boolean fromLeft, List<Size> target) {
        List<Factor> taken = new ArrayList<>();
        Size need = size;
        if (size.equals(Size.ONE) && !rest.isEmpty()) {
            Factor next = fromLeft ? rest.peekFirst() : rest.peekLast();
            if (Size.of(List.of(next)).known().equals(OptionalLong.of(1))) {
                taken.add(fromLeft ? rest.pollFirst() : rest.pollLast());
            }
        }
        while (!need.equals(Size.ONE)) {
            Factor next = fromLeft ? rest.pollFirst() : rest.pollLast();
            if (next == null) {
                throw new Refusal("a value of shape " + shape() + " cannot be reshaped to " + target);
            }
            Size of = Size.of(List.of(next));
            Size quotient = need.isConstant() && of.known().isPresent() && need.constant().getAsLong() % of.known().getAsLong() == 0
                    ? Size.of(need.constant().getAsLong() / of.known().getAsLong()) : need.isConstant() ? Size.UNKNOWN : need.dividedBy(of);
            if (quotient.isUnknown() && need.isConstant() && next instanceof Factor.Columns columns
                    && columns.size() % need.constant().getAsLong() == 0) {
                int part = (int) need.constant().getAsLong();
                Factor other = new Factor.Columns(columns.size() / part);
                if (fromLeft) {
                    rest.addFirst(other);
                } else {
                    rest.addLast(other);
                }
                next = new Factor.Columns(part);
                quotient = Size.ONE;
            }
            if (quotient.isUnknown()) {
                throw new Refusal("a value of shape " + shape() + " cannot be reshaped to " + target);
            }
            taken.add(fromLeft ? taken.size() : 0, next);
            need = quotient;
        }
        return taken;
    }

    /** The order of dimensions that puts one of them last. */
    int[] last(int dimension) {
        return IntStream.concat(IntStream.range(0, rank()).filter(d -> d != dimension), IntStream.of(dimension)).toArray();
    }
}
