/* A request's message before it is parsed. */
package org.tidegate.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.tidegate.server.grpc.inference.InferParameter;
import org.tidegate.server.grpc.inference.InferTensorContents;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.server.grpc.inference.ModelInferRequest.InferInputTensor;
import org.tidegate.server.grpc.inference.ModelInferRequest.InferRequestedOutputTensor;
import org.tidegate.server.ops.Inflight;
import org.tidegate.server.protocol.Limits;
import org.tidegate.server.protocol.ProtocolException;

/** The bytes of a ModelInferRequest. Their things are counted before any of them is made; raw contents are not copied. */
final class InferMessage {
    /** Leaves the bytes as they are. */
    static final MethodDescriptor.Marshaller<InferMessage> MARSHALLER = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(InferMessage message) {
            return new ByteArrayInputStream(message.bytes);
        }

        @Override
        public InferMessage parse(InputStream stream) {
            try {
                return new InferMessage(read(stream));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private static final int TEXT = WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final String DIMENSIONS = "the dimensions of a shape";
    private static final int OBJECT = 200; // bytes of a message within, with what holds it
    private static final int ELEMENT = 48; // of a text
    private static final int LARGE = 1 << 16; // bytes

    private final byte[] bytes;
    private int unknown;
    private long objects;

    /** bytes: not copied. */
    InferMessage(byte... bytes) {
        this.bytes = bytes;
    }

    private static byte[] read(InputStream stream) throws IOException {
        if (!(stream instanceof KnownLength)) {
            return stream.readAllBytes();
        }
        byte[] all = new byte[stream.available()];
        stream.readNBytes(all, 0, all.length);
        return all;
    }

    /** Whether it takes so long to read that others should not wait for it. */
    boolean isLarge() {
        return bytes.length > LARGE;
    }

    /** About how many bytes the parsed message has beside these. */
    long objects() {
        return objects;
    }

    /**
     * The message.
     *
     * @param share holds its objects, too; to be given back when the message is not needed any more
     * @throws ProtocolException if it is malformed, or has too many of anything
     */
    ModelInferRequest parse(Inflight.Share share) {
        try {
            count(CodedInputStream.newInstance(bytes));
            share.take(objects);
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            in.enableAliasing(true);
            return ModelInferRequest.parser().parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            throw Guard.malformed();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void count(CodedInputStream in) throws IOException {
        int inputs = 0;
        int outputs = 0;
        int raw = 0;
        int parameters = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | TEXT, 2 << 3 | TEXT, 3 << 3 | TEXT -> in.skipField(tag); // one text each
                case ModelInferRequest.PARAMETERS_FIELD_NUMBER << 3 | TEXT -> {
                    Limits.check(++parameters, Limits.PARAMETERS, "parameters");
                    within(in, this::parameter);
                }
                case ModelInferRequest.INPUTS_FIELD_NUMBER << 3 | TEXT -> {
                    Limits.check(++inputs, Limits.TENSORS, "inputs");
                    within(in, this::input);
                }
                case ModelInferRequest.OUTPUTS_FIELD_NUMBER << 3 | TEXT -> {
                    Limits.check(++outputs, Limits.TENSORS, "outputs");
                    within(in, this::output);
                }
                case ModelInferRequest.RAW_INPUT_CONTENTS_FIELD_NUMBER << 3 | TEXT -> {
                    Limits.check(++raw, Limits.TENSORS, "raw_input_contents");
                    in.skipField(tag);
                }
                default -> unknown(in, tag);
            }
        }
    }

    private void input(CodedInputStream in) throws IOException {
        int parameters = 0;
        int dimensions = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | TEXT, 2 << 3 | TEXT -> in.skipField(tag);
                case InferInputTensor.SHAPE_FIELD_NUMBER << 3 -> {
                    Limits.check(++dimensions, Limits.DIMENSIONS, DIMENSIONS);
                    in.skipField(tag);
                }
                case InferInputTensor.SHAPE_FIELD_NUMBER << 3 | TEXT -> {
                    dimensions += numbers(in);
                    Limits.check(dimensions, Limits.DIMENSIONS, DIMENSIONS);
                }
                case InferInputTensor.PARAMETERS_FIELD_NUMBER << 3 | TEXT -> {
                    Limits.check(++parameters, Limits.TENSOR_PARAMETERS, "parameters");
                    within(in, this::parameter);
                }
                case InferInputTensor.CONTENTS_FIELD_NUMBER << 3 | TEXT -> within(in, this::contents);
                default -> unknown(in, tag);
            }
        }
    }

    private void output(CodedInputStream in) throws IOException {
        int parameters = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case 1 << 3 | TEXT -> in.skipField(tag);
                case InferRequestedOutputTensor.PARAMETERS_FIELD_NUMBER << 3 | TEXT -> {
                    Limits.check(++parameters, Limits.TENSOR_PARAMETERS, "parameters");
                    within(in, this::parameter);
                }
                default -> unknown(in, tag);
            }
        }
    }

    /** An entry of a map. */
    private void parameter(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (2 << 3 | TEXT)) {
                within(in, this::value);
            } else {
                known(in, tag, 1);
            }
        }
    }

    private void value(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            known(in, tag, InferParameter.UINT64_PARAM_FIELD_NUMBER);
        }
    }

    /** Typed elements, which take more bytes than they came in. */
    private void contents(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == (InferTensorContents.BYTES_CONTENTS_FIELD_NUMBER << 3 | TEXT)) {
                objects += ELEMENT;
                in.skipField(tag);
            } else if (tag >>> 3 < InferTensorContents.BYTES_CONTENTS_FIELD_NUMBER && (tag & 7) == TEXT) {
                objects += (long) Long.BYTES * numbers(in);
            } else if (tag >>> 3 < InferTensorContents.BYTES_CONTENTS_FIELD_NUMBER) {
                objects += Long.BYTES;
                known(in, tag, InferTensorContents.FP64_CONTENTS_FIELD_NUMBER);
            } else {
                unknown(in, tag);
            }
        }
    }

    @FunctionalInterface
    private interface Message {
        void read(CodedInputStream in) throws IOException;
    }

    private void within(CodedInputStream in, Message message) throws IOException {
        objects += OBJECT;
        int limit = in.pushLimit(in.readRawVarint32());
        message.read(in);
        in.popLimit(limit);
    }

    /** How many numbers of any length a packed field has, at most. */
    private int numbers(CodedInputStream in) throws IOException {
        int length = in.readRawVarint32();
        int begin = in.getTotalBytesRead();
        in.skipRawBytes(length);
        int numbers = 0;
        for (int i = begin; i < begin + length; i++) {
            numbers += bytes[i] >= 0 ? 1 : 0; // the last byte of one
        }
        return numbers;
    }

    private void known(CodedInputStream in, int tag, int most) throws IOException {
        if (tag >>> 3 > most) {
            unknown(in, tag);
        } else {
            skip(in, tag);
        }
    }

    /** Also what is unknown is kept of a message. */
    private void unknown(CodedInputStream in, int tag) throws IOException {
        Limits.check(++unknown, Limits.PARAMETERS, "fields that are unknown");
        objects += OBJECT;
        skip(in, tag);
    }

    /** Groups, which would nest, are none of the protocol's. */
    private static void skip(CodedInputStream in, int tag) throws IOException {
        int type = WireFormat.getTagWireType(tag);
        if (type == WireFormat.WIRETYPE_START_GROUP || !in.skipField(tag)) {
            throw Guard.malformed();
        }
    }
}
