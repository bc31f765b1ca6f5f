/* A tensor as it travels. */
package org.tidegate.server.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A named tensor in the protocol's binary form, whatever form it came in: little-endian, row-major, BYTES as length and bytes of each element.
 * Immutable: its buffer is never written.
 */
public final class InferenceTensor {
    private final String name;
    private final Datatype datatype;
    private final long[] shape;
    private final ByteBuffer data;
    private final int count;

    /**
     * Creates a tensor, checked: the data are those of the shape.
     *
     * @param name its name
     * @param datatype the type of its elements
     * @param shape its dimensions, none of them negative
     * @param data from its position to its limit; not copied
     * @throws ProtocolException if they do not fit
     */
    public InferenceTensor(String name, Datatype datatype, long[] shape, ByteBuffer data) {
        this.name = name;
        this.datatype = datatype;
        this.shape = shape.clone();
        this.data = data.slice().order(ByteOrder.LITTLE_ENDIAN);
        count = checkedCount(name, shape);
        if (datatype == Datatype.BYTES) {
            checkElements();
        } else if (this.data.limit() != (long) count * datatype.bytes()) {
            throw ProtocolException.invalid("tensor '" + Texts.shown(name) + "' of shape " + Arrays.toString(shape) + " and " + datatype + " has "
                    + (long) count * datatype.bytes() + " bytes; " + this.data.limit() + " were given");
        }
    }

