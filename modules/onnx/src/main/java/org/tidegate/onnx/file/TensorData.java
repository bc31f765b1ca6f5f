package org.tidegate.onnx.file;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The numbers of a tensor of the file. */
public final class TensorData {
    /** The type of booleans. */
    public static final int BOOL = TensorProto.DataType.BOOL_VALUE;
    private static final long MOST = Integer.MAX_VALUE / 8;

    private TensorData() {}

    /** Whether a type is one of reals. */
    public static boolean isReal(int type) {
        return type == TensorProto.DataType.FLOAT_VALUE || type == TensorProto.DataType.DOUBLE_VALUE || type == TensorProto.DataType.FLOAT16_VALUE
                || type == TensorProto.DataType.BFLOAT16_VALUE;
    }

    /** Whether a type is one of integers. */
    public static boolean isInteger(int type) {
        return type == TensorProto.DataType.INT64_VALUE || type == TensorProto.DataType.INT32_VALUE || type == TensorProto.DataType.INT16_VALUE
                || type == TensorProto.DataType.INT8_VALUE || type == TensorProto.DataType.UINT8_VALUE
                || type == TensorProto.DataType.UINT16_VALUE || type == TensorProto.DataType.UINT32_VALUE
                || type == TensorProto.DataType.UINT64_VALUE;
    }

    /** {@return the shape; its product fits an array} */
    public static int[] shape(TensorProto tensor) {
        int[] shape = new int[tensor.getDimsCount()];
        long count = 1;
        for (int i = 0; i < shape.length; i++) {
            long size = tensor.getDims(i);
            if (size < 0 || size > MOST || (count *= Math.max(1, size)) > MOST) {
                throw new IllegalArgumentException("tensor '" + tensor.getName() + "' has the shape " + tensor.getDimsList()
                        + ", which is negative or too large");
            }
            shape[i] = (int) size;
        }
        return shape;
    }

    private static int count(int[] shape) {
        int count = 1;
        for (int size : shape) {
            count *= size;
        }
        return count;
    }

    private static IllegalArgumentException wrong(TensorProto tensor, int count, long there) {
        return new IllegalArgumentException("tensor '" + tensor.getName() + "' of shape " + tensor.getDimsList() + " holds " + there
                + " numbers or bytes; expected " + count + " numbers");
    }

    /** The raw bytes, little-endian. */
    private static ByteBuffer raw(TensorProto tensor, ByteBuffer external, int count, int width) {
        ByteBuffer bytes = external != null ? external.duplicate() : tensor.getRawData().asReadOnlyByteBuffer();
        if (bytes.remaining() != (long) count * width) {
            throw wrong(tensor, count, bytes.remaining());
        }
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** {@return the reals of a tensor} external: its bytes where they lie in another file, else null. */
    public static float[] reals(TensorProto tensor, ByteBuffer external) {
        int count = count(shape(tensor));
        int type = tensor.getDataType();
        boolean isRaw = external != null || tensor.hasRawData();
        int there = type == TensorProto.DataType.FLOAT_VALUE ? tensor.getFloatDataCount()
                : type == TensorProto.DataType.DOUBLE_VALUE ? tensor.getDoubleDataCount() : tensor.getInt32DataCount();
        if (!isRaw && there != count) {
            throw wrong(tensor, count, there);
        }
        int width = type == TensorProto.DataType.DOUBLE_VALUE ? 8 : type == TensorProto.DataType.FLOAT_VALUE ? 4 : 2;
        ByteBuffer bytes = isRaw ? raw(tensor, external, count, width) : null; // checked before the array is made
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = switch (width) {
                case 8 -> (float) (isRaw ? bytes.getDouble() : tensor.getDoubleData(i));
                case 4 -> isRaw ? bytes.getFloat() : tensor.getFloatData(i);
                default -> half(isRaw ? bytes.getShort() : (short) tensor.getInt32Data(i), type == TensorProto.DataType.BFLOAT16_VALUE);
            };
        }
        return values;
    }

    private static float half(short bits, boolean brain) {
        if (brain) {
            return Float.intBitsToFloat(bits << 16);
        }
        int exponent = bits >> 10 & 31;
        int fraction = bits & 1023;
        float size = exponent == 0 ? fraction * 0x1p-24f
                : exponent == 31 ? fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN : Math.scalb(1 + fraction * 0x1p-10f, exponent - 15);
        return bits < 0 ? -size : size;
    }

    /** {@return the integers or booleans of a tensor} */
    public static long[] integers(TensorProto tensor, ByteBuffer external) {
        int count = count(shape(tensor));
        int type = tensor.getDataType();
        boolean wide = type == TensorProto.DataType.INT64_VALUE;
        boolean isRaw = external != null || tensor.hasRawData();
        boolean unsignedWide = type == TensorProto.DataType.UINT64_VALUE || type == TensorProto.DataType.UINT32_VALUE;
        int there = wide ? tensor.getInt64DataCount() : unsignedWide ? tensor.getUint64DataCount() : tensor.getInt32DataCount();
        if (!isRaw && there != count) {
            throw wrong(tensor, count, there);
        }
        int width = switch (type) {
            case TensorProto.DataType.INT64_VALUE, TensorProto.DataType.UINT64_VALUE -> 8;
            case TensorProto.DataType.INT32_VALUE, TensorProto.DataType.UINT32_VALUE -> 4;
            case TensorProto.DataType.INT16_VALUE, TensorProto.DataType.UINT16_VALUE -> 2;
            default -> 1;
        };
        ByteBuffer bytes = isRaw ? raw(tensor, external, count, width) : null;
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            if (!isRaw) {
                values[i] = wide ? tensor.getInt64Data(i) : unsignedWide ? tensor.getUint64Data(i) : tensor.getInt32Data(i);
                continue;
            }
            values[i] = switch (type) {
                case TensorProto.DataType.INT64_VALUE, TensorProto.DataType.UINT64_VALUE -> bytes.getLong();
                case TensorProto.DataType.INT32_VALUE -> bytes.getInt();
                case TensorProto.DataType.UINT32_VALUE -> Integer.toUnsignedLong(bytes.getInt());
                case TensorProto.DataType.INT16_VALUE -> bytes.getShort();
                case TensorProto.DataType.UINT16_VALUE -> Short.toUnsignedInt(bytes.getShort());
                case TensorProto.DataType.INT8_VALUE -> bytes.get();
                default -> Byte.toUnsignedInt(bytes.get());
            };
        }
        return values;
    }
}
