package org.tidegate.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A JSON object: keys in their order, each with a text, a number, true or false, null, an object, or a list of these.
 *
 * <p>Numbers keep their decimal text, so that floats, doubles and 64-bit integers come back to the bit. NaN and the infinities are
 * written as null, and null reads as NaN where a number is asked for. Every reading method throws {@link IllegalArgumentException} where
 * the key is missing or has something else; the message names the key with the path of objects above it ({@code
 * reading.vocabulary.unit}), what was found and what was expected. Immutable.
 */
public final class JsonObject {
    private static final JsonFactory WRITER = new JsonFactoryBuilder().characterEscapes(new JsonEscapes())
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool()).build();
    private static final int SHOWN = 60;

    private final String path;
    private final Map<String, Object> values;

    /** Takes the values, which nobody else may change: String, {@link JsonNumber}, Boolean, null, JsonObject, List of these. */
    JsonObject(String path, Map<String, Object> values) {
        this.path = path;
        this.values = values;
    }

    /**
     * Reads an object, strictly: no key twice, nothing behind the object, no NaN, no half of a surrogate pair, at most 127 objects and
     * lists inside each other, texts of at most 100 million characters.
     *
     * @param text the JSON
     * @return the object
     * @throws IllegalArgumentException if the text is something else; the message is one line with the place
     */
    public static JsonObject parse(String text) {
        return JsonReader.of(text).rest();
    }

    /**
     * {@return the object of a map whose values are texts, numbers, booleans, null, arrays of double or float, objects, public records, and
     * lists and maps of these; constants become their names in lower case, a record's components keys such as {@code log_probability}}
     * Takes a copy.
     *
     * @param map from keys to values
     * @throws IllegalArgumentException if a value is something else
     */
    public static JsonObject of(Map<?, ?> map) {
        JsonObjectBuilder builder = builder();
        map.forEach((key, value) -> builder.add(String.valueOf(key), value));
        return builder.build();
    }

    /** {@return a builder without keys} */
    public static JsonObjectBuilder builder() {
        return new JsonObjectBuilder();
    }

    /** {@return the keys in their order} */
    public Set<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /**
     * {@return whether the key is there, with whatever value}
     *
     * @param key the key
     */
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /**
     * {@return this object, which may have no other keys than these}
     *
     * @param keys the allowed keys
     * @throws IllegalArgumentException if it has; the message names the first
     */
    public JsonObject only(String... keys) {
        Set<String> known = Set.of(keys);
        for (String key : values.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("\"" + where(key) + "\" is not known; expected only " + String.join(", ", keys));
            }
        }
        return this;
    }

    /**
     * {@return the text under a key}
     *
     * @param key the key
     */
    public String string(String key) {
        return get(key, String.class, "a text");
    }

    /**
     * {@return the constant whose name in lower case stands under a key}
     *
     * @param <E> the type of the constant
     * @param key the key
     * @param type its enum
     */
    public <E extends Enum<E>> E constant(String key, Class<E> type) {
        String name = string(key);
        E[] constants = type.getEnumConstants();
        return Arrays.stream(constants).filter(constant -> lower(constant).equals(name)).findFirst().orElseThrow(() -> refusal(key,
                "one of " + Arrays.stream(constants).map(JsonObject::lower).collect(Collectors.joining(", "))));
    }

    /**
     * {@return the integer under a key, of 32 bits}
     *
     * @param key the key
     */
    public int integer(String key) {
        long number = wholeNumber(key);
        if (number != (int) number) {
            throw refusal(key, "an integer from -2^31 to 2^31-1");
        }
        return (int) number;
    }

    /**
     * {@return the integer under a key, within bounds}
     *
     * @param key the key
     * @param least the least that is allowed
     * @param greatest the greatest that is allowed
     */
    public int integer(String key, int least, int greatest) {
        long number = wholeNumber(key);
        if (number < least || number > greatest) {
            throw refusal(key, "an integer from " + least + " to " + greatest);
        }
        return (int) number;
    }

    /**
     * {@return the integer under a key, of 64 bits}
     *
     * @param key the key
     */
    public long wholeNumber(String key) {
        require(key, "an integer");
        return toLong(where(key), -1, values.get(key));
    }

    /**
     * {@return the number under a key; NaN if null is there}
     *
     * @param key the key
     */
    public double number(String key) {
        require(key, "a number");
        return toDouble(where(key), -1, values.get(key));
    }

    /**
     * {@return the number under a key, within bounds}
     *
     * @param key the key
     * @param least the least that is allowed
     * @param greatest the greatest that is allowed
     */
    public double number(String key, double least, double greatest) {
        double number = number(key);
        if (!(number >= least && number <= greatest)) {
            throw refusal(key, "a number from " + least + " to " + greatest);
        }
        return number;
    }

    /**
     * {@return the boolean under a key}
     *
     * @param key the key
     */
    public boolean flag(String key) {
        return get(key, Boolean.class, "true or false");
    }

    /**
     * {@return the object under a key}
     *
     * @param key the key
     */
    public JsonObject object(String key) {
        return get(key, JsonObject.class, "an object").at(where(key));
    }

    /**
     * {@return the list of objects under a key}
     *
     * @param key the key
     */
    public List<JsonObject> objects(String key) {
        List<JsonObject> objects = new ArrayList<>();
        for (Object item : list(key, JsonObject.class, "an object")) {
            objects.add(((JsonObject) item).at(item(where(key), objects.size())));
        }
        return Collections.unmodifiableList(objects);
    }

    /**
     * {@return the list of texts under a key; unmodifiable}
     *
     * @param key the key
     */
    @SuppressWarnings("unchecked") // each was looked at
    public List<String> strings(String key) {
        return (List<String>) list(key, String.class, "a text");
    }

    /**
     * {@return the list of 64-bit integers under a key, in an array of the caller's own}
     *
     * @param key the key
     */
    public long[] wholeNumbers(String key) {
        List<?> list = get(key, List.class, "a list of integers");
        long[] numbers = new long[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = toLong(where(key), i, list.get(i));
        }
        return numbers;
    }

    /**
     * {@return the list of numbers under a key, NaN for null, in an array of the caller's own}
     *
     * @param key the key
     */
    public double[] numbers(String key) {
        return toDoubles(where(key), get(key, List.class, "a list of numbers"));
    }

    /**
     * {@return the list of numbers under a key as floats, NaN for null, in an array of the caller's own}
     *
     * @param key the key
     */
    public float[] floats(String key) {
        List<?> list = get(key, List.class, "a list of numbers");
        float[] numbers = new float[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = toFloat(where(key), i, list.get(i));
        }
        return numbers;
    }

    /**
     * {@return the list of lists of numbers under a key, NaN for null, in arrays of the caller's own}
     *
     * @param key the key
     */
    public double[][] numberRows(String key) {
        List<?> rows = list(key, List.class, "a list of numbers");
        double[][] numbers = new double[rows.size()][];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = toDoubles(item(where(key), i), (List<?>) rows.get(i));
        }
        return numbers;
    }

    /**
     * {@return the exception for a value that a reader refuses: it names the key with its path and what stands there}
     *
     * @param key the key
     * @param expected what should stand there, as it ends a sentence
     */
    public IllegalArgumentException refusal(String key, String expected) {
        return refusal(where(key), has(key) ? describe(values.get(key)) : "missing", expected);
    }

    /**
     * In what this object differs from another: {@code "dropout is 0.25"}, {@code "vocabulary.unit is missing"}.
     *
     * @param other the other object
     * @return a line for each difference
     */
    public List<String> differences(JsonObject other) {
        Set<String> all = new LinkedHashSet<>(values.keySet());
        all.addAll(other.values.keySet());
        List<String> differences = new ArrayList<>();
        for (String key : all) {
            Object mine = values.get(key);
            Object theirs = other.values.get(key);
            if (mine instanceof JsonObject object && theirs instanceof JsonObject another) {
                differences.addAll(object.at(where(key)).differences(another));
            } else if (has(key) != other.has(key) || !Objects.equals(mine, theirs)) {
                differences.add(where(key) + " is " + (has(key) ? describe(mine) : "missing"));
            }
        }
        return differences;
    }

    /** One line of JSON, for {@link #parse}. */
    @Override
    public String toString() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = WRITER.createGenerator(text)) {
            write(json, this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Whether the other is an object of the same keys and values, in whatever order; numbers are compared as they are written. */
    @Override
    public boolean equals(Object other) {
        return other instanceof JsonObject that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof JsonObject object) {
            json.writeStartObject();
            for (Map.Entry<String, Object> entry : object.values.entrySet()) {
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

    private JsonObject at(String place) {
        return new JsonObject(place, values);
    }

    private String where(String key) {
        return member(path, key);
    }

    static String member(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** The place of a list's item; of the value itself for −1. */
    static String item(String where, int index) {
        return index < 0 ? where : where + "[" + index + "]";
    }

    private void require(String key, String expected) {
        if (!has(key)) {
            throw refusal(key, expected);
        }
    }

    private <T> T get(String key, Class<T> type, String expected) {
        Object value = values.get(key);
        if (!type.isInstance(value)) {
            throw refusal(key, expected);
        }
        return type.cast(value);
    }

    private List<?> list(String key, Class<?> type, String expected) {
        List<?> list = get(key, List.class, "a list");
        for (int i = 0; i < list.size(); i++) {
            if (!type.isInstance(list.get(i))) {
                throw refusal(item(where(key), i), describe(list.get(i)), expected);
            }
        }
        return list;
    }

    private static double[] toDoubles(String where, List<?> list) {
        double[] numbers = new double[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = toDouble(where, i, list.get(i));
        }
        return numbers;
    }

    private static long toLong(String where, int index, Object value) {
        if (value instanceof JsonNumber number && number.isLong()) {
            return Long.parseLong(number.text());
        }
        throw refusal(item(where, index), describe(value), "an integer from -2^63 to 2^63-1");
    }

    private static double toDouble(String where, int index, Object value) {
        double number = value == null ? Double.NaN : Double.parseDouble(digits(where, index, value));
        if (Double.isInfinite(number)) {
            throw refusal(item(where, index), describe(value), "a number in the range of a double");
        }
        return number;
    }

    private static float toFloat(String where, int index, Object value) {
        float number = value == null ? Float.NaN : Float.parseFloat(digits(where, index, value));
        if (Float.isInfinite(number)) {
            throw refusal(item(where, index), describe(value), "a number in the range of a float");
        }
        return number;
    }

    private static String digits(String where, int index, Object value) {
        if (value instanceof JsonNumber number) {
            return number.text();
        }
        throw refusal(item(where, index), describe(value), "a number");
    }

    static IllegalArgumentException refusal(String where, String found, String expected) {
        return new IllegalArgumentException("\"" + where + "\" is " + found + "; expected " + expected);
    }

    static String describe(Object value) {
        if (value instanceof JsonObject) {
            return "an object";
        } else if (value instanceof List<?> list) {
            return "a list of " + list.size();
        } else if (value instanceof JsonNumber number) {
            return shortened(number.text());
        } else if (value instanceof String text) {
            return "\"" + shortened(text) + "\"";
        }
        return String.valueOf(value);
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, text.offsetByCodePoints(0, SHOWN / 2)) + "…";
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