    /**
     * {@return the number of elements of a shape}
     *
     * @param name the tensor's, for messages
     * @param shape its dimensions
     * @throws ProtocolException if a dimension is negative or the tensor too large
     */
    public static int checkedCount(String name, long[] shape) {
        long count = 1;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw ProtocolException.invalid("tensor '" + Texts.shown(name) + "' has the shape " + Arrays.toString(shape)
                        + "; a request gives the size of each dimension, -1 stands in metadata alone");
            }
            count = dimension == 0 ? 0 : count > Integer.MAX_VALUE / dimension ? Long.MAX_VALUE / 2 : count * dimension;
            if (count > Integer.MAX_VALUE) {
                throw ProtocolException.invalid("tensor '" + Texts.shown(name) + "' of shape " + Arrays.toString(shape) + " is too large");
            }
        }
        return (int) count;
    }

    private void checkElements() {
        int at = 0;
        for (int i = 0; i < count; i++) {
            long length = at + 4 > data.limit() ? -1 : Integer.toUnsignedLong(data.getInt(at));
            if (length < 0 || at + 4 + length > data.limit()) {
                throw ProtocolException.invalid("tensor '" + Texts.shown(name) + "': element " + i + " of its " + count + " BYTES reaches beyond its "
                        + data.limit() + " bytes; each is its length in 4 bytes, little-endian, and then so many bytes");
            }
            at += 4 + (int) length;
        }
        if (at != data.limit()) {
            throw ProtocolException.invalid("tensor '" + Texts.shown(name) + "' of shape " + Arrays.toString(shape) + " has " + count + " BYTES, and "
                    + (data.limit() - at) + " bytes after them");
        }
    }

    /** {@return a tensor of floats} */
    public static InferenceTensor of(String name, float[] values, long... shape) {
        ByteBuffer data = allocate(4 * values.length);
        data.asFloatBuffer().put(values);
        return new InferenceTensor(name, Datatype.FP32, shape, data);
    }

    /** {@return a tensor of doubles} */
    public static InferenceTensor of(String name, double[] values, long... shape) {
        ByteBuffer data = allocate(8 * values.length);
        data.asDoubleBuffer().put(values);
        return new InferenceTensor(name, Datatype.FP64, shape, data);
    }

    /** {@return a tensor of integers} */
    public static InferenceTensor of(String name, int[] values, long... shape) {
        ByteBuffer data = allocate(4 * values.length);
        data.asIntBuffer().put(values);
        return new InferenceTensor(name, Datatype.INT32, shape, data);
    }

    /** {@return a tensor of texts} */
    public static InferenceTensor of(String name, List<String> texts, long... shape) {
        List<byte[]> encoded = texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
        return ofBytes(name, encoded, shape);
    }

    /** {@return a tensor of BYTES} */
    public static InferenceTensor ofBytes(String name, List<byte[]> elements, long... shape) {
        ByteBuffer data = allocate(elements.stream().mapToInt(each -> 4 + each.length).reduce(0, Math::addExact));
        elements.forEach(each -> data.putInt(each.length).put(each));
        return new InferenceTensor(name, Datatype.BYTES, shape, data.flip());
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** {@return its name} */
    public String name() {
        return name;
    }

    /** {@return the type of its elements} */
    public Datatype datatype() {
        return datatype;
    }

    /** {@return its dimensions, a copy} */
    public long[] shape() {
        return shape.clone();
    }

    /** {@return the number of its dimensions} */
    public int rank() {
        return shape.length;
    }

    /** {@return the size of a dimension} */
    public long dim(int dimension) {
        return shape[dimension];
    }

    /** {@return the number of its elements} */
    public int count() {
        return count;
    }

    /** {@return how many bytes it has} */
    public int bytes() {
        return data.remaining();
    }

    /** {@return its bytes, read-only and little-endian} */
    public ByteBuffer data() {
        return data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** {@return the elements of a tensor of BYTES, copies} */
    public List<byte[]> elements() {
        check(Datatype.BYTES);
        List<byte[]> elements = new ArrayList<>(count);
        for (int i = 0, at = 0; i < count; i++) {
            byte[] element = new byte[data.getInt(at)];
            data.get(at + 4, element);
            elements.add(element);
            at += 4 + element.length;
        }
        return elements;
    }

    /**
     * {@return the texts of a tensor of BYTES}
     *
     * @throws ProtocolException if the tensor has another type, or a text is not UTF-8
     */
    public List<String> texts() {
        List<byte[]> elements = elements();
        List<String> texts = new ArrayList<>(elements.size());
        for (byte[] element : elements) {
            String text = new String(element, StandardCharsets.UTF_8);
            if (text.indexOf('\uFFFD') >= 0 && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), element)) {
                throw ProtocolException.invalid("tensor '" + Texts.shown(name) + "': text " + texts.size() + " is not UTF-8");
            }
            texts.add(text);
        }
        return texts;
    }

    /**
     * {@return the elements as floats: of FP32, FP64, FP16, BF16 and whole numbers}
     *
     * @throws ProtocolException if the tensor has another type
     */
    public float[] floats() {
        float[] values = new float[count];
        switch (datatype) {
            case FP32 -> data.asFloatBuffer().get(0, values);
            case FP64 -> fill(values, i -> (float) data.getDouble(8 * i));
            case FP16 -> fill(values, i -> Halves.float16(data.getShort(2 * i)));
            case BF16 -> fill(values, i -> Float.intBitsToFloat(data.getShort(2 * i) << 16));
            case INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64 -> fill(values, this::whole);
            default -> throw wrongType("numbers");
        }
        return values;
    }

    /**
     * {@return the elements as doubles}
     *
     * @throws ProtocolException if the tensor has no numbers
     */
    public double[] doubles() {
        double[] values = new double[count];
        if (datatype == Datatype.FP64) {
            data.asDoubleBuffer().get(0, values);
            return values;
        }
        if (datatype == Datatype.INT64) {
            for (int i = 0; i < count; i++) {
                values[i] = data.getLong(8 * i);
            }
            return values;
        }
        float[] floats = floats();
        for (int i = 0; i < count; i++) {
            values[i] = floats[i];
        }
        return values;
    }

    /**
     * {@return the elements as ids: of whole numbers that fit}
     *
     * @throws ProtocolException if the tensor has another type, or a number is none of 32 bits
     */
    public int[] ints() {
        if (!datatype.isInteger()) {
            throw wrongType("whole numbers");
        }
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            long value = whole(i);
            if (value != (int) value || datatype == Datatype.UINT64 && value < 0) {
                throw ProtocolException.invalid("tensor '" + Texts.shown(name) + "': element " + i + " is " + Long.toUnsignedString(value)
                        + ", which is beyond 32 bits");
            }
            values[i] = (int) value;
        }
        return values;
    }

    private long whole(int i) {
        return switch (datatype) {
            case INT8 -> data.get(i);
            case UINT8 -> Byte.toUnsignedLong(data.get(i));
            case INT16 -> data.getShort(2 * i);
            case UINT16 -> Short.toUnsignedLong(data.getShort(2 * i));
            case INT32 -> data.getInt(4 * i);
            case UINT32 -> Integer.toUnsignedLong(data.getInt(4 * i));
            default -> data.getLong(8 * i);
        };
    }

    @FunctionalInterface
    private interface FloatAt {
        float at(int i);
    }

    private static void fill(float[] values, FloatAt source) {
        for (int i = 0; i < values.length; i++) {
            values[i] = source.at(i);
        }
    }

    private void check(Datatype expected) {
        if (datatype != expected) {
            throw ProtocolException.invalid("tensor '" + Texts.shown(name) + "' is of " + datatype + "; expected " + expected);
        }
    }

    private ProtocolException wrongType(String expected) {
        return ProtocolException.invalid("tensor '" + Texts.shown(name) + "' is of " + datatype + "; expected " + expected);
    }
}
