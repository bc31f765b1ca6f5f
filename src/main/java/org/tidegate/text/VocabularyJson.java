package org.tidegate.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A vocabulary's JSON: {@code {"unit":"code_point","specials":["<unk>"],"tokens":["e","t",…]}}, tokens in the order of their ids. */
final class VocabularyJson {
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    private static final Set<String> SPECIALS =
            Set.of(Vocabulary.PAD, Vocabulary.UNKNOWN, Vocabulary.BEGIN, Vocabulary.END);

    private VocabularyJson() {}

    static String write(Vocabulary.Unit unit, List<String> specials, List<String> tokens) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("unit", unit.name().toLowerCase(Locale.ROOT));
            writeStrings(json, "specials", specials);
            writeStrings(json, "tokens", tokens);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    static Vocabulary read(String text) {
        Vocabulary.Unit unit = null;
        List<String> specials = null;
        List<String> tokens = null;
        try (JsonParser json = JSON.createParser(text)) {
            expect(json.nextToken() == JsonToken.START_OBJECT, "an object");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "unit" -> unit = unit(json.getText());
                    case "specials" -> specials = readStrings(json);
                    case "tokens" -> tokens = readStrings(json);
                    default -> throw new IllegalArgumentException("a vocabulary has no field \"" + field + "\"");
                }
            }
            expect(json.nextToken() == null, "nothing after the object");
        } catch (IOException e) {
            throw new IllegalArgumentException("the vocabulary is not valid JSON: " + e.getMessage(), e);
        }
        expect(unit != null && specials != null && tokens != null && !tokens.isEmpty(), "the fields unit, specials and tokens");
        expect(SPECIALS.containsAll(specials), "specials among " + SPECIALS);
        List<String> all = new ArrayList<>(specials);
        all.addAll(tokens);
        return new Vocabulary(unit, specials.size(), all);
    }

    private static void writeStrings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private static List<String> readStrings(JsonParser json) throws IOException {
        expect(json.currentToken() == JsonToken.START_ARRAY, "an array of strings");
        List<String> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken() == JsonToken.VALUE_STRING, "an array of strings");
            values.add(json.getText());
        }
        return values;
    }

    private static Vocabulary.Unit unit(String name) {
        return switch (name) {
            case "word" -> Vocabulary.Unit.WORD;
            case "code_point" -> Vocabulary.Unit.CODE_POINT;
            case "token" -> Vocabulary.Unit.TOKEN;
            default -> throw new IllegalArgumentException("a vocabulary's unit is \"" + name
                    + "\"; expected code_point, word or token");
        };
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("the vocabulary's JSON is not understood; expected " + what);
        }
    }
}
