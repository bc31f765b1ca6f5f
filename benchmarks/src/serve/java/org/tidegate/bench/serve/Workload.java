/* What is asked, and of which network. */
package org.tidegate.bench.serve;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.Pooling;
import org.tidegate.onnx.OnnxExport;
import org.tidegate.server.grpc.inference.InferParameter;
import org.tidegate.server.grpc.inference.ModelInferRequest;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.LabelledText;

/**
 * A classifier with random weights, an LSTM in one direction over embeddings of 64, and texts for it.
 *
 * @param model the name by which it is served
 * @param hidden the units of its LSTM
 * @param least the tokens of the shortest text
 * @param most the tokens of the longest text; all lengths between are as frequent
 */
record Workload(String model, int hidden, int least, int most) {
    static final Workload SMALL = new Workload("lstm128", 128, 20, 20);
    static final Workload LARGE = new Workload("lstm512", 512, 50, 50);
    static final Workload RAGGED = new Workload("lstm512", 512, 10, 90);

    private static final int WORDS = 2000;
    private static final int EMBEDDING = 64;
    private static final int TEXTS = 64;

    String tokens() {
        return least == most ? least + " tokens" : least + " to " + most + " tokens";
    }

    /** Writes the model, and beside it, into another folder, the same in ONNX. */
    void write(Path models, Path onnx) throws IOException {
        List<LabelledText> examples = new ArrayList<>();
        for (int i = 0; i < WORDS; i += 20) {
            String text = IntStream.range(i, i + 20).mapToObj(Workload::word).collect(Collectors.joining(" "));
            examples.add(new LabelledText(i % 40 == 0 ? "good" : "bad", text, "text " + i));
        }
        try (Classifier classifier = Classifier.builder(examples).hidden(hidden).embedding(EMBEDDING).bidirectional(false).pooling(Pooling.LAST)
                .seed(1).build()) {
            classifier.save(models.resolve(model + ".safetensors"));
            OnnxExport.of(classifier.model()).outputs("logits").lengths(true).write(onnx.resolve(model + ".onnx"));
        }
    }

    private static String word(int i) {
        return "w" + i;
    }

    /** The texts, always the same. */
    List<String> texts() {
        Random random = new Random(7);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < TEXTS; i++) {
            int tokens = least + i * (most - least) / (TEXTS - 1); // all lengths, in an order without a pattern
            texts.add(random.ints(tokens, 0, WORDS).mapToObj(Workload::word).collect(Collectors.joining(" ")));
        }
        Collections.shuffle(texts, random);
        return texts;
    }

    /** A request of HTTP for each text, all in JSON. */
    List<byte[]> json() {
        return texts().stream().map(text -> post(model, "",
            bytes("{\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"" + text + "\"]}]}"))).toList();
    }

    /** A request of HTTP for each text, tensors in the binary form there and back. */
    List<byte[]> binary() {
        return texts().stream().map(text -> {
            byte[] element = element(text);
            byte[] head = bytes("{\"parameters\":{\"binary_data_output\":true},\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[1],"
                + "\"parameters\":{\"binary_data_size\":" + element.length + "}}]}");
            return post(model, "Inference-Header-Content-Length: " + head.length + "\r\n", head, element);
        }).toList();
    }

    /** A message of gRPC for each text. */
    List<byte[]> grpc() {
        return texts().stream().map(text -> ModelInferRequest.newBuilder().setModelName(model)
            .putParameters("binary_data_output", InferParameter.newBuilder().setBoolParam(true).build())
            .addInputs(ModelInferRequest.InferInputTensor.newBuilder().setName("text").setDatatype("BYTES").addShape(1))
            .addRawInputContents(ByteString.copyFrom(element(text))).build().toByteArray()).toList();
    }

    /** A request of HTTP that no model answers. */
    static List<byte[]> health() {
        return List.of(bytes("GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    }

    private static byte[] element(String text) {
        byte[] bytes = bytes(text);
        return ByteBuffer.allocate(4 + bytes.length).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).put(bytes).array();
    }

    static byte[] post(String model, String headers, byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        all.writeBytes(bytes("POST /v2/models/" + model + "/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers
            + "Content-Length: " + length + "\r\n\r\n"));
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
