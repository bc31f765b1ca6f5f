/* Typed contents of tensors, against bytes that are written out. */
package org.tidegate.server.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tidegate.server.grpc.inference.InferTensorContents;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;

class ContentsTest {
    /** Two elements and their binary form, little-endian. */
    private record Example(InferTensorContents contents, String hex) {}

    private static final Map<Datatype, Example> EXAMPLES = new EnumMap<>(Datatype.class);

    static {
        add(Datatype.BOOL, contents().addBoolContents(true).addBoolContents(false), "0100");
        add(Datatype.INT8, contents().addIntContents(-128).addIntContents(127), "807f");
        add(Datatype.INT16, contents().addIntContents(-2).addIntContents(0x1234), "feff3412");
        add(Datatype.INT32, contents().addIntContents(Integer.MIN_VALUE).addIntContents(1), "0000008001000000");
        add(Datatype.INT64, contents().addInt64Contents(-1).addInt64Contents(1L << 40), "ffffffffffffffff0000000000010000");
        add(Datatype.UINT8, contents().addUintContents(255).addUintContents(1), "ff01");
        add(Datatype.UINT16, contents().addUintContents(0xffff).addUintContents(2), "ffff0200");
        add(Datatype.UINT32, contents().addUintContents(-1).addUintContents(3), "ffffffff03000000");
        add(Datatype.UINT64, contents().addUint64Contents(-1).addUint64Contents(4), "ffffffffffffffff0400000000000000");
        add(Datatype.FP32, contents().addFp32Contents(1f).addFp32Contents(-0f), "0000803f00000080");
        add(Datatype.FP64, contents().addFp64Contents(1).addFp64Contents(-2), "000000000000f03f00000000000000c0");
        add(Datatype.BYTES, contents().addBytesContents(ByteString.copyFromUtf8("ab")).addBytesContents(ByteString.EMPTY), "02000000616200000000");
    }

    private static void add(Datatype datatype, InferTensorContents.Builder contents, String hex) {
        EXAMPLES.put(datatype, new Example(contents.build(), hex));
    }

    private static InferTensorContents.Builder contents() {
        return InferTensorContents.newBuilder();
    }

    private static String hex(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String refused(Datatype datatype, int count, InferTensorContents contents) {
        return assertThrows(ProtocolException.class, () -> Contents.read("x", datatype, count, contents)).getMessage();
    }

    @Test
    void eachDatatypeHasItsField() {
        for (Datatype datatype : Datatype.values()) {
            if (!datatype.hasJson()) {
                assertNull(Contents.field(datatype), datatype.name());
                assertTrue(refused(datatype, 0, contents().build()).contains("raw_input_contents"));
                continue;
            }
            Example example = EXAMPLES.get(datatype);
            ByteBuffer data = Contents.read("x", datatype, 2, example.contents());
            assertEquals(example.hex(), hex(data), datatype.name());
            assertEquals(example.contents(), Contents.write(new InferenceTensor("x", datatype, new long[] {2}, data)), datatype.name());
        }
    }

    /** Pitfall 6: elements in the field of another type. */
    @Test
    void elementsInTheFieldOfAnotherTypeAreRefused() {
        for (Map.Entry<Datatype, Example> each : EXAMPLES.entrySet()) {
            for (Datatype other : EXAMPLES.keySet()) {
                if (!Contents.field(other).equals(Contents.field(each.getKey()))) {
                    String message = refused(other, 2, each.getValue().contents());
                    assertTrue(message.contains(Contents.field(each.getKey())) && message.endsWith(Contents.field(other)), message);
                }
            }
        }
    }

    @Test
    void theCountIsThatOfTheShape() {
        EXAMPLES.forEach((datatype, example) -> {
            for (int count : new int[] {0, 1, 3}) {
                assertTrue(refused(datatype, count, example.contents()).contains("has " + count + " elements by its shape; 2 were given"));
            }
        });
    }

    @Test
    void smallIntegersMustFit() {
        for (Datatype datatype : List.of(Datatype.INT8, Datatype.INT16)) {
            int beyond = 1 << 8 * datatype.bytes() - 1;
            assertTrue(refused(datatype, 1, contents().addIntContents(beyond).build()).contains("element 0 is " + beyond));
            assertTrue(refused(datatype, 1, contents().addIntContents(-beyond - 1).build()).contains("element 0 is " + (-beyond - 1)));
        }
        for (Datatype datatype : List.of(Datatype.UINT8, Datatype.UINT16)) {
            assertTrue(refused(datatype, 1, contents().addUintContents(1 << 8 * datatype.bytes()).build()).contains("element 0 is "));
            assertTrue(refused(datatype, 1, contents().addUintContents(-1).build()).contains("element 0 is 4294967295"));
        }
    }
}
