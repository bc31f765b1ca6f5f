package org.tidegate.onnx.graph;

import java.util.Arrays;

/** The elements of a row of a value, in the order of its dimensions: known numbers, known sizes, or columns of the network's values. */
sealed interface Elements {
    /** How many. */
    int count();

    /** The elements of those numbers, in their order. */
    Elements select(int[] map);

    /** Known numbers. */
    record Numbers(float[] values) implements Elements {
        @Override
        public int count() {
            return values.length;
        }

        @Override
        public Numbers select(int[] map) {
            float[] selected = new float[map.length];
            for (int i = 0; i < map.length; i++) {
                selected[i] = values[map[i]];
            }
            return new Numbers(selected);
        }

        /** Whether all are this number. */
        boolean all(float number) {
            for (float value : values) {
                if (value != number) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Integers and booleans (0 and 1), which may depend on the sizes of axes. */
    record Integers(Size[] values) implements Elements {
        @Override
        public int count() {
            return values.length;
        }

        @Override
        public Integers select(int[] map) {
            return new Integers(Arrays.stream(map).mapToObj(i -> values[i]).toArray(Size[]::new));
        }
    }

    /** Columns of values; where the source is null, the number at that place of constants. */
    record Network(Source[] sources, int[] columns, float[] constants) implements Elements {
        /** All columns of a value. */
        static Network of(Source source) {
            Source[] sources = new Source[source.columns()];
            int[] columns = new int[source.columns()];
            Arrays.fill(sources, source);
            Arrays.setAll(columns, i -> i);
            return new Network(sources, columns, new float[columns.length]);
        }

        /** Numbers among columns. */
        static Network of(Numbers numbers) {
            return new Network(new Source[numbers.count()], new int[numbers.count()], numbers.values);
        }

        @Override
        public int count() {
            return sources.length;
        }

        @Override
        public Network select(int[] map) {
            Source[] selected = new Source[map.length];
            int[] from = new int[map.length];
            float[] numbers = new float[map.length];
            for (int i = 0; i < map.length; i++) {
                selected[i] = sources[map[i]];
                from[i] = columns[map[i]];
                numbers[i] = constants[map[i]];
            }
            return new Network(selected, from, numbers);
        }

        /** The one source of all, null if there are more. */
        Source only() {
            Source first = sources.length == 0 ? null : sources[0];
            for (Source source : sources) {
                if (source != first) {
                    return null;
                }
            }
            return first;
        }

        /** Whether these are all columns of one value, in some order. */
        boolean isPermutation() {
            Source only = only();
            if (only == null || only.columns() != columns.length) {
                return false;
            }
            boolean[] seen = new boolean[columns.length];
            for (int column : columns) {
                if (seen[column]) {
                    return false;
                }
                seen[column] = true;
            }
            return true;
        }
    }
}
