package org.tidegate.json;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Builds a {@link JsonObject}, key after key. Every {@code put} throws IllegalArgumentException where the key is there already. */
public final class JsonObjectBuilder {
    private final Map<String, Object> values = new LinkedHashMap<>();

    JsonObjectBuilder() {}

    /**
     * Adds a text.
     *
     * @param key a new key
     * @param text the text
     * @return this builder
     * @throws IllegalArgumentException if it has half of a surrogate pair
     */
    public JsonObjectBuilder put(String key, String text) {
        return add(key, Objects.requireNonNull(text, key));
    }

    /**
     * Adds a constant as its name in lower case, for {@link JsonObject#constant}.
     *
     * @param key a new key
     * @param constant the constant
     * @return this builder
     */
    public JsonObjectBuilder put(String key, Enum<?> constant) {
        return add(key, Objects.requireNonNull(constant, key));
    }

    /**
     * Adds an integer.
     *
     * @param key a new key
     * @param number the number
     * @return this builder
     */
    public JsonObjectBuilder put(String key, long number) {
        return add(key, number);
    }

    /**
     * Adds a number; NaN and the infinities become null.
     *
     * @param key a new key
     * @param number the number
     * @return this builder
     */
    public JsonObjectBuilder put(String key, double number) {
        return add(key, number);
    }

    /**
     * Adds a number in the shortest digits that a float needs; NaN and the infinities become null.
     *
     * @param key a new key
     * @param number the number
     * @return this builder
     */
    public JsonObjectBuilder put(String key, float number) {
        return add(key, number);
    }

    /**
     * Adds true or false.
     *
     * @param key a new key
     * @param flag true or false
     * @return this builder
     */
    public JsonObjectBuilder put(String key, boolean flag) {
        return add(key, flag);
    }

    /**
     * Adds an object.
     *
     * @param key a new key
     * @param object the object
     * @return this builder
     */
    public JsonObjectBuilder put(String key, JsonObject object) {
        return add(key, Objects.requireNonNull(object, key));
    }

    /**
     * Adds numbers, copied.
     *
     * @param key a new key
     * @param numbers the numbers
     * @return this builder
     */
    public JsonObjectBuilder put(String key, double[] numbers) {
        return add(key, Objects.requireNonNull(numbers, key));
    }

    /**
     * Adds numbers, copied, each in the shortest digits that a float needs.
     *
     * @param key a new key
     * @param numbers the numbers
     * @return this builder
     */
    public JsonObjectBuilder put(String key, float[] numbers) {
        return add(key, Objects.requireNonNull(numbers, key));
    }

    /**
     * Adds a list, copied: of texts, numbers, arrays of numbers, booleans, objects, lists.
     *
     * @param key a new key
     * @param list the items
     * @return this builder
     * @throws IllegalArgumentException if something else is in it
     */
    public JsonObjectBuilder put(String key, List<?> list) {
        return add(key, Objects.requireNonNull(list, key));
    }

    /** {@return the object} */
    public JsonObject build() {
        return new JsonObject("", new LinkedHashMap<>(values));
    }

    /** Adds what {@link JsonObject#of} takes, null included. */
    JsonObjectBuilder add(String key, Object value) {
        if (values.containsKey(key)) {
            throw new IllegalArgumentException("the key \"" + key + "\" is put twice into an object");
        }
        values.put(paired(key), value(value));
        return this;
    }

    private static Object value(Object value) {
        if (value == null || value instanceof Boolean || value instanceof JsonObject) {
            return value;
        } else if (value instanceof CharSequence text) {
            return paired(text.toString());
        } else if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        } else if (value instanceof Long || value instanceof Integer) {
            return JsonNumber.of(((Number) value).longValue());
        } else if (value instanceof Double number) {
            return JsonNumber.of(number.doubleValue());
        } else if (value instanceof Float number) {
            return JsonNumber.of(number.floatValue());
        } else if (value instanceof Map<?, ?> map) {
            return JsonObject.of(map);
        } else if (value instanceof Record record) {
            return object(record);
        } else {
            return list(value);
        }
    }

    /** The components of a record under their names, logProbability as log_probability. */
    private static JsonObject object(Record record) {
        JsonObjectBuilder builder = new JsonObjectBuilder();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            String key = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            try {
                builder.add(key, component.getAccessor().invoke(record));
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException("the component " + component.getName() + " of " + record.getClass().getName()
                        + " cannot be read; expected a public record", e);
            }
        }
        return builder.build();
    }

    private static List<Object> list(Object value) {
        List<Object> list = new ArrayList<>();
        if (value instanceof Collection<?> items) {
            items.forEach(item -> list.add(value(item)));
        } else if (value instanceof double[] numbers) {
            for (double number : numbers) {
                list.add(JsonNumber.of(number));
            }
        } else if (value instanceof float[] numbers) {
            for (float number : numbers) {
                list.add(JsonNumber.of(number));
            }
        } else {
            throw new IllegalArgumentException("JSON has no word for a " + value.getClass().getName()
                    + "; expected a text, a number, a boolean, a map or a list");
        }
        return Collections.unmodifiableList(list);
    }

    private static String paired(String text) {
        if (!JsonReader.isPaired(text)) {
            throw new IllegalArgumentException("\"" + text + "\" has half of a surrogate pair");
        }
        return text;
    }
}
