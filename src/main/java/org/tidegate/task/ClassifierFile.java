package org.tidegate.task;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tidegate.Model;
import org.tidegate.Value;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.text.Vocabulary;

/** What a classifier's file holds besides the network: the vocabulary, and an object of labels and settings. */
final class ClassifierFile {
    private static final String VOCABULARY = "vocabulary";
    private static final String CLASSIFIER = "classifier";
    private static final JsonFactory JSON = new JsonFactory();

    private ClassifierFile() {}

    static Map<String, String> metadata(ClassifierReading reading) {
        return Map.of(VOCABULARY, reading.vocabulary().toJson(), CLASSIFIER, write(reading));
    }

    static Classifier read(Checkpoint checkpoint) throws IOException {
        ClassifierReading reading = parse(checkpoint, TaskFile.vocabulary(checkpoint, VOCABULARY));
        return TaskFile.checked(checkpoint, "classifier", model -> {
            check(model, reading);
            return new Classifier(reading, model);
        });
    }

    private static String write(ClassifierReading reading) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("labels");
            for (String label : reading.labels()) {
                json.writeString(label);
            }
            json.writeEndArray();
            json.writeBooleanField("lower_case", reading.lowerCase());
            json.writeNumberField("word_dropout", reading.wordDropout());
            json.writeStringField("label_column", reading.columns().label());
            json.writeStringField("text_column", reading.columns().text());
            json.writeBooleanField("header", reading.columns().header());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static ClassifierReading parse(Checkpoint checkpoint, Vocabulary vocabulary) throws IOException {
        List<String> labels = new ArrayList<>();
        boolean lowerCase = false;
        double wordDropout = 0;
        String label = "";
        String text = "";
        boolean header = false;
        try (JsonParser json = JSON.createParser(checkpoint.require(CLASSIFIER))) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "labels" -> {
                        while (json.nextToken() == JsonToken.VALUE_STRING) {
                            labels.add(json.getText());
                        }
                    }
                    case "lower_case" -> lowerCase = json.getBooleanValue();
                    case "word_dropout" -> wordDropout = json.getDoubleValue();
                    case "label_column" -> label = json.getText();
                    case "text_column" -> text = json.getText();
                    case "header" -> header = json.getBooleanValue();
                    default -> throw new CheckpointException(checkpoint.path() + ": a classifier has no field \"" + field + "\"");
                }
            }
            LabelledColumns columns = new LabelledColumns(label, text, header);
            return new ClassifierReading(vocabulary, List.copyOf(labels), lowerCase, wordDropout, columns);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new CheckpointException(checkpoint.path() + ": the classifier's labels and settings are not understood: "
                    + e.getMessage(), e);
        }
    }

    private static void check(Model model, ClassifierReading reading) {
        Value tokens = model.value(Classifier.TOKENS);
        Value label = model.value(Classifier.LABEL);
        Value logits = model.value(Classifier.LOGITS);
        boolean fits = tokens.input() && label.input() && tokens.kind() == Value.Kind.IDS
                && tokens.rows() == Value.Rows.PER_STEP && label.rows() == Value.Rows.PER_SEQUENCE
                && logits.kind() == Value.Kind.REAL && logits.rows() == Value.Rows.PER_SEQUENCE
                && model.axes().equals(List.of(Classifier.AXIS));
        if (!fits || logits.columns() != reading.labels().size() || tokens(model) != reading.vocabulary().size()) {
            throw new IllegalArgumentException("its graph reads " + tokens(model)
                    + " tokens and gives " + logits.columns() + " scores, and it has a vocabulary of "
                    + reading.vocabulary().size() + " and " + reading.labels().size() + " labels");
        }
    }

    /** How many different tokens the graph can read. */
    private static long tokens(Model model) {
        return model.values().stream().filter(value -> value.name().equals(ClassifierBuilder.ONE_HOT))
                .mapToLong(Value::columns).findFirst()
                .orElseGet(() -> model.parameter(ClassifierBuilder.EMBEDDING + ".weight").shape()[0]);
    }
}
