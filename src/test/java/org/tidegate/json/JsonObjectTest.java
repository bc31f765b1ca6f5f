package org.tidegate.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class JsonObjectTest {
    private enum Shade { LIGHT_GREY, BLACK }

    private static String refusal(String json, Function<JsonObject, ?> read) {
        JsonObject object = JsonObject.parse(json);
        return assertThrows(IllegalArgumentException.class, () -> read.apply(object), json).getMessage();
    }

    private static String refused(String json) {
        String message = assertThrows(IllegalArgumentException.class, () -> JsonObject.parse(json), json).getMessage();
        assertFalse(message.contains("\n") || message.contains("Source"), message);
        assertTrue(message.startsWith("not valid JSON at line "), message);
        return message;
    }

    private static JsonObject again(JsonObject object) {
        return JsonObject.parse(object.toString());
    }

    @Test
    void valuesOfEveryKindAreWrittenOnOneLineInTheirOrder() {
        JsonObject object = JsonObject.builder().put("text", "a \"quoted\"\n\\ line \u0000").put("shade", Shade.LIGHT_GREY).put("long", -7)
                .put("double", 0.25).put("float", 0.1f).put("flag", true)
                .put("object", JsonObject.builder().put("z", 1).put("a", 2).build())
                .put("doubles", new double[] {1, 1e300}).put("floats", new float[] {1, 1e30f})
                .put("list", List.of("x", JsonObject.of(Map.of()), List.of(1L, false))).put("empty", List.of()).build();
        assertEquals("{\"text\":\"a \\\"quoted\\\"\\n\\\\ line \\u0000\",\"shade\":\"light_grey\",\"long\":-7,\"double\":0.25,"
                + "\"float\":0.1,\"flag\":true,\"object\":{\"z\":1,\"a\":2},\"doubles\":[1.0,1.0E300],\"floats\":[1.0,1.0E30],"
                + "\"list\":[\"x\",{},[1,false]],\"empty\":[]}", object.toString());
        assertEquals(object, again(object));
        assertEquals(object.hashCode(), again(object).hashCode());
        assertEquals(new ArrayList<>(object.keys()), new ArrayList<>(again(object).keys()));
    }

    @Test
    void whatATerminalWouldObeyIsEscapedInTextsAndKeys() {
        String odd = "\u001b[2J\r\u007f\u0080\u009b31m\u00a0\u2028\u2029\u202e\u2069\u2070\uD83D\uDE00";
        JsonObject object = JsonObject.of(Map.of(odd, odd));
        String text = "\\u001B[2J\\r\\u007F\\u0080\\u009B31m\u00a0\\u2028\\u2029\\u202E\\u2069\u2070\uD83D\uDE00";
        assertEquals("{\"" + text + "\":\"" + text + "\"}", object.toString());
        assertEquals(object, again(object));
    }

    @Test
    void mapsBecomeObjectsAndBack() {
        Map<String, Object> map = new TreeMap<>();
        map.put("a", null);
        map.put("b", Arrays.asList(1, null, true, Double.NaN));
        map.put("c", Map.of("x", 0.5f));
        map.put("d", new double[][] {{1}, {}}[0]);
        JsonObject object = JsonObject.of(map);
        assertEquals("{\"a\":null,\"b\":[1,null,true,null],\"c\":{\"x\":0.5},\"d\":[1.0]}", object.toString());
        assertEquals(JsonObject.parse(" { \"d\" : [1.0], \"c\":{\"x\":0.5},\"b\":[1,null,true,null],\n\t\"a\":null}\n"), object);
        assertNotEquals(JsonObject.parse("{\"a\":null}"), object);
        String message = assertThrows(IllegalArgumentException.class, () -> JsonObject.of(Map.of("p", Path.of("x")))).getMessage();
        assertTrue(message.contains("Path") && message.contains("expected a text"), message);
    }

    @Test
    void doublesReadBackToTheBit() {
        double[] values = new double[20_000];
        Random random = new Random(1);
        Arrays.setAll(values, i -> Double.longBitsToDouble(random.nextLong()));
        double[] special = {0.0, -0.0, Double.MIN_VALUE, -Double.MIN_VALUE, Double.MIN_NORMAL, Math.nextDown(Double.MIN_NORMAL),
            Double.MAX_VALUE, 0.1 + 0.2, 2e-322, 9007199254740993.0, 1e23};
        System.arraycopy(special, 0, values, 0, special.length);
        double[] finite = Arrays.stream(values).filter(Double::isFinite).toArray();
        JsonObject read = again(JsonObject.builder().put("v", finite).put("zero", -0.0).build());
        assertArrayEquals(bits(finite), bits(read.numbers("v")));
        assertEquals(Double.doubleToRawLongBits(-0.0), Double.doubleToRawLongBits(read.number("zero")));
    }

    private static long[] bits(double... values) {
        return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
    }

    @Test
    void floatsReadBackToTheBitFromTheirShortestDigits() {
        Random random = new Random(2);
        float[] values = new float[20_000];
        float[] special = {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Math.nextDown(Float.MIN_NORMAL), Float.MAX_VALUE,
            0.1f, 16_777_217f, 1.17549435E-38f};
        System.arraycopy(special, 0, values, 0, special.length);
        for (int i = special.length; i < values.length; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            values[i] = Float.isFinite(value) ? value : i;
        }
        JsonObject object = JsonObject.builder().put("v", values).build();
        assertTrue(object.toString().contains(",0.1,"), "0.1f has one digit");
        float[] read = again(object).floats("v");
        for (int i = 0; i < values.length; i++) {
            assertEquals(Float.floatToRawIntBits(values[i]), Float.floatToRawIntBits(read[i]), "float " + values[i]);
        }
    }

    @Test
    void aFloatIsRoundedOnceAndNotByWayOfADouble() {
        // Just above the middle of 1 and its next float; the nearest double is the middle itself, which would round down to 1.
        assertEquals(Math.nextUp(1f), JsonObject.parse("{\"v\":[1.00000005960464477540]}").floats("v")[0]);
    }

    @Test
    void whatIsNoNumberBecomesNullAndReadsAsNaN() {
        double[] doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1};
        JsonObject object = JsonObject.builder().put("d", doubles).put("f", new float[] {Float.NEGATIVE_INFINITY, 2}).put("one", Double.NaN)
                .put("other", Float.NaN).put("rows", List.of(doubles)).build();
        assertEquals("{\"d\":[null,null,1.0],\"f\":[null,2.0],\"one\":null,\"other\":null,\"rows\":[[null,null,1.0]]}", object.toString());
        JsonObject read = again(object);
        assertArrayEquals(new double[] {Double.NaN, Double.NaN, 1}, read.numbers("d"));
        assertArrayEquals(new float[] {Float.NaN, 2}, read.floats("f"));
        assertEquals(Double.NaN, read.number("one"));
        assertArrayEquals(new double[][] {{Double.NaN, Double.NaN, 1}}, read.numberRows("rows"));
        assertTrue(read.has("one"));
        assertFalse(read.has("two"));
    }

    @Test
    void integersReachTheEndsOfTheirRangeAndNoFurther() {
        JsonObject object = again(JsonObject.builder().put("least", Long.MIN_VALUE).put("most", Long.MAX_VALUE)
                .put("int", Integer.MIN_VALUE).put("list", List.of(Long.MIN_VALUE, 3)).build());
        assertEquals(Long.MIN_VALUE, object.wholeNumber("least"));
        assertEquals(Long.MAX_VALUE, object.wholeNumber("most"));
        assertEquals(Integer.MIN_VALUE, object.integer("int"));
        assertArrayEquals(new long[] {Long.MIN_VALUE, 3}, object.wholeNumbers("list"));
        for (String wrong : List.of("9223372036854775808", "1.0", "1e2", "-0", "null", "\"1\"", "true", "[1]")) {
            assertTrue(refusal("{\"a\":" + wrong + "}", json -> json.wholeNumber("a")).contains("expected an integer"), wrong);
        }
        assertEquals("\"a\" is 2147483648; expected an integer from -2^31 to 2^31-1",
                refusal("{\"a\":2147483648}", json -> json.integer("a")));
        assertEquals(3, JsonObject.parse("{\"a\":3}").integer("a", 3, 3));
        for (String wrong : List.of("2", "4", "4294967299", "-9223372036854775808", "null", "3.0")) {
            assertTrue(refusal("{\"a\":" + wrong + "}", json -> json.integer("a", 3, 3)).contains("expected an integer from "), wrong);
        }
        assertEquals("\"a\" is 4294967299; expected an integer from 3 to 3", refusal("{\"a\":4294967299}", json -> json.integer("a", 3, 3)));
        assertEquals("\"a[1]\" is 0.5; expected an integer from -2^63 to 2^63-1",
                refusal("{\"a\":[1,0.5]}", json -> json.wholeNumbers("a")));
    }

    @Test
    void numbersThatOverflowAreRefusedAndNotInfinite() {
        assertEquals(0.5, JsonObject.parse("{\"a\":0.5}").number("a", 0.5, 0.5));
        for (String wrong : List.of("0.4999", "1e300", "-1", "null")) {
            assertEquals("\"a\" is " + wrong + "; expected a number from 0.5 to 1.0",
                    refusal("{\"a\":" + wrong + "}", json -> json.number("a", 0.5, 1)));
        }
        assertEquals("\"a\" is 1e309; expected a number in the range of a double", refusal("{\"a\":1e309}", json -> json.number("a")));
        assertEquals("\"a[0]\" is -1e39; expected a number in the range of a float", refusal("{\"a\":[-1e39]}", json -> json.floats("a")));
        assertEquals(1e308, JsonObject.parse("{\"a\":1e308}").number("a"));
    }

    @Test
    void aKeyThatOccursTwiceIsRefusedAtEveryDepth() {
        assertTrue(refused("{\"a\":1,\"b\":2,\"a\":1}").contains(": Duplicate "));
        assertTrue(refused("{\"x\":[{\"a\":1,\"\\u0061\":null}]}").contains(": Duplicate "));
        JsonObjectBuilder builder = JsonObject.builder().put("a", 1);
        assertThrows(IllegalArgumentException.class, () -> builder.put("a", 1));
    }

    @Test
    void onlyOneWholeObjectIsAccepted() {
        for (String wrong : List.of("", " ", "[]", "1", "null", "\"a\"", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":[1", "{\"a\":\"x",
                "{\"a\":1,}", "{\"a\":[1,]}", "{a:1}", "{'a':1}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":0x1}",
                "{\"a\":tru}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":1} x", "{}{}", "{},", "{} 1", "{\"a\":1}]", "{/**/}",
                "{\"a\":1]}", "\uFEFF{}")) {
            refused(wrong);
        }
        assertTrue(refused("{}\n {}").startsWith("not valid JSON at line 2, column "));
    }

    @Test
    void namesOfNumbersThatJsonLacksAreRefused() {
        for (String wrong : List.of("NaN", "Infinity", "-Infinity", "+Infinity", "-NaN", "INF", "nan")) {
            refused("{\"a\":" + wrong + "}");
        }
    }

    @Test
    void nestingEndsAtTheDepthOf127() {
        String deep = "{\"a\":" + "[".repeat(126) + "]".repeat(126) + "}";
        assertEquals(deep, JsonObject.parse(deep).toString());
        refused("{\"a\":" + "[".repeat(127) + "]".repeat(127) + "}");
        refused("{\"a\":".repeat(1_000_000));
    }

    @Test
    void halfOfASurrogatePairIsRefusedInKeysAndTexts() {
        for (String half : List.of("\\ud83d", "\\ud83d:", "\\ude00\\ud83d", "x\\ude00", "\uD83D", "\uDE00x")) {
            assertTrue(refused("{\"" + half + "\":1}").endsWith("half of a surrogate pair"), half);
            assertTrue(refused("{\"a\":[\"" + half + "\"]}").endsWith("half of a surrogate pair"), half);
        }
        assertEquals("\uD83D\uDE00", JsonObject.parse("{\"a\":\"\\ud83d\\ude00\"}").string("a"));
        JsonObjectBuilder builder = JsonObject.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.put("a", "x\uD83D"));
        assertThrows(IllegalArgumentException.class, () -> builder.put("\uDE00", "x"));
        assertThrows(IllegalArgumentException.class, () -> builder.put("a", List.of("\uD83D")));
        assertEquals("{}", builder.build().toString());
    }

    @Test
    void errorsNameThePathWhatWasFoundAndWhatWasExpected() {
        String json = "{\"reading\":{\"vocabulary\":{\"unit\":5},\"layers\":[{},{\"size\":\"x\"}]},\"rows\":[[1],[2,\"y\"]],\"n\":null}";
        assertEquals("\"reading.vocabulary.unit\" is 5; expected a text",
                refusal(json, o -> o.object("reading").object("vocabulary").string("unit")));
        assertEquals("\"reading.layers[1].size\" is \"x\"; expected an integer from -2^63 to 2^63-1",
                refusal(json, o -> o.object("reading").objects("layers").get(1).integer("size")));
        assertEquals("\"rows[1][1]\" is \"y\"; expected a number", refusal(json, o -> o.numberRows("rows")));
        assertEquals("\"rows[0]\" is a list of 1; expected a text", refusal(json, o -> o.strings("rows")));
        assertEquals("\"reading.size\" is missing; expected a number", refusal(json, o -> o.object("reading").number("size")));
        assertEquals("\"reading\" is an object; expected true or false", refusal(json, o -> o.flag("reading")));
        assertEquals("\"n\" is null; expected an object", refusal(json, o -> o.object("n")));
        assertEquals("\"reading.vocabulary.unit\" is 5; expected a colour",
                refusal(json, o -> { throw o.object("reading").object("vocabulary").refusal("unit", "a colour"); }));
    }

    @Test
    void everyReadingMethodRefusesAMissingKeyAndAnotherKind() {
        List<Function<JsonObject, ?>> methods = List.of(o -> o.string("a"), o -> o.integer("a"), o -> o.wholeNumber("a"),
                o -> o.number("a"), o -> o.flag("a"), o -> o.object("a"), o -> o.objects("a"), o -> o.strings("a"), o -> o.numbers("a"),
                o -> o.floats("a"), o -> o.numberRows("a"), o -> o.wholeNumbers("a"), o -> o.constant("a", Shade.class));
        List<String> values = List.of("\"x\"", "1", "1", "1", "true", "{}", "[{}]", "[\"x\"]", "[1]", "[1]", "[[1]]", "[1]", "\"black\"");
        List<String> others = List.of("1", "\"1\"", "\"1\"", "\"1\"", "0", "[]", "[1]", "[null]", "[\"1\"]", "[\"1\"]", "[1]",
                "[null]", "\"B\"");
        for (int i = 0; i < methods.size(); i++) {
            methods.get(i).apply(JsonObject.parse("{\"a\":" + values.get(i) + "}"));
            assertTrue(refusal("{}", methods.get(i)).startsWith("\"a\" is missing; expected "), "method " + i);
            assertTrue(refusal("{\"a\":" + others.get(i) + "}", methods.get(i)).contains("; expected "), "method " + i);
        }
    }

    @Test
    void constantsAreReadByTheirNameInLowerCase() {
        assertEquals(Shade.LIGHT_GREY, JsonObject.parse("{\"a\":\"light_grey\"}").constant("a", Shade.class));
        assertEquals("\"a\" is \"LIGHT_GREY\"; expected one of light_grey, black",
                refusal("{\"a\":\"LIGHT_GREY\"}", json -> json.constant("a", Shade.class)));
    }

    @Test
    void unknownKeysAreRefusedByName() {
        JsonObject object = JsonObject.parse("{\"o\":{\"a\":1,\"b\":2}}").object("o");
        assertEquals(2, object.only("a", "b", "c").integer("b"));
        assertEquals("\"o.b\" is not known; expected only a, c",
                assertThrows(IllegalArgumentException.class, () -> object.only("a", "c")).getMessage());
    }

    @Test
    void whatIsReadCannotBeChangedAndArraysAreCopies() {
        double[] numbers = {1};
        JsonObjectBuilder builder = JsonObject.builder().put("n", numbers).put("s", new ArrayList<>(List.of("x")));
        JsonObject object = builder.build();
        builder.put("later", 1);
        numbers[0] = 2;
        object.numbers("n")[0] = 3;
        assertThrows(UnsupportedOperationException.class, () -> object.strings("s").clear());
        assertThrows(UnsupportedOperationException.class, () -> object.keys().clear());
        assertEquals("{\"n\":[1.0],\"s\":[\"x\"]}", object.toString());
    }

    @Test
    void aMillionTokensAndALongTextAreRead() {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 1_000_000; i++) {
            tokens.add("token" + i);
        }
        String text = "x".repeat(30_000_000);
        JsonObject read = again(JsonObject.builder().put("tokens", tokens).put("text", text).build());
        assertEquals(tokens, read.strings("tokens"));
        assertEquals(text, read.string("text"));
    }

    @Test
    void differencesAreNamedWithTheirPlaceAndOwnValue() {
        JsonObject one = JsonObject.parse("{\"a\":1,\"b\":{\"c\":\"x\",\"d\":[1,2]},\"e\":true}");
        JsonObject other = JsonObject.parse("{\"a\":1,\"b\":{\"c\":\"y\",\"d\":[1]},\"f\":null}");
        assertEquals(List.of("b.c is \"x\"", "b.d is a list of 2", "e is true", "f is missing"), one.differences(other));
        assertEquals(List.of(), one.differences(JsonObject.parse(one.toString())));
    }

    /** A record for the tests. */
    public record Heard(String text, double logProbability) {}

    @Test
    void aRecordBecomesAnObjectOfItsComponents() {
        assertEquals("{\"answers\":[{\"text\":\"a\",\"log_probability\":-0.5}]}",
                JsonObject.of(Map.of("answers", List.of(new Heard("a", -0.5)))).toString());
    }
}
