/* Runs JavaCPP's builder so that the same sources make the same bytes.
 *
 * The builder writes functions and tables in the order of Class.getDeclaredMethods, which in HotSpot is that of the addresses of the
 * methods' names and another one in each run. A class keeps the array from which it answers; here it is sorted before the builder asks.
 *
 *   java --add-opens java.base/java.lang=ALL-UNNAMED -cp javacpp.jar:CLASSES GlueBuilder.java ARGUMENT…    those of JavaCPP's builder */

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.SoftReference;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.tools.Builder;

final class GlueBuilder {
    /** What the classes keep by soft references only. */
    private static final List<Object> KEPT = new ArrayList<>();

    private GlueBuilder() {
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.bytedeco.javacpp.loadlibraries", "false");
        for (String place : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            Path path = Path.of(place);
            if (Files.isDirectory(path)) {
                sortIn(path.resolve("org/tidegate/internal/abi"), path);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + path.toUri()), Map.of())) {
                    sortIn(jar.getPath("/org/bytedeco/javacpp"), jar.getPath("/"));
                }
            }
        }
        Builder.main(arguments);
    }

    private static void sortIn(Path folder, Path root) throws IOException, ReflectiveOperationException {
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map(file -> root.relativize(file).toString()).filter(name -> name.endsWith(".class")).sorted()
                .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.')).toList();
        }
        for (String name : names) {
            sort(Class.forName(name, false, Loader.class.getClassLoader()));
        }
    }

    private static void sort(Class<?> type) throws ReflectiveOperationException {
        type.getDeclaredMethods();
        VarHandle reflection = MethodHandles.privateLookupIn(Class.class, MethodHandles.lookup())
            .findVarHandle(Class.class, "reflectionData", SoftReference.class);
        Object data = ((SoftReference<?>) reflection.get(type)).get();
        KEPT.add(data);
        VarHandle methods = MethodHandles.privateLookupIn(data.getClass(), MethodHandles.lookup())
            .findVarHandle(data.getClass(), "declaredMethods", Method[].class);
        Arrays.sort((Method[]) methods.get(data), Comparator.comparing(Method::toGenericString));
    }
}
