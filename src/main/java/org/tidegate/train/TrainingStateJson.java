package org.tidegate.train;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tidegate.State;

/** A training state as JSON: one flat object, and the history as rows of numbers. NaN is written as null. */
final class TrainingStateJson {
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final int COLUMNS = 6;

    private final Map<String, String> fields = new HashMap<>();
    private final List<HistoryPoint> history = new ArrayList<>();

    private TrainingStateJson() {}

    static String write(TrainingState state) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("step", state.step());
            // Positions of random numbers use all 64 bits; readers of JSON that keep doubles would lose some, so they are strings.
            json.writeStringField("random", Long.toUnsignedString(state.random()));
            json.writeNumberField("sequences", state.carried().sequences());
            writeDouble(json, "loss_sum", state.lossSum());
            json.writeNumberField("loss_steps", state.lossSteps());
            writeDouble(json, "recent_loss", state.recentLoss());
            json.writeStringField("schedule", state.schedule());
            writeDouble(json, "best_loss", state.bestLoss());
            json.writeNumberField("best_step", state.bestStep());
            json.writeNumberField("worse", state.worse());
            writeDouble(json, "seconds", state.seconds());
            json.writeStringField("optimizer", state.settings().optimizer());
            json.writeNumberField("batch", state.settings().batch());
            json.writeNumberField("bptt", state.settings().bptt());
            json.writeStringField("seed", Long.toString(state.settings().seed()));
            json.writeStringField("data", state.settings().data());
            json.writeArrayFieldStart("history");
            for (HistoryPoint point : state.history()) {
                json.writeStartArray();
                for (double value : row(point)) {
                    writeDouble(json, value);
                }
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    static TrainingState read(String text, float[] carried) {
        TrainingStateJson state = new TrainingStateJson();
        try (JsonParser json = JSON.createParser(text)) {
            state.read(json);
            return state.build(carried);
        } catch (IOException | NumberFormatException e) {
            throw new IllegalArgumentException("the training state is not understood: " + e.getMessage(), e);
        }
    }

    private static double[] row(HistoryPoint point) {
        return new double[] {point.step(), point.epoch(), point.trainLoss(), point.validationLoss(), point.learningRate(),
            point.seconds()};
    }

    private static void writeDouble(JsonGenerator json, String name, double value) throws IOException {
        json.writeFieldName(name);
        writeDouble(json, value);
    }

    private static void writeDouble(JsonGenerator json, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }

    private void read(JsonParser json) throws IOException {
        expect(json.nextToken() == JsonToken.START_OBJECT, "an object");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            if (json.nextToken() == JsonToken.START_ARRAY) {
                expect(field.equals("history"), "an array only in history");
                while (json.nextToken() == JsonToken.START_ARRAY) {
                    history.add(readPoint(json));
                }
            } else {
                expect(json.currentToken().isScalarValue(), "a number or string under " + field);
                fields.put(field, json.currentToken() == JsonToken.VALUE_NULL ? "NaN" : json.getText());
            }
        }
    }

    private static HistoryPoint readPoint(JsonParser json) throws IOException {
        double[] row = new double[COLUMNS];
        int column = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(column < COLUMNS && json.currentToken().isScalarValue(), COLUMNS + " numbers in a row of the history");
            row[column++] = json.currentToken() == JsonToken.VALUE_NULL ? Double.NaN : Double.parseDouble(json.getText());
        }
        expect(column == COLUMNS, COLUMNS + " numbers in a row of the history");
        return new HistoryPoint((long) row[0], row[1], row[2], row[3], row[4], row[5]);
    }

    private TrainingState build(float[] carried) {
        return new TrainingState(count("step"), Long.parseUnsignedLong(field("random")),
                State.of(Integer.parseInt(field("sequences")), carried), number("loss_sum"), count("loss_steps"),
                number("recent_loss"), field("schedule"), number("best_loss"), count("best_step"), Integer.parseInt(field("worse")),
                number("seconds"), history, new TrainingState.Settings(field("optimizer"), Integer.parseInt(field("batch")),
                        Integer.parseInt(field("bptt")), Long.parseLong(field("seed")), field("data")));
    }

    private long count(String name) {
        long count = Long.parseLong(field(name));
        expect(count >= 0, name + " to be 0 or more");
        return count;
    }

    private double number(String name) {
        return Double.parseDouble(field(name));
    }

    private String field(String name) {
        String value = fields.get(name);
        expect(value != null, "the field " + name);
        return value;
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("the training state is not understood: expected " + what);
        }
    }
}
