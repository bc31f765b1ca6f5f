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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tidegate.onnx.OnnxException;

/** A file of ONNX: the message, and the tensors that lie in files beside it. */
public final class OnnxFile {
    private static final int MOST_NESTED = 64;
    private static final int MOST_TEXT = 256; // of what is looked at

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
        if (Files.isDirectory(path)) {
            throw new OnnxException(path + " is a folder; a file of ONNX is meant");
        }
        long size = Files.size(path);
        if (size > Integer.MAX_VALUE) {
            throw new OnnxException(path + " has " + size + " bytes; a message of ONNX has less than 2^31");
        }
        byte[] bytes = Files.readAllBytes(path);
        try {
            CodedInputStream in = CodedInputStream.newInstance(bytes);
            in.setRecursionLimit(MOST_NESTED);
            ModelProto model = ModelProto.parseFrom(in);
            if (!model.hasGraph() || model.getOpsetImportCount() == 0) {
                throw new OnnxException(path + " is no model of ONNX: " + kind(bytes).orElse("it has no graph, or no version of operators"));
            }
            return new OnnxFile(path, model);
        } catch (InvalidProtocolBufferException e) {
            throw new OnnxException(path + kind(bytes).map(kind -> " is no model of ONNX: " + kind)
                    .orElseGet(() -> " is no model of ONNX, or is damaged: " + e.getMessage()), e);
        }
    }

    /** What a file that is no message of ONNX is, by its first bytes. */
    private static Optional<String> kind(byte[] bytes) {
        String start = new String(bytes, 0, Math.min(bytes.length, MOST_TEXT), StandardCharsets.ISO_8859_1);
        if (bytes.length == 0) {
            return Optional.of("it is empty");
        } else if (start.startsWith("\u001f\u008b")) {
            return Optional.of("it is compressed (gzip); unpack it first");
        } else if (start.startsWith("\u0089HDF")) {
            return Optional.of("it is a file of HDF5, as Keras writes; convert the model with tf2onnx");
        } else if (start.startsWith("PK\u0003\u0004")) {
            return Optional.of("it is a zip archive, as PyTorch (.pt) and Keras (.keras) write; export the model with torch.onnx.export or"
                    + " tf2onnx, or unpack the archive");
        } else if (start.length() > 8 && start.charAt(8) == '{' && start.charAt(7) == 0) {
            return Optional.of("it is a safetensors file, which has weights and no graph; export the model itself as ONNX");
        } else if (start.startsWith("version https://git-lfs")) {
            return Optional.of("it stands for a file that Git LFS keeps; fetch that (git lfs pull)");
        } else if (start.chars().allMatch(c -> c >= ' ' && c < 127 || c == '\n' || c == '\r' || c == '\t')) {
            return Optional.of("it is text");
        }
        return Optional.empty();
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
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("tensor '" + tensor.getName() + "' lies in '" + location + "', which is not beside the model;"
                    + " copy it there");
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
