package org.tidegate.task;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.tidegate.checkpoint.SafetensorsFile;
import org.tidegate.checkpoint.SafetensorsWriter;
import org.tidegate.checkpoint.TensorEntry;
import org.tidegate.json.JsonObject;

/** A model's file with faults, a function of the seed: in its bytes, in its header, in the texts of its metadata, in its tensors. */
final class Mutation {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
    private static final Pattern PIECE = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"|[^\\s\",:{}\\[\\]]+|[,:{}\\[\\]]");
    private static final Pattern WORD = Pattern.compile("[^ \n=,]+");
    private static final String[] VALUES = {"0", "-1", "1", "2", "0.5", "65536", "1000000000", "2147483647", "2147483648", "-2147483648",
        "9223372036854775807", "9223372036854775808", "1e308", "-1e308", "1e999", "1e-300", "NaN", "Infinity", "null", "true", "\"x\"", "[]",
        "{}", "[[[[1]]]]", "\"\"", "\"2147483647\""};

    private final byte[] whole;
    private final String header;
    private final Path original;

    Mutation(Path original) throws IOException {
        this.original = original;
        whole = Files.readAllBytes(original);
        header = new String(whole, 8, headerLength(), StandardCharsets.UTF_8);
    }

    private int headerLength() {
        return (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    }

    /** Writes a file with faults; says of what kind. */
    String write(Path file, long seed) throws IOException {
        Random random = new Random(seed * 0x9e3779b97f4a7c15L);
        int kind = random.nextInt(8);
        switch (kind) {
            case 0 -> Files.write(file, flipped(random));
            case 1 -> Files.write(file, cut(random));
            case 2 -> Files.write(file, withHeader(faulty(header, NUMBER, random)));
            case 3 -> Files.write(file, withHeader(faulty(header, PIECE, random)));
            case 4 -> Files.write(file, withHeader(inMetadata(random, random.nextBoolean() ? NUMBER : PIECE, "reading", "training")));
            case 5 -> Files.write(file, withHeader(inMetadata(random, random.nextBoolean() ? NUMBER : WORD, "spec")));
            case 6 -> Files.write(file, withHeader(otherLines(random)));
            default -> otherTensors(file, random);
        }
        return "kind " + kind;
    }

    private byte[] flipped(Random random) {
        byte[] bytes = whole.clone();
        int end = random.nextBoolean() ? bytes.length : 8 + headerLength();
        for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
            bytes[random.nextInt(end)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }

    private byte[] cut(Random random) {
        byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 100));
        if (random.nextInt(4) == 0 && bytes.length >= 8) {
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, random.nextBoolean() ? random.nextLong() : random.nextInt(bytes.length));
        }
        return bytes;
    }

    private byte[] withHeader(String changed) throws IOException {
        byte[] json = changed.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
        bytes.write(json);
        bytes.write(whole, 8 + headerLength(), whole.length - 8 - headerLength());
        return bytes.toByteArray();
    }

    /** Some pieces replaced, left out, doubled or exchanged. */
    private static String faulty(String text, Pattern piece, Random random) {
        List<MatchResult> pieces = piece.matcher(text).results().toList();
        StringBuilder changed = new StringBuilder(text);
        for (int faults = 1 + random.nextInt(3); faults > 0 && !pieces.isEmpty(); faults--) {
            MatchResult at = pieces.get(random.nextInt(pieces.size()));
            if (at.end() > changed.length()) {
                continue;
            }
            String other = pieces.get(random.nextInt(pieces.size())).group();
            changed.replace(at.start(), at.end(), switch (random.nextInt(6)) {
                case 0 -> "";
                case 1 -> at.group() + at.group();
                case 2 -> other;
                case 3 -> at.group() + "," + other;
                default -> VALUES[random.nextInt(VALUES.length)];
            });
        }
        return changed.toString();
    }

    private String inMetadata(Random random, Pattern piece, String... keys) {
        JsonObject metadata = JsonObject.parse(header).object("__metadata__");
        String key = keys[random.nextInt(keys.length)];
        String text = metadata.has(key) ? metadata.string(key) : metadata.string("spec");
        return replaced(text, faulty(text, piece, random));
    }

    private String otherLines(Random random) {
        String spec = JsonObject.parse(header).object("__metadata__").string("spec");
        List<String> lines = new ArrayList<>(spec.lines().toList());
        int at = random.nextInt(lines.size());
        switch (random.nextInt(5)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(random.nextInt(lines.size()), lines.get(at));
            case 2 -> lines.add(lines.get(at).replaceFirst("^\\w+", "another"));
            case 3 -> lines.add("big = input axis=other cols=2147483647\nend = mse big big");
            default -> lines.set(at, lines.get(at) + " layers=64 label_smoothing=0.1");
        }
        return replaced(spec, String.join("\n", lines) + "\n");
    }

    private String replaced(String text, String changed) {
        return header.replace(quoted(text), quoted(changed));
    }

    private static String quoted(String text) {
        String json = JsonObject.builder().put("k", text).build().toString();
        return json.substring("{\"k\":".length(), json.length() - 1);
    }

    /** Tensors of other shapes, left out, renamed or of other numbers, in a file that keeps the rules of its format. */
    private void otherTensors(Path file, Random random) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        try (SafetensorsFile source = SafetensorsFile.open(original)) {
            source.metadata().forEach(writer::metadata);
            List<TensorEntry> tensors = List.copyOf(source.tensors().values());
            int at = random.nextInt(tensors.size());
            int fault = random.nextInt(6);
            for (int i = 0; i < tensors.size(); i++) {
                TensorEntry tensor = tensors.get(i);
                float[] values = new float[(int) tensor.elements()];
                source.readFloats(tensor.name(), (to, from, offset, length) -> System.arraycopy(from, offset, values, (int) to, length));
                long[] shape = tensor.shape();
                String name = tensor.name();
                if (i == at) {
                    switch (fault) {
                        case 0 -> shape[0] = Math.max(0, shape[0] - 1);
                        case 1 -> shape[0] *= 2;
                        case 2 -> shape = new long[] {tensor.elements(), 1, 1};
                        case 3 -> name += "x";
                        case 4 -> Arrays.fill(values, random.nextBoolean() ? Float.NaN : Float.POSITIVE_INFINITY);
                        default -> {
                            continue;
                        }
                    }
                }
                writer.tensor(name, (from, to, offset, length) -> System.arraycopy(values, 0, to, offset, Math.min(length, values.length)), shape);
            }
        }
        writer.write(file);
    }
}
