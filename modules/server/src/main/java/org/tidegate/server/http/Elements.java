/* Elements in JSON as bytes. */
package org.tidegate.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.Datatype;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.protocol.Texts;

/** The binary form of a tensor that is read element by element. */
final class Elements {
    private static final int FIRST = 256; // bytes, which are not counted

    private final Datatype datatype;
    private final Inflight.Share share;
    private ByteBuffer data = ByteBuffer.allocate(FIRST).order(ByteOrder.LITTLE_ENDIAN);
    private int count;

    /** share: of the request, which ends it. */
    Elements(Datatype datatype, Inflight.Share share) {
        this.datatype = datatype;
        this.share = share;
    }

    int count() {
        return count;
    }

    ByteBuffer buffer() {
        return data.flip();
    }

    void add(JsonParser parser, JsonToken token) throws IOException {
        switch (datatype) {
            case BYTES -> {
                check(parser, token == JsonToken.VALUE_STRING);
                String value = parser.getText();
                checkUnicode(value);
                byte[] text = value.getBytes(StandardCharsets.UTF_8);
                room(4 + text.length).putInt(text.length).put(text);
            }
            case BOOL -> {
                check(parser, token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE);
                room(1).put((byte) (token == JsonToken.VALUE_TRUE ? 1 : 0));
            }
            case FP32 -> {
                check(parser, token.isNumeric());
                room(4).putFloat(parser.getFloatValue());
            }
            case FP64 -> {
                check(parser, token.isNumeric());
                room(8).putDouble(parser.getDoubleValue());
            }
            case UINT64 -> {
                check(parser, token == JsonToken.VALUE_NUMBER_INT);
                BigInteger value = parser.getBigIntegerValue();
                check(parser, value.signum() >= 0 && value.bitLength() <= 64);
                room(8).putLong(value.longValue());
            }
            default -> {
                check(parser, token == JsonToken.VALUE_NUMBER_INT);
                whole(parser);
            }
        }
        count++;
    }

    /** Java would write a question mark for half a pair of surrogates. */
    private void checkUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c) || i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw ProtocolException.invalid("element " + count + " of data is no text: it has half a pair of surrogates");
                }
                i++;
            }
        }
    }

    private void whole(JsonParser parser) throws IOException {
        long value;
        try {
            value = parser.getLongValue();
        } catch (InputCoercionException e) {
            throw wrong(parser);
        }
        int bits = 8 * datatype.bytes();
        boolean unsigned = datatype.name().startsWith("U");
        check(parser, bits == 64 || (unsigned ? value >>> bits == 0 : value << 64 - bits >> 64 - bits == value));
        switch (datatype.bytes()) {
            case 1 -> room(1).put((byte) value);
            case 2 -> room(2).putShort((short) value);
            case 4 -> room(4).putInt((int) value);
            default -> room(8).putLong(value);
        }
    }

    private ByteBuffer room(int bytes) {
        if (data.remaining() < bytes) {
            long wanted = Math.max(2L * data.capacity(), (long) data.position() + bytes);
            int capacity = (int) Math.min(wanted, Integer.MAX_VALUE - 16);
            share.take(capacity);
            int before = data.capacity();
            data = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(data.flip());
            share.give(before > FIRST ? before : 0);
        }
        return data;
    }

    private void check(JsonParser parser, boolean right) throws IOException {
        if (!right) {
            throw wrong(parser);
        }
    }

    private ProtocolException wrong(JsonParser parser) throws IOException {
        return ProtocolException.invalid("element " + count + " of data is " + Texts.shown(parser.getText()) + "; expected " + datatype);
    }
}
