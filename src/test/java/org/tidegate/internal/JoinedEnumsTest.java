/* Java's enums whose ordinals are numbers of the C header. */
package org.tidegate.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tidegate.GradientNorm;
import org.tidegate.Precision;
import org.tidegate.Value;
import org.tidegate.internal.abi.tidegate;

class JoinedEnumsTest {
    /** The constants of the header that Java knows by another name than its own. */
    private static final Map<String, String> OTHER_NAMES = Map.of("TG_ONE", "TG_PER_BATCH", "TG_L2", "TG_NORM_L2",
        "TG_L1", "TG_NORM_L1", "TG_MAX", "TG_NORM_MAX");

    @Test
    void everyConstantOfTheHeaderIsTheOrdinalOfItsEnum() throws IllegalAccessException, IOException {
        Map<String, Integer> joined = new TreeMap<>();
        for (Enum<?>[] constants : new Enum<?>[][] {Status.values(), Precision.values(), Value.Kind.values(), Value.Rows.values(),
            GradientNorm.values()}) {
            for (Enum<?> constant : constants) {
                String name = "TG_" + constant.name();
                joined.put(OTHER_NAMES.getOrDefault(name, name), constant.ordinal());
            }
        }
        joined.put("TG_INFER", 0); // the modes of a session, which Java names as the header does
        joined.put("TG_TRAIN", 1);
        Map<String, Integer> header = new TreeMap<>();
        String text = Files.readString(Path.of(System.getProperty("tidegate.basedir"), "native/include/tidegate/tidegate.h"));
        for (Matcher constant = Pattern.compile("(TG_[A-Z0-9_]+) = ([0-9]+)").matcher(text); constant.find();) {
            header.put(constant.group(1), Integer.valueOf(constant.group(2)));
        }
        Map<String, Integer> java = new TreeMap<>();
        for (Field field : tidegate.class.getFields()) {
            java.put(field.getName(), field.getInt(null));
        }
        assertEquals(header, java);
        assertEquals(header, joined);
    }

    @Test
    void everyNativeMethodHasItsOtherHalf() throws IOException {
        String glue = Files.readString(Path.of(System.getProperty("tidegate.basedir"), "native/jni/glue.cc"));
        assertEquals(List.of(), Stream.of(tidegate.class.getDeclaredMethods()).filter(method -> Modifier.isNative(method.getModifiers()))
            .map(Method::getName).filter(name -> !glue.contains(", " + name + ")(JNIEnv*")).toList());
    }

    @Test
    void aStatusOfNoNumberIsADefect() {
        Arrays.stream(Status.values()).forEach(status -> assertEquals(status, Status.of(status.ordinal())));
        assertEquals(Status.INTERNAL, Status.of(-1));
        assertEquals(Status.INTERNAL, Status.of(Status.values().length));
    }
}
