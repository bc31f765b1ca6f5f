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
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PublicApiTest {
    /** The public API, a line for each type and each of its members; written anew by {@code -Dtidegate.api.write=true}. */
    private static final Path SETTLED = Path.of(System.getProperty("tidegate.basedir", "."), "src/test/resources/public-api.txt");

    /** CONTRIBUTING.md has what a change needs. */
    @Test
    void thePublicApiChangesOnPurposeOnly() throws Exception {
        List<String> lines = new ArrayList<>();
        for (Class<?> type : publicClasses().stream().sorted((a, b) -> a.getName().compareTo(b.getName())).toList()) {
            lines.add(declaration(type));
            members(type).forEach(member -> lines.add("    " + member));
        }
        if (Boolean.getBoolean("tidegate.api.write")) {
            Files.write(SETTLED, lines);
        }
        List<String> settled = Files.readAllLines(SETTLED);
        assertEquals(List.of(), missing(settled, lines), "no longer in the API, or changed; if that is meant, run this test with"
            + " -Dtidegate.api.write=true");
        assertEquals(List.of(), missing(lines, settled), "new in the API; if that is meant, run this test with -Dtidegate.api.write=true");
    }

    /** The lines of one list that another lacks, each with its type. */
    private static List<String> missing(List<String> from, List<String> in) {
        Set<String> there = new TreeSet<>(qualified(in));
        return qualified(from).stream().filter(line -> !there.contains(line)).toList();
    }

    private static List<String> qualified(List<String> lines) {
        List<String> qualified = new ArrayList<>();
        String type = "";
        for (String line : lines) {
            type = line.startsWith(" ") ? type : line;
            qualified.add(line.startsWith(" ") ? type + ": " + line.strip() : line);
        }
        return qualified;
    }

    private static String declaration(Class<?> type) {
        String kind = type.isRecord() ? "record" : type.isEnum() ? "enum" : type.isInterface() ? "interface"
            : Modifier.isAbstract(type.getModifiers()) ? "abstract class" : Modifier.isFinal(type.getModifiers()) ? "final class" : "class";
        List<String> above = new ArrayList<>();
        if (type.getSuperclass() != null && !type.isRecord() && !type.isEnum() && type.getSuperclass() != Object.class) {
            above.add(name(type.getGenericSuperclass()));
        }
        Arrays.stream(type.getGenericInterfaces()).map(PublicApiTest::name).forEach(above::add);
        return kind + " " + type.getName() + (above.isEmpty() ? "" : " : " + String.join(", ", above));
    }

    private static Set<String> members(Class<?> type) {
        Set<String> members = new TreeSet<>();
        for (Field field : type.getDeclaredFields()) {
            if (isShown(field)) {
                members.add(modifiers(field) + field.getName() + (field.isEnumConstant() ? "" : " " + name(field.getGenericType())));
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isShown(constructor)) {
                members.add(modifiers(constructor) + "new(" + parameters(constructor) + ")" + exceptions(constructor));
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            boolean ofEnum = type.isEnum() && (method.getName().equals("values") || method.getName().equals("valueOf"));
            if (isShown(method) && !method.isBridge() && !ofEnum && !isOfObject(method)) {
                members.add(modifiers(method) + method.getName() + "(" + parameters(method) + ") " + name(method.getGenericReturnType())
                    + exceptions(method));
            }
        }
        return members;
    }

    private static boolean isShown(Member member) {
        return (member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0 && !member.isSynthetic();
    }

    private static boolean isOfObject(Method method) {
        return Arrays.stream(Object.class.getMethods()).anyMatch(other -> other.getName().equals(method.getName())
            && Arrays.equals(other.getParameterTypes(), method.getParameterTypes()));
    }

    private static String modifiers(Member member) {
        return (Modifier.isProtected(member.getModifiers()) ? "protected " : "") + (Modifier.isStatic(member.getModifiers()) ? "static " : "")
            + (Modifier.isAbstract(member.getModifiers()) ? "abstract " : "");
    }

    private static String parameters(Executable executable) {
        return Arrays.stream(executable.getGenericParameterTypes()).map(PublicApiTest::name).collect(Collectors.joining(", "));
    }

    private static String exceptions(Executable executable) {
        String all = Arrays.stream(executable.getGenericExceptionTypes()).map(PublicApiTest::name).sorted().collect(Collectors.joining(", "));
        return all.isEmpty() ? "" : " throws " + all;
    }

    /** A type without its packages. */
    private static String name(Type type) {
        return type.getTypeName().replaceAll("\\b[a-z]\\w*\\.", "").replaceAll("\\w+\\$(?=\\w)", "");
    }

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
