package org.tidegate.onnx;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Model;

/** Files with faults: each ends in a model or an OnnxException, soon and without much memory. {@code -Dtidegate.mutants} says how many. */
class MutantsTest {
    private static final Path ROOT = Path.of(System.getProperty("tidegate.root", "../.."));
    private static final Path FOLDER = ROOT.resolve("modules/onnx/src/test/resources/golden");
    private static final Path OTHERS = ROOT.resolve("../shared/models").normalize();
    private static final int MUTANTS = Integer.getInteger("tidegate.mutants", 1000);
    private static final long MOST_MILLIS = 2000;
    private static final long MOST_BYTES = 64 << 20;
    private static final long MOST_TIMES = 256; // bytes allocated, not kept, for each byte of the file

    @TempDir
    private Path folder;

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    /** Whether the bytes are a model. */
    private boolean read(byte[] bytes) throws IOException {
        Path file = folder.resolve("mutant.onnx");
        Files.write(file, bytes);
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime(); // other processes do not count
        long before = allocated();
        boolean made = true;
        try (Model model = OnnxModel.read(file).toModel()) {
            model.spec();
        } catch (OnnxException e) {
            made = false;
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        }
        long millis = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) / 1_000_000;
        long took = allocated() - before;
        assertTrue(millis < MOST_MILLIS, () -> millis + " ms");
        assertTrue(took < MOST_TIMES * bytes.length + MOST_BYTES, () -> took + " bytes for a file of " + bytes.length);
        return made;
    }

    @Test
    void filesWithFlippedBytesAndCutFilesAreRefusedOrRead() throws IOException {
        List<Path> files;
        try (Stream<Path> golden = Files.list(FOLDER)) {
            files = golden.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
        }
        Random random = new Random(12);
        int refused = 0;
        for (int i = 0; i < MUTANTS; i++) {
            byte[] bytes = Files.readAllBytes(files.get(random.nextInt(files.size())));
            refused += read(mutated(bytes, random)) ? 0 : 1;
        }
        assertTrue(refused > MUTANTS / 10, refused + " of " + MUTANTS + " were refused");
    }

    @Test
    void soAreFilesOfOthersWhereTheyArePresent() throws IOException {
        for (String name : List.of("silero_vad_v6.onnx", "rnnoise.onnx")) {
            Path file = OTHERS.resolve(name);
            if (!Files.exists(file)) {
                System.out.println("skipped: " + file + " is not there");
                continue;
            }
            byte[] whole = Files.readAllBytes(file);
            Random random = new Random(13);
            for (int i = 0; i < MUTANTS / 20; i++) {
                read(mutated(whole.clone(), random));
            }
        }
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        if (random.nextInt(4) == 0) {
            return Arrays.copyOf(bytes, random.nextInt(bytes.length));
        }
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
            // Mostly where the structure is: not in the numbers of the weights.
            int at = random.nextBoolean() ? random.nextInt(Math.min(400, bytes.length)) : random.nextInt(bytes.length);
            bytes[at] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    // ---- Graphs that ask for much

    private static ValueInfoProto value(String name, long... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long dim : dims) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
        }
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT_VALUE).setShape(shape))).build();
    }

    private static NodeProto node(String op, String output, String... inputs) {
        return NodeProto.newBuilder().setOpType(op).addOutput(output).addAllInput(List.of(inputs)).build();
    }

    private static TensorProto integers(String name, long... numbers) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.INT64_VALUE).addDims(numbers.length);
        for (long number : numbers) {
            tensor.addInt64Data(number);
        }
        return tensor.build();
    }

    private static byte[] model(GraphProto.Builder graph) {
        return ModelProto.newBuilder().setIrVersion(8).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17)).setGraph(graph).build()
                .toByteArray();
    }

    private void refused(GraphProto.Builder graph) throws IOException {
        assertTrue(!read(model(graph)));
    }

    @Test
    void hugeDimensionsAreRefused() throws IOException {
        for (long size : new long[] {1L << 20, 1L << 28, 1L << 31, 1L << 40, Long.MAX_VALUE}) {
            refused(GraphProto.newBuilder().addInput(value("x", 1, 4)).addInitializer(integers("shape", size, 1024))
                    .addNode(node("ConstantOfShape", "big", "shape")).addNode(node("Add", "y", "x", "big")).addOutput(value("y")));
            refused(GraphProto.newBuilder().addInput(value("x", size, size, size)).addNode(node("Relu", "y", "x")).addOutput(value("z")));
            refused(GraphProto.newBuilder().addInput(value("x", 1, 4)).addInitializer(TensorProto.newBuilder().setName("w")
                    .setDataType(TensorProto.DataType.FLOAT_VALUE).addDims(4).addDims(size).setRawData(ByteString.copyFrom(new byte[64])))
                    .addNode(node("MatMul", "y", "x", "w")).addOutput(value("y")));
        }
    }

    @Test
    void valuesThatDoubleAgainAndAgainAreRefused() throws IOException {
        GraphProto.Builder graph = GraphProto.newBuilder().addInput(value("x", 1, 4)).addInitializer(integers("a0", 1, 2, 3));
        for (int i = 0; i < 40; i++) {
            graph.addNode(node("Concat", "a" + (i + 1), "a" + i, "a" + i).toBuilder().addAttribute(AttributeProto.newBuilder().setName("axis")
                    .setType(AttributeProto.AttributeType.INT).setI(0)));
        }
        refused(graph.addNode(node("Reshape", "y", "x", "a40")).addOutput(value("y")));
    }

    @Test
    void graphsWithinGraphsAreReadSoonAndRefusedWhereTheyAreDeep() throws IOException {
        GraphProto graph = GraphProto.newBuilder().addNode(node("Identity", "y", "x")).addOutput(value("y")).build();
        for (int i = 0; i < 500; i++) {
            AttributeProto branch = AttributeProto.newBuilder().setName("then_branch").setType(AttributeProto.AttributeType.GRAPH).setG(graph).build();
            graph = GraphProto.newBuilder().addNode(node("If", "y", "yes").toBuilder().addAttribute(branch)
                    .addAttribute(branch.toBuilder().setName("else_branch"))).addOutput(value("y")).build();
            if (graph.getSerializedSize() > 1 << 20) {
                break;
            }
        }
        read(model(graph.toBuilder().addInput(value("x", 1, 4)).addInitializer(integers("yes", 1)))); // a megabyte of branches, as deep as is read
        GraphProto deep = GraphProto.newBuilder().addNode(node("Identity", "y", "x")).addOutput(value("y")).build();
        for (int i = 0; i < 200; i++) {
            deep = GraphProto.newBuilder().addNode(node("If", "y", "yes").toBuilder().addAttribute(AttributeProto.newBuilder()
                    .setName("then_branch").setType(AttributeProto.AttributeType.GRAPH).setG(deep))).addOutput(value("y")).build();
        }
        refused(deep.toBuilder().addInput(value("x", 1, 4)).addInitializer(integers("yes", 1)));
    }

    @Test
    void externalDataAreReadBesideTheModelOnly() throws IOException {
        Path inner = Files.createDirectories(folder.resolve("inner"));
        Files.write(folder.resolve("secret.bin"), new byte[16]);
        Files.write(inner.resolve("beside.bin"), new byte[16]);
        Files.createSymbolicLink(inner.resolve("link.bin"), folder.resolve("secret.bin"));
        for (String place : List.of("../secret.bin", folder.resolve("secret.bin").toString(), "link.bin", "a/../../secret.bin", "", "missing.bin")) {
            Path file = inner.resolve("model.onnx");
            Files.write(file, external(place, 0, 16));
            String message = assertThrows(OnnxException.class, () -> OnnxModel.read(file).toModel(), place).getMessage();
            assertTrue(message.contains("'w'"), message);
            assertTrue(!place.equals("missing.bin") || message.contains("'missing.bin', which is not beside the model"), message);
        }
        Path file = inner.resolve("model.onnx");
        for (long[] wrong : new long[][] {{8, 16}, {-1, 16}, {0, Long.MAX_VALUE}, {Long.MAX_VALUE, 16}, {0, 12}}) {
            Files.write(file, external("beside.bin", wrong[0], wrong[1]));
            assertThrows(OnnxException.class, () -> OnnxModel.read(file).toModel());
        }
        Files.write(file, external("beside.bin", 0, 16));
        OnnxModel.read(file).toModel().close();
    }

    private static byte[] external(String place, long offset, long length) {
        TensorProto.Builder weight = TensorProto.newBuilder().setName("w").setDataType(TensorProto.DataType.FLOAT_VALUE).addDims(4).addDims(1)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL);
        weight.addExternalDataBuilder().setKey("location").setValue(place);
        weight.addExternalDataBuilder().setKey("offset").setValue("" + offset);
        weight.addExternalDataBuilder().setKey("length").setValue("" + length);
        return model(GraphProto.newBuilder().addInput(value("x", 1, 4)).addInitializer(weight).addNode(node("MatMul", "y", "x", "w"))
                .addOutput(value("y")));
    }
}
