package org.tidegate.task;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.tidegate.audio.LogMel;
import org.tidegate.audio.MelScale;

/** JSON of the features: {@code {"rate":8000,"mels":40,"scale":"htk","stack":2,"mean":[…],"deviation":[…]}}. */
final class SpeechFeaturesJson {
    private static final JsonFactory JSON = new JsonFactory();

    private SpeechFeaturesJson() {}

    static String write(SpeechFeatures features) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("rate", features.rate());
            json.writeNumberField("mels", features.logMel().mels());
            json.writeStringField("scale", features.logMel().scale().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("stack", features.stack());
            write(json, "mean", features.mean());
            write(json, "deviation", features.deviation());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static SpeechFeatures read(String text) {
        Map<String, Integer> numbers = new HashMap<>();
        Map<String, float[]> arrays = new HashMap<>();
        String scale = "";
        try (JsonParser json = JSON.createParser(text)) {
            expect(json.nextToken() == JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                switch (json.nextToken()) {
                    case VALUE_NUMBER_INT -> numbers.put(field, json.getIntValue());
                    case VALUE_STRING -> scale = json.getText();
                    case START_ARRAY -> arrays.put(field, readFloats(json));
                    default -> expect(false);
                }
            }
            expect(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null);
        } catch (IOException e) {
            throw new IllegalArgumentException("the features are not valid JSON: " + e.getMessage(), e);
        }
        expect(numbers.keySet().containsAll(Arrays.asList("rate", "mels", "stack")) && arrays.containsKey("mean")
                && arrays.containsKey("deviation"));
        LogMel logMel = new LogMel(numbers.get("rate"), numbers.get("mels"), MelScale.valueOf(scale.toUpperCase(Locale.ROOT)));
        return new SpeechFeatures(logMel, numbers.get("stack"), arrays.get("mean"), arrays.get("deviation"));
    }

    private static void write(JsonGenerator json, String name, float... values) throws IOException {
        json.writeArrayFieldStart(name);
        for (float value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }

    private static float[] readFloats(JsonParser json) throws IOException {
        float[] values = new float[16];
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken() != null && json.currentToken().isNumeric());
            values = count == values.length ? Arrays.copyOf(values, 2 * count) : values;
            values[count++] = json.getFloatValue();
        }
        return Arrays.copyOf(values, count);
    }

    private static void expect(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "the features are not understood; expected an object of rate, mels, scale, stack, mean and deviation");
        }
    }
}
