package org.tidegate.onnx.file;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.tidegate.onnx.OnnxException;

/** A file of ONNX: the message, and the tensors that lie in files beside it. */
public final class OnnxFile {
    private static final int MOST_NESTED = 64;

    private final Path path;
    private final ModelProto model;

    private OnnxFile(Path path, ModelProto model) {
        this.path = path;
        this.model = model;
    }

    /**
     * {@return the file, read}
     *
     * @throws OnnxException if it is no message of ONNX
     * @throws IOException if it cannot be read
     */
    public static OnnxFile read(Path path) throws IOException {
        long size = Files.size(path);
        if (size > Integer.MAX_VALUE) {
            throw new OnnxException(path + " has " + size + " bytes; a message of ONNX has less than 2^31");
        }
        try {
            CodedInputStream in = CodedInputStream.newInstance(Files.readAllBytes(path));
            in.setRecursionLimit(MOST_NESTED);
            ModelProto model = ModelProto.parseFrom(in);
            if (!model.hasGraph() || model.getOpsetImportCount() == 0) {
                throw new OnnxException(path + " is no model of ONNX: it has no graph, or no version of operators");
            }
            return new OnnxFile(path, model);
        } catch (InvalidProtocolBufferException e) {
            throw new OnnxException(path + " is no model of ONNX, or is damaged: " + e.getMessage(), e);
        }
    }

    /** {@return its message} */
    public ModelProto model() {
        return model;
    }

    /** {@return its path} */
    public Path path() {
        return path;
    }

    /**
     * {@return the bytes of a tensor that lies in another file, which must be beside this one}
     *
     * @throws IllegalArgumentException if it names another folder, or the file is too short
     */
    public ByteBuffer external(TensorProto tensor) {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        String location = entries.getOrDefault("location", "");
        Path folder = path.toAbsolutePath().getParent();
        Path file = folder.resolve(location).normalize();
        if (location.isEmpty() || Path.of(location).isAbsolute() || !file.startsWith(folder) || location.contains("..")) {
            throw new IllegalArgumentException("tensor '" + tensor.getName() + "' lies in '" + location + "'; only files beside the model are read");
        }
        try {
            if (!file.toRealPath().startsWith(folder.toRealPath())) {
                throw new IllegalArgumentException("tensor '" + tensor.getName() + "' lies in '" + location
                        + "', which leads out of the model's folder");
            }
            try (FileChannel channel = FileChannel.open(file)) {
                long offset = number(tensor, entries, "offset", 0);
                long length = number(tensor, entries, "length", channel.size() - offset);
                if (offset < 0 || length < 0 || length > Integer.MAX_VALUE || offset > channel.size() - length) {
                    throw new IllegalArgumentException("tensor '" + tensor.getName() + "' lies at " + offset + " + " + length + " of '" + location
                            + "', which has " + channel.size() + " bytes");
                }
                ByteBuffer bytes = ByteBuffer.allocate((int) length);
                while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) { }
                return bytes.flip();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("'" + location + "', where tensor '" + tensor.getName() + "' lies, cannot be read: " + e.getMessage(), e);
        }
    }

    private static long number(TensorProto tensor, Map<String, String> entries, String key, long standard) {
        try {
            return entries.containsKey(key) ? Long.parseLong(entries.get(key)) : standard;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("tensor '" + tensor.getName() + "': " + key + " is '" + entries.get(key) + "', which is no number");
        }
    }
}
