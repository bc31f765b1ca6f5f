package org.tidegate.task;

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
import java.util.Optional;
import org.tidegate.data.Scaler;

/**
 * What a forecaster's file holds besides the network, as JSON: one flat object.
 *
 * @param intervals null where there are none
 */
record ForecastJson(ForecastScaling scaling, double probability, ForecastIntervals intervals) {
    private static final JsonFactory JSON = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    static String write(ForecastScaling scaling, double probability, Optional<ForecastIntervals> intervals) {
        ForecastSetup setup = scaling.setup();
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            strings(json, "columns", setup.columns());
            strings(json, "targets", setup.targets());
            json.writeNumberField("window", setup.window());
            json.writeNumberField("horizon", setup.horizon());
            json.writeBooleanField("stateful", setup.stateful());
            json.writeBooleanField("residual", setup.residual());
            json.writeNumberField("period", setup.period());
            numbers(json, "input_mean", scaling.inputs().mean());
            numbers(json, "input_deviation", scaling.inputs().deviation());
            numbers(json, "output_mean", scaling.outputs().mean());
            numbers(json, "output_deviation", scaling.outputs().deviation());
            json.writeNumberField("probability", probability);
            numbers(json, "low", intervals.map(ForecastIntervals::low).orElse(new double[0]));
            numbers(json, "high", intervals.map(ForecastIntervals::high).orElse(new double[0]));
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    static ForecastJson read(String text) {
        Map<String, List<String>> fields = new HashMap<>();
        try (JsonParser json = JSON.createParser(text)) {
            expect(json.nextToken() == JsonToken.START_OBJECT, "an object");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                fields.put(json.currentName(), values(json));
            }
            return new Fields(fields).build();
        } catch (IOException | NumberFormatException e) {
            throw new IllegalArgumentException("the forecaster's setup is not understood: " + e.getMessage(), e);
        }
    }

    private static List<String> values(JsonParser json) throws IOException {
        List<String> values = new ArrayList<>();
        if (json.nextToken() != JsonToken.START_ARRAY) {
            expect(json.currentToken().isScalarValue(), "a value under " + json.currentName());
            return List.of(json.getText());
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken() != null && json.currentToken().isScalarValue(), "a list of values");
            values.add(json.getText());
        }
        return values;
    }

    private record Fields(Map<String, List<String>> fields) {
        ForecastJson build() {
            ForecastSetup setup = new ForecastSetup(list("columns"), list("targets"), integer("window"), integer("horizon"),
                Boolean.parseBoolean(one("stateful")), Boolean.parseBoolean(one("residual")), integer("period"));
            ForecastScaling scaling = new ForecastScaling(setup, new Scaler(doubles("input_mean"), doubles("input_deviation")),
                new Scaler(doubles("output_mean"), doubles("output_deviation")));
            double probability = Double.parseDouble(one("probability"));
            double[] low = doubles("low");
            expect(low.length == 0 || low.length == setup.outputs(), setup.outputs() + " intervals");
            return new ForecastJson(scaling, probability,
                low.length == 0 ? null : new ForecastIntervals(probability, low, doubles("high")));
        }

        private List<String> list(String name) {
            expect(fields.containsKey(name), "the field " + name);
            return fields.get(name);
        }

        private String one(String name) {
            expect(list(name).size() == 1, "one value under " + name);
            return list(name).get(0);
        }

        private int integer(String name) {
            return Integer.parseInt(one(name));
        }

        private double[] doubles(String name) {
            return list(name).stream().mapToDouble(Double::parseDouble).toArray();
        }
    }

    private static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private static void numbers(JsonGenerator json, String name, double[] values) throws IOException {
        json.writeArrayFieldStart(name);
        for (double value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("the forecaster's setup is not understood: expected " + what);
        }
    }
}
