/* What the public signatures show. */
package org.tidegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PublicApiTest {
    @Test
    void noJavaCppAndNoInternalTypeStandsInAPublicSignature() throws Exception {
        List<String> wrong = new ArrayList<>();
        List<Class<?>> classes = publicClasses();
        for (Class<?> type : classes) {
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                check(constructor, wrong);
            }
            for (Method method : type.getDeclaredMethods()) {
                check(method, wrong);
                check(method, method.getGenericReturnType(), wrong);
            }
            for (Field field : type.getDeclaredFields()) {
                check(field, field.getGenericType(), wrong);
            }
            if (type.getSuperclass() != null && isHidden(type.getGenericSuperclass())) {
                wrong.add(type + " extends " + type.getGenericSuperclass());
            }
        }
        assertTrue(classes.contains(Model.class) && classes.contains(Session.class), "The classes were not found: " + classes);
        assertEquals(List.of(), wrong);
    }

    private static void check(Executable executable, List<String> wrong) {
        for (Type parameter : executable.getGenericParameterTypes()) {
            check(executable, parameter, wrong);
        }
        for (Type exception : executable.getGenericExceptionTypes()) {
            check(executable, exception, wrong);
        }
    }

    private static void check(Member member, Type type, List<String> wrong) {
        if ((member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0 && isHidden(type)) {
            wrong.add(member + " shows " + type);
        }
    }

    private static boolean isHidden(Type type) {
        return type.getTypeName().contains("org.bytedeco") || type.getTypeName().contains("org.tidegate.internal");
    }

    private static List<Class<?>> publicClasses() throws IOException, ReflectiveOperationException, java.net.URISyntaxException {
        Path classes = Path.of(Model.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Class<?>> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes.resolve("org/tidegate"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class") && !f.toString().contains("/internal/")).toList()) {
                String name = classes.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
                if (name.endsWith("package-info")) {
                    continue;
                }
                Class<?> type = Class.forName(name, false, Model.class.getClassLoader());
                if (Modifier.isPublic(type.getModifiers())) {
                    found.add(type);
                }
            }
        }
        return found;
    }
}
