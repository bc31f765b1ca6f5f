package org.tidegate.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class JsonReaderTest {
    private static String refusal(String json, Consumer<JsonReader> read) {
        JsonReader reader = JsonReader.of(json);
        return assertThrows(IllegalArgumentException.class, () -> {
            assertEquals("a", reader.nextKey());
            read.accept(reader);
            assertNull(reader.nextKey());
        }, json).getMessage();
    }

    @Test
    void valuesAreReadInTheOrderOfTheText() {
        JsonReader json = JsonReader.of("{\"o\":{\"s\":\"x\",\"e\":{}},\"n\":[1,-2,3,4,9223372036854775807],\"none\":[]}\n");
        assertEquals("o", json.nextKey());
        json.enterObject();
        assertEquals("s", json.nextKey());
        assertEquals("x", json.string());
        assertEquals("e", json.nextKey());
        json.enterObject();
        assertNull(json.nextKey());
        assertNull(json.nextKey());
        assertEquals("n", json.nextKey());
        assertArrayEquals(new long[] {1, -2, 3, 4, Long.MAX_VALUE}, json.wholeNumbers());
        assertEquals("none", json.nextKey());
        assertArrayEquals(new long[0], json.wholeNumbers());
        assertNull(json.nextKey());
    }

    @Test
    void whatIsSkippedIsStillLookedAt() {
        JsonReader json = JsonReader.of("{\"a\":{\"b\":[1,{\"c\":null}],\"d\":\"x\"},\"e\":[[]],\"f\":-0.5e7,\"g\":\"y\"}");
        for (String key : List.of("a", "e", "f")) {
            assertEquals(key, json.nextKey());
            json.skip();
        }
        assertEquals("g", json.nextKey());
        assertEquals("y", json.string());
        for (String wrong : List.of("{\"b\":1,\"b\":2}", "[NaN]", "[\"\\ud83d\"]", "{\"\\ud83d\":1}", "[1", "1} x")) {
            assertTrue(refusal("{\"a\":" + wrong + "}", JsonReader::skip).startsWith("not valid JSON at line 1, column "), wrong);
        }
    }

    @Test
    void aListThatIsForgottenDoesNotEndTheObject() {
        JsonReader json = JsonReader.of("{\"a\":[1,2],\"b\":3}");
        json.nextKey();
        assertThrows(IllegalStateException.class, json::nextKey);
    }

    @Test
    void anotherValueIsRefusedWithItsPlace() {
        assertEquals("\"a\" is 5; expected a text", refusal("{\"a\":5}", JsonReader::string));
        assertEquals("\"a\" is a list; expected an object", refusal("{\"a\":[1]}", JsonReader::enterObject));
        assertEquals("\"a\" is an object; expected a list of integers", refusal("{\"a\":{}}", JsonReader::wholeNumbers));
        assertEquals("\"a.b[1]\" is 0.5; expected an integer from -2^63 to 2^63-1", refusal("{\"a\":{\"b\":[1,0.5]}}", json -> {
            json.enterObject();
            json.nextKey();
            json.wholeNumbers();
        }));
        for (String wrong : List.of("9223372036854775808", "-0", "null", "\"1\"", "[]", "{}")) {
            assertTrue(refusal("{\"a\":[" + wrong + "]}", JsonReader::wholeNumbers).startsWith("\"a[0]\" is "), wrong);
        }
    }
}
