package org.tidegate.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From the text of an object to its values and back: String, {@link JsonNumber}, Boolean, null, {@link JsonObject}, List of these. */
final class JsonText {
    private static final int MAXIMUM_DEPTH = 127;

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAXIMUM_DEPTH)
                    .maxStringLength(100_000_000)
                    .maxNameLength(1_000_000)
                    .build())
            .build();

    private JsonText() {}

    static JsonObject parse(String text) {
        try (JsonParser json = JSON.createParser(text)) {
            return document(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String write(JsonObject object) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            write(json, object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Whether no half of a surrogate pair stands alone; such a half, which only an escape can write, is no Unicode text. */
    static boolean isPaired(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private static JsonObject document(JsonParser json) throws IOException {
        try {
            expect(json, json.nextToken() == JsonToken.START_OBJECT, "expected an object");
            JsonObject object = object(json);
            expect(json, json.nextToken() == null, "something follows the object");
            return object;
        } catch (JsonProcessingException e) {
            // The parser's own words, without where it says the text came from.
            String reason = e.getOriginalMessage().replaceAll(" \\([^(]*\\[Source: [^]]*]\\)|\n.*", "");
            throw new IllegalArgumentException(refusal(json, reason), e);
        }
    }

    private static JsonObject object(JsonParser json) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = paired(json, json.currentName());
            expect(json, !values.containsKey(key), "the key \"" + key + "\" occurs twice");
            json.nextToken();
            values.put(key, value(json));
        }
        return new JsonObject("", values);
    }

    private static Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> list(json);
            case VALUE_STRING -> paired(json, json.getText());
            case VALUE_TRUE, VALUE_FALSE -> json.getBooleanValue();
            case VALUE_NULL -> null;
            default -> new JsonNumber(json.getText());
        };
    }

    private static List<Object> list(JsonParser json) throws IOException {
        ArrayList<Object> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(json));
        }
        values.trimToSize();
        return Collections.unmodifiableList(values);
    }

    private static String paired(JsonParser json, String text) {
        expect(json, isPaired(text), "a text has half of a surrogate pair");
        return text;
    }

    private static void expect(JsonParser json, boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(refusal(json, problem));
        }
    }

    private static String refusal(JsonParser json, String reason) {
        JsonLocation at = json.currentLocation();
        return "not valid JSON at line " + at.getLineNr() + ", column " + at.getColumnNr() + ": " + reason;
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof JsonObject object) {
            json.writeStartObject();
            for (Map.Entry<String, Object> entry : object.values().entrySet()) {
                json.writeFieldName(entry.getKey());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object item : list) {
                write(json, item);
            }
            json.writeEndArray();
        } else if (value instanceof JsonNumber number) {
            json.writeNumber(number.text());
        } else if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else {
            json.writeNull();
        }
    }
}
