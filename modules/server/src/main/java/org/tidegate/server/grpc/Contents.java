/* Typed contents of tensors. */
package org.tidegate.server.grpc;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.tidegate.server.grpc.inference.InferTensorContents;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Texts;

/** From the protocol's InferTensorContents to the binary form and back. FP16 and BF16 have the raw form alone. */
final class Contents {
    /** The count of each field. */
    private static final Map<String, ToIntFunction<InferTensorContents>> FIELDS = new LinkedHashMap<>();

    static {
        FIELDS.put("bool_contents", InferTensorContents::getBoolContentsCount);
        FIELDS.put("int_contents", InferTensorContents::getIntContentsCount);
        FIELDS.put("int64_contents", InferTensorContents::getInt64ContentsCount);
        FIELDS.put("uint_contents", InferTensorContents::getUintContentsCount);
        FIELDS.put("uint64_contents", InferTensorContents::getUint64ContentsCount);
        FIELDS.put("fp32_contents", InferTensorContents::getFp32ContentsCount);
        FIELDS.put("fp64_contents", InferTensorContents::getFp64ContentsCount);
        FIELDS.put("bytes_contents", InferTensorContents::getBytesContentsCount);
    }

    private Contents() {}

    /** The field that has the elements of a datatype, null for none. */
    static String field(Datatype datatype) {
        return switch (datatype) {
            case BOOL -> "bool_contents";
            case INT8, INT16, INT32 -> "int_contents";
            case INT64 -> "int64_contents";
            case UINT8, UINT16, UINT32 -> "uint_contents";
            case UINT64 -> "uint64_contents";
            case FP32 -> "fp32_contents";
            case FP64 -> "fp64_contents";
            case BYTES -> "bytes_contents";
            case FP16, BF16 -> null;
        };
    }

    /**
     * The binary form of an input's elements.
     *
     * @throws ProtocolException if they are not as many as the shape has, or stand in the field of another type
     */
    static ByteBuffer read(String input, Datatype datatype, int count, InferTensorContents contents) {
        String field = field(datatype);
        if (field == null) {
            throw ProtocolException.invalid("input '" + Texts.shown(input) + "': " + datatype + " has no typed contents; send it in raw_input_contents");
        }
        FIELDS.forEach((other, counter) -> {
            if (!other.equals(field) && counter.applyAsInt(contents) > 0) {
                throw ProtocolException.invalid("input '" + Texts.shown(input) + "' of " + datatype + " has elements in " + other + "; expected them in "
                        + field);
            }
        });
        int given = FIELDS.get(field).applyAsInt(contents);
        if (given != count) {
            throw ProtocolException.invalid("input '" + Texts.shown(input) + "' has " + count + " elements by its shape; " + given + " were given in "
                    + field);
        }
        return datatype == Datatype.BYTES ? bytes(contents) : numbers(input, datatype, count, contents);
    }

    private static ByteBuffer bytes(InferTensorContents contents) {
        long size = contents.getBytesContentsList().stream().mapToLong(each -> 4L + each.size()).sum();
        if (size > Integer.MAX_VALUE - 16) {
            throw ProtocolException.invalid("bytes_contents have " + size + " bytes, which is too much");
        }
        ByteBuffer data = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        for (ByteString element : contents.getBytesContentsList()) {
            data.putInt(element.size());
            element.copyTo(data);
        }
        return data.flip();
    }

    private static ByteBuffer numbers(String input, Datatype datatype, int count, InferTensorContents contents) {
        if ((long) count * datatype.bytes() > Integer.MAX_VALUE - 16) {
            throw ProtocolException.invalid("input '" + Texts.shown(input) + "' is too large");
        }
        ByteBuffer data = ByteBuffer.allocate(count * datatype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            switch (datatype) {
                case BOOL -> data.put((byte) (contents.getBoolContents(i) ? 1 : 0));
                case INT8 -> data.put((byte) checked(input, datatype, i, contents.getIntContents(i), Byte.MIN_VALUE, Byte.MAX_VALUE));
                case INT16 -> data.putShort((short) checked(input, datatype, i, contents.getIntContents(i), Short.MIN_VALUE, Short.MAX_VALUE));
                case INT32 -> data.putInt(contents.getIntContents(i));
                case INT64 -> data.putLong(contents.getInt64Contents(i));
                case UINT8 -> data.put((byte) checked(input, datatype, i, unsigned(contents, i), 0, 0xff));
                case UINT16 -> data.putShort((short) checked(input, datatype, i, unsigned(contents, i), 0, 0xffff));
                case UINT32 -> data.putInt(contents.getUintContents(i));
                case UINT64 -> data.putLong(contents.getUint64Contents(i));
                case FP32 -> data.putFloat(contents.getFp32Contents(i));
                case FP64 -> data.putDouble(contents.getFp64Contents(i));
                default -> throw new AssertionError(datatype);
            }
        }
        return data.flip();
    }

    private static long unsigned(InferTensorContents contents, int i) {
        return Integer.toUnsignedLong(contents.getUintContents(i));
    }

    private static long checked(String input, Datatype datatype, int i, long value, long least, long most) {
        if (value < least || value > most) {
            throw ProtocolException.invalid("input '" + Texts.shown(input) + "': element " + i + " is " + value + "; " + datatype + " has " + least + " to "
                    + most);
        }
        return value;
    }

    /**
     * The elements of an output.
     *
     * @throws ProtocolException if its type has the raw form alone
     */
    static InferTensorContents write(InferenceTensor output) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        if (output.datatype() == Datatype.BYTES) {
            output.elements().forEach(element -> contents.addBytesContents(ByteString.copyFrom(element)));
            return contents.build();
        }
        ByteBuffer data = output.data();
        for (int i = 0; i < output.count(); i++) {
            switch (output.datatype()) {
                case BOOL -> contents.addBoolContents(data.get() != 0);
                case INT8 -> contents.addIntContents(data.get());
                case INT16 -> contents.addIntContents(data.getShort());
                case INT32 -> contents.addIntContents(data.getInt());
                case INT64 -> contents.addInt64Contents(data.getLong());
                case UINT8 -> contents.addUintContents(Byte.toUnsignedInt(data.get()));
                case UINT16 -> contents.addUintContents(Short.toUnsignedInt(data.getShort()));
                case UINT32 -> contents.addUintContents(data.getInt());
                case UINT64 -> contents.addUint64Contents(data.getLong());
                case FP32 -> contents.addFp32Contents(data.getFloat());
                case FP64 -> contents.addFp64Contents(data.getDouble());
                default -> throw ProtocolException.invalid("output '" + output.name() + "' is of " + output.datatype()
                        + ", which has the raw form alone; leave binary_data_output out");
            }
        }
        return contents.build();
    }
}
