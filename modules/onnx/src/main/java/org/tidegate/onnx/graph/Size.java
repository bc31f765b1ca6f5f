package org.tidegate.onnx.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * An integer of shape arithmetic: a polynomial in the sizes of row axes, each at least 1. Immutable. What arithmetic cannot say so, as a
 * division that leaves a remainder, is {@link #UNKNOWN}.
 */
final class Size {
    private static final int MOST_TERMS = 64;

    /** A product of axes. */
    private record Product(List<RowAxis> axes) {
        static final Comparator<Product> ORDER = Comparator.comparing((Product product) -> product.axes.size()).reversed()
                .thenComparing(Product::toString);

        Product times(Product other) {
            List<RowAxis> all = new ArrayList<>(axes);
            all.addAll(other.axes);
            all.sort(Comparator.comparing(RowAxis::name));
            return new Product(List.copyOf(all));
        }

        @Override
        public String toString() {
            return axes.stream().map(RowAxis::name).collect(Collectors.joining("*"));
        }
    }

    private static final Product NONE = new Product(List.of());

    static final Size ZERO = new Size(Map.of(), false);
    static final Size ONE = of(1);
    static final Size UNKNOWN = new Size(Map.of(), true);

    private final Map<Product, Long> terms; // none is 0
    private final boolean unknown;

    private Size(Map<Product, Long> terms, boolean unknown) {
        this.terms = terms;
        this.unknown = unknown;
    }

    static Size of(long number) {
        return number == 0 ? ZERO : new Size(Map.of(NONE, number), false);
    }

    static Size of(RowAxis axis) {
        return new Size(Map.of(new Product(List.of(axis)), 1L), false);
    }

    /** The size of a dimension. */
    static Size of(List<Factor> factors) {
        Size size = ONE;
        for (Factor factor : factors) {
            size = size.times(factor instanceof Factor.Columns columns ? of(columns.size()) : of(((Factor.Rows) factor).axis()));
        }
        return size;
    }

    boolean isConstant() {
        return !unknown && (terms.isEmpty() || terms.size() == 1 && terms.containsKey(NONE));
    }

    boolean isUnknown() {
        return unknown;
    }

    /** The number, where it does not depend on an axis. */
    OptionalLong constant() {
        return isConstant() ? OptionalLong.of(terms.getOrDefault(NONE, 0L)) : OptionalLong.empty();
    }

    /** The number by the sizes that the file says. */
    OptionalLong known() {
        if (unknown) {
            return OptionalLong.empty();
        }
        long sum = 0;
        for (Map.Entry<Product, Long> term : terms.entrySet()) {
            long product = term.getValue();
            for (RowAxis axis : term.getKey().axes) {
                OptionalLong known = axis.known();
                if (known.isEmpty()) {
                    return OptionalLong.empty();
                }
                product = Math.multiplyExact(product, known.getAsLong());
            }
            sum = Math.addExact(sum, product);
        }
        return OptionalLong.of(sum);
    }

    Size plus(Size other) {
        if (unknown || other.unknown) {
            return UNKNOWN;
        }
        Map<Product, Long> sum = new TreeMap<>(Product.ORDER);
        sum.putAll(terms);
        other.terms.forEach((product, count) -> sum.merge(product, count, Math::addExact));
        return made(sum);
    }

    Size negated() {
        return times(of(-1));
    }

    Size minus(Size other) {
        return plus(other.negated());
    }

    Size times(Size other) {
        if (unknown || other.unknown) {
            return UNKNOWN;
        }
        Map<Product, Long> product = new TreeMap<>(Product.ORDER);
        terms.forEach((a, x) -> other.terms.forEach((b, y) -> product.merge(a.times(b), Math.multiplyExact(x, y), Math::addExact)));
        return made(product);
    }

    /** The integer quotient, rounded towards 0 as ONNX has it. */
    Size dividedBy(Size other) {
        if (unknown || other.unknown || other.terms.isEmpty()) {
            return UNKNOWN;
        }
        if (isConstant() && other.isConstant()) {
            return of(constant().getAsLong() / other.constant().getAsLong());
        }
        Size exact = other.terms.size() == 1 ? exactQuotient(other.terms.entrySet().iterator().next()) : equals(other) ? ONE : UNKNOWN;
        OptionalLong by = other.known();
        return !exact.isUnknown() || known().isEmpty() || by.isEmpty() || by.getAsLong() == 0 ? exact
                : of(known().getAsLong() / by.getAsLong());
    }

    private Size exactQuotient(Map.Entry<Product, Long> divisor) {
        Map<Product, Long> quotient = new TreeMap<>(Product.ORDER);
        for (Map.Entry<Product, Long> term : terms.entrySet()) {
            List<RowAxis> axes = new ArrayList<>(term.getKey().axes);
            if (term.getValue() % divisor.getValue() != 0 || !divisor.getKey().axes.stream().allMatch(axes::remove)) {
                return UNKNOWN;
            }
            quotient.put(new Product(List.copyOf(axes)), term.getValue() / divisor.getValue());
        }
        return made(quotient);
    }

    /**
     * {@return the sign of it: −1, 0 or 1, where it is the same for all sizes of at least 1, else by the sizes that the file says; empty if
     * that is not known}
     */
    OptionalLong sign() {
        if (unknown) {
            return OptionalLong.empty();
        }
        long constant = terms.getOrDefault(NONE, 0L);
        long least = constant;
        boolean up = true;
        boolean down = true;
        for (Map.Entry<Product, Long> term : terms.entrySet()) {
            if (term.getKey().equals(NONE)) {
                continue;
            }
            up &= term.getValue() > 0;
            down &= term.getValue() < 0;
            least += term.getValue();
        }
        if (isConstant()) {
            return OptionalLong.of(Long.signum(constant));
        }
        if (up && least > 0) {
            return OptionalLong.of(1);
        }
        if (down && least < 0) {
            return OptionalLong.of(-1);
        }
        OptionalLong known = known();
        return known.isPresent() ? OptionalLong.of(Long.signum(known.getAsLong())) : known;
    }

    private static Size made(Map<Product, Long> terms) {
        terms.values().removeIf(count -> count == 0);
        return terms.size() > MOST_TERMS ? UNKNOWN : new Size(terms, false);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Size size && unknown == size.unknown && terms.equals(size.terms);
    }

    @Override
    public int hashCode() {
        return Objects.hash(terms, unknown);
    }

    @Override
    public String toString() {
        if (unknown) {
            return "?";
        }
        return terms.isEmpty() ? "0" : terms.entrySet().stream().map(term -> {
            String product = term.getKey().toString();
            return product.isEmpty() ? "" + term.getValue() : term.getValue() == 1 ? product : term.getValue() + "*" + product;
        }).collect(Collectors.joining(" + "));
    }
}
