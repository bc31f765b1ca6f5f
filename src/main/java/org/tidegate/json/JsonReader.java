package org.tidegate.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a JSON object from its first key to its last, by the same rules as {@link JsonObject#parse} and without holding it: for objects
 * of millions of values. After each key its value is read with {@link #string}, {@link #wholeNumbers}, {@link #enterObject} or {@link
 * #skip}. Every method throws {@link IllegalArgumentException} where the text is no JSON or another value stands there; the message is
 * one line with the place.
 */
public final class JsonReader {
    private static final int MAXIMUM_DEPTH = 127;

    // No buffers that stay behind in the caller's threads: they would keep our class loader.
    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAXIMUM_DEPTH)
                    .maxStringLength(100_000_000)
                    .maxNameLength(1_000_000)
                    .build())
            .build();

    private final JsonParser json;

    private JsonReader(JsonParser json) {
        this.json = json;
    }

    /**
     * Enters the object of a text.
     *
     * @param text the JSON
     * @return a reader within the object
     */
    public static JsonReader of(String text) {
        try {
            JsonReader reader = new JsonReader(JSON.createParser(text));
            if (reader.advance() != JsonToken.START_OBJECT) {
                throw reader.invalid("expected an object", null);
            }
            return reader;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return the next key of the object that was entered last; null where it ends, and the object around it goes on}
     *
     * @throws IllegalStateException if the value before is a list that was neither read nor skipped
     */
    public String nextKey() {
        if (advance() == JsonToken.FIELD_NAME) {
            String key = text();
            advance();
            return key;
        }
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw new IllegalStateException("the list before was neither read nor skipped");
        }
        if (json.getParsingContext().inRoot() && advance() != null) {
            throw invalid("something follows the object", null);
        }
        return null;
    }

    /** Enters the object that stands under the key. */
    public void enterObject() {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw refusal("an object");
        }
    }

    /** {@return the text under the key} */
    public String string() {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw refusal("a text");
        }
        return text();
    }

    /** {@return the list of 64-bit integers under the key} */
    public long[] wholeNumbers() {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw refusal("a list of integers");
        }
        long[] numbers = new long[4];
        int size = 0;
        while (advance() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || !new JsonNumber(text()).isLong()) {
                throw refusal("an integer from -2^63 to 2^63-1");
            }
            numbers = size == numbers.length ? Arrays.copyOf(numbers, 2 * size) : numbers;
            numbers[size++] = Long.parseLong(text());
        }
        return Arrays.copyOf(numbers, size);
    }

    /** Passes over what stands under the key. */
    public void skip() {
        int depth = 0;
        do {
            JsonToken token = json.currentToken();
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            text();
        } while (depth > 0 && advance() != null);
    }

    /** The rest of the object that was entered last. */
    JsonObject rest() {
        Map<String, Object> values = new LinkedHashMap<>();
        for (String key = nextKey(); key != null; key = nextKey()) {
            values.put(key, value());
        }
        return new JsonObject("", values);
    }

    private Object value() {
        return switch (json.currentToken()) {
            case START_OBJECT -> rest();
            case START_ARRAY -> list();
            case VALUE_STRING -> text();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> new JsonNumber(text());
        };
    }

    private List<Object> list() {
        ArrayList<Object> values = new ArrayList<>();
        while (advance() != JsonToken.END_ARRAY) {
            values.add(value());
        }
        values.trimToSize();
        return Collections.unmodifiableList(values);
    }

    private JsonToken advance() {
        try {
            return json.nextToken();
        } catch (IOException e) {
            throw invalid(e);
        }
    }

    private String text() {
        String text;
        try {
            text = json.getText();
        } catch (IOException e) {
            throw invalid(e);
        }
        if (!isPaired(text)) {
            throw invalid("a text has half of a surrogate pair", null);
        }
        return text;
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

    private IllegalArgumentException invalid(IOException e) {
        // The parser's own words, without where it says the text came from.
        String reason = e instanceof JsonProcessingException known ? known.getOriginalMessage() : e.getMessage();
        return invalid(reason.replaceAll(" \\([^(]*\\[Source: [^]]*]\\)|\n.*", ""), e);
    }

    private IllegalArgumentException invalid(String reason, IOException cause) {
        JsonLocation at = json.currentLocation();
        return new IllegalArgumentException("not valid JSON at line " + at.getLineNr() + ", column " + at.getColumnNr() + ": " + reason,
                cause);
    }

    private IllegalArgumentException refusal(String expected) {
        JsonToken token = json.currentToken();
        JsonStreamContext context = json.getParsingContext();
        return JsonObject.refusal(path(token.isStructStart() ? context.getParent() : context),
                token == JsonToken.START_OBJECT ? "an object" : token == JsonToken.START_ARRAY ? "a list" : JsonObject.describe(value()),
                expected);
    }

    private static String path(JsonStreamContext context) {
        if (context.inRoot()) {
            return "";
        }
        String above = path(context.getParent());
        return context.inArray() ? JsonObject.item(above, context.getCurrentIndex()) : JsonObject.member(above, context.getCurrentName());
    }
}
