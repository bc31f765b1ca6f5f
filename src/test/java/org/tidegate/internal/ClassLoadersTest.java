/* A library that is loaded again and again, as an application server does with each deployment. */
package org.tidegate.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.ChildJvm;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.hammer.Soak;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.ClassifierAnswers;
import org.tidegate.task.classify.LabelledText;
import org.tidegate.train.Training;

class ClassLoadersTest {
    private static final int LOADERS = Integer.getInteger("tidegate.loaders", 12);

    @TempDir
    Path folder;

    @Test
    @Tag(Soak.TAG)
    void closedLoadersAreUnloadedAndTheMemoryStaysFlat() throws Exception {
        Process process = ChildJvm.of(List.of("-XX:+UseSerialGC", "-Xmx64m", "-Dtidegate.loaders=" + LOADERS,
            "-Dorg.bytedeco.javacpp.cachedir=" + folder), Program.class,
            folder.resolve("model").toString()).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        String[] figures = output.strip().split(" ");
        assertEquals("0", figures[0], "loaders that are still there; " + output);
        assertEquals("0", figures[1], "copies of the native library that are still mapped; " + output);
        assertTrue(Integer.parseInt(figures[2]) < 16, "MiB that the second half of the loaders took; " + output);
        Soak.report("%d class loaders opened, used and closed: all unloaded, %s MiB more after their second half", LOADERS, figures[2]);
    }

    /** Opens, uses and closes loaders one after another. */
    static final class Program {
        public static void main(String[] arguments) throws Exception {
            List<URL> path = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
                path.add(Path.of(entry).toUri().toURL());
            }
            List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
            long half = 0;
            for (int i = 0; i < LOADERS; i++) {
                loaders.add(use(path.toArray(URL[]::new), arguments[0]));
                if (i % 5 == 4) {
                    collect(loaders);
                }
                if (i == LOADERS / 2) {
                    collect(loaders);
                    half = residentMiB();
                }
            }
            collect(loaders);
            for (int i = 0; i < 500 && mapped() > 0; i++) {
                Thread.sleep(20); // a thread of the JVM's unloads them
            }
            System.out.println(alive(loaders) + " " + mapped() + " " + (residentMiB() - half));
        }

        private static WeakReference<ClassLoader> use(URL[] path, String file) throws Exception {
            try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
                loader.loadClass(Use.class.getName()).getMethod("use", String.class).invoke(null, file);
                return new WeakReference<>(loader);
            }
        }

        private static void collect(List<WeakReference<ClassLoader>> loaders) throws InterruptedException {
            for (int i = 0; i < 50 && alive(loaders) > 0; i++) {
                System.gc();
                Thread.sleep(10);
            }
        }

        private static long alive(List<WeakReference<ClassLoader>> loaders) {
            return loaders.stream().filter(loader -> loader.get() != null).count();
        }

        private static long residentMiB() throws Exception {
            return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096 >> 20;
        }

        private static long mapped() throws Exception {
            return Files.readAllLines(Path.of("/proc/self/maps")).stream().filter(line -> line.contains("jnitidegate"))
                .map(line -> line.substring(line.indexOf('/'))).distinct().count();
        }
    }

    /** What an application does with the library. One of its models is closed by nobody, and a static field holds on to it. */
    public static final class Use {
        private static Model forgotten;

        private Use() {
        }

        public static void use(String file) throws IOException {
            forgotten = Model.of("x = input axis=time cols=2\ny = recurrent x cell=lstm size=4", 1);
            List<LabelledText> examples = List.of(new LabelledText("good", "a good day"), new LabelledText("bad", "a bad day"));
            try (Classifier model = Classifier.builder(examples).build()) {
                model.train(examples, Training.epochs(1).threads(2));
                model.save(Path.of(file));
            }
            try (ClassifierAnswers answers = Classifier.open(Path.of(file), Precision.FLOAT32)) {
                answers.classify("a good day");
            }
        }
    }
}
