package org.tidegate.onnx.graph;

import java.util.OptionalLong;

/**
 * A dimension that becomes rows: the sequences of a batch, the steps of time, or a dimension of an input whose role is not known yet. Its
 * size is the caller's; where the file says one, as exporters that trace an example do, shape arithmetic may use it.
 */
final class RowAxis {
    /** What a dimension of an input is. */
    enum Role {
        /** Not known yet: kept apart from the columns. */
        UNKNOWN,
        /** A row for each sequence. */
        BATCH,
        /** The steps of each sequence. */
        TIME,
        /** Part of a row. */
        COLUMN
    }

    private final String name;
    private final Role role;
    private final long known;
    private final Knowledge.Place place;
    private final Padding padding;

    /** Steps with a border around them, zeros or reflected, which only the convolution behind it makes. */
    record Padding(RowAxis of, int before, int after, boolean reflects) {}

    /**
     * An axis.
     *
     * @param name for people
     * @param known the size in the file, 0 where it is open
     * @param place the dimension of an input that it is; null for an axis that an operator made
     */
    RowAxis(String name, Role role, long known, Knowledge.Place place) {
        this(name, role, known, place, null);
    }

    private RowAxis(String name, Role role, long known, Knowledge.Place place, Padding padding) {
        this.padding = padding;
        this.name = name;
        this.role = role;
        this.known = known;
        this.place = place;
    }

    /** Steps with a border. Their name is no axis of the network, so that only who takes the border off can read them. */
    static RowAxis padded(Padding padding) {
        RowAxis of = padding.of;
        long known = of.known > 0 ? of.known + padding.before + padding.after : 0;
        return new RowAxis(padding.before + "+" + of.name + "+" + padding.after, Role.TIME, known, null, padding);
    }

    /** The border, null if there is none. */
    Padding padding() {
        return padding;
    }

    String name() {
        return name;
    }

    Role role() {
        return role;
    }

    /** The size that the file says. */
    OptionalLong known() {
        return known > 0 ? OptionalLong.of(known) : OptionalLong.empty();
    }

    Knowledge.Place place() {
        return place;
    }

    @Override
    public String toString() {
        return name;
    }
}
