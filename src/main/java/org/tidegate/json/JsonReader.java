package org.tidegate.json;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tidegate.json.JsonTokens.Token;

/**
 * Reads a JSON object from its first key to its last, by the same rules as {@link JsonObject#parse} and without holding it: for objects
 * of millions of values. After each key its value is read with {@link #string}, {@link #wholeNumbers}, {@link #enterObject} or {@link
 * #skip}. Every method throws {@link IllegalArgumentException} where the text is no JSON or another value stands there; the message is
 * one line with the place.
 */
public final class JsonReader {
    private final JsonTokens json;

    private JsonReader(JsonTokens json) {
        this.json = json;
    }

    /**
     * Enters the object of a text.
     *
     * @param text the JSON
     * @return a reader within the object
     */
    public static JsonReader of(String text) {
        JsonTokens json = new JsonTokens(text);
        if (json.next() != Token.START_OBJECT) {
            throw json.invalid("expected an object");
        }
        return new JsonReader(json);
    }

    /**
     * {@return the next key of the object that was entered last; null where it ends, and the object around it goes on}
     *
     * @throws IllegalStateException if the value before is a list that was neither read nor skipped
     */
    public String nextKey() {
        if (json.next() == Token.KEY) {
            String key = json.text();
            json.next();
            return key;
        }
        if (json.token() != Token.END_OBJECT) {
            throw new IllegalStateException("the list before was neither read nor skipped");
        }
        if (json.depth() == 0) {
            json.next(); // which is an error unless it is the end
        }
        return null;
    }

    /** Enters the object that stands under the key. */
    public void enterObject() {
        if (json.token() != Token.START_OBJECT) {
            throw refusal("an object");
        }
    }

    /** {@return the text under the key} */
    public String string() {
        if (json.token() != Token.TEXT) {
            throw refusal("a text");
        }
        return json.text();
    }

    /** {@return the list of 64-bit integers under the key} */
    public long[] wholeNumbers() {
        if (json.token() != Token.START_LIST) {
            throw refusal("a list of integers");
        }
        long[] numbers = new long[4];
        int size = 0;
        while (json.next() != Token.END_LIST) {
            if (json.token() != Token.NUMBER || !new JsonNumber(json.text()).isLong()) {
                throw refusal("an integer from -2^63 to 2^63-1");
            }
            numbers = size == numbers.length ? Arrays.copyOf(numbers, 2 * size) : numbers;
            numbers[size++] = Long.parseLong(json.text());
        }
        return Arrays.copyOf(numbers, size);
    }

    /** Passes over what stands under the key. */
    public void skip() {
        int depth = json.depth() - (isStart() ? 1 : 0);
        while (json.depth() > depth) {
            json.next();
        }
    }

    private boolean isStart() {
        return json.token() == Token.START_OBJECT || json.token() == Token.START_LIST;
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
        return switch (json.token()) {
            case START_OBJECT -> rest();
            case START_LIST -> list();
            case TEXT -> json.text();
            case TRUE -> true;
            case FALSE -> false;
            case NULL -> null;
            default -> new JsonNumber(json.text());
        };
    }

    private List<Object> list() {
        ArrayList<Object> values = new ArrayList<>();
        while (json.next() != Token.END_LIST) {
            values.add(value());
        }
        values.trimToSize();
        return Collections.unmodifiableList(values);
    }

    private IllegalArgumentException refusal(String expected) {
        String where = path(json.depth() - (isStart() ? 1 : 0));
        return JsonObject.refusal(where, json.token() == Token.START_OBJECT ? "an object" : json.token() == Token.START_LIST ? "a list"
                : JsonObject.describe(value()), expected);
    }

    private String path(int depth) {
        String path = "";
        for (int level = 0; level < depth; level++) {
            path = json.isList(level) ? JsonObject.item(path, json.index(level)) : JsonObject.member(path, json.key(level));
        }
        return path;
    }
}
