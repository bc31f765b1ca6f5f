/* The page in a browser: what a user sees of models, and of their answers. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.tidegate.Precision;
import org.tidegate.audio.AudioFile;
import org.tidegate.data.GreyImage;
import org.tidegate.server.task.TaskModels;
import org.tidegate.task.Answers;
import org.tidegate.task.Tasks;
import org.tidegate.task.caption.CaptionerAnswers;
import org.tidegate.task.fill.FillInAnswers;
import org.tidegate.task.lm.LanguageModelAnswers;
import org.tidegate.task.tag.TaggerAnswers;
import org.tidegate.task.transcribe.TranscriberAnswers;
import org.tidegate.task.translate.TranslatorAnswers;
import org.tidegate.task.voice.SpeechSpan;
import org.tidegate.task.voice.VoiceAnswers;

class PageBrowserTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    static Path folder;

    private static Server server;
    private static ChromeDriver browser;

    @BeforeAll
    static void start() throws Exception {
        Path chromium = onPath("chromium", "google-chrome", "chrome");
        Path driver = onPath("chromedriver");
        assumeTrue(chromium != null && driver != null, "needs a browser: Debian's packages chromium and chromium-driver");
        Path models = Files.createDirectory(models());
        TestModels.classifier(models.resolve("mood.safetensors"));
        for (TaskModels each : TaskModels.values()) {
            each.save(file(each));
        }
        Files.writeString(models.resolve("broken.safetensors"), "no model");
        server = Server.builder().models(models).port(0).start();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--window-size=1280,900", "--user-data-dir=" + folder.resolve("profile"));
        browser = new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile()).usingAnyFreePort().build(),
                options);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
        if (server != null) {
            server.close();
        }
    }

    private static Path models() {
        return folder.resolve("models");
    }

    private static Path file(TaskModels model) {
        return models().resolve(model.task() + ".safetensors");
    }

    private static Path onPath(String... names) {
        return Stream.of(names).flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(each -> Path.of(each, name)))
                .filter(Files::isExecutable).findFirst().orElse(null);
    }

    @AfterEach
    void nothingWasRefusedByTheBrowser() {
        List<LogEntry> log = browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> !entry.getMessage().contains("/infer - Failed to load resource")).toList(); // as a test wanted it
        assertEquals(List.of(), log);
    }

    private static void open(String model) {
        browser.get("about:blank");
        browser.get("http://127.0.0.1:" + server.port() + "/#/models/" + model);
    }

    private static WebElement find(String css) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                WebElement found = browser.findElement(By.cssSelector(css));
                if (found.isDisplayed() || System.nanoTime() > end) {
                    return found;
                }
            } catch (NoSuchElementException | StaleElementReferenceException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
            pause();
        }
    }

    private static void await(String css, String expected) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String text = "";
        while (System.nanoTime() < end) {
            try {
                text = find(css).getText();
            } catch (StaleElementReferenceException e) {
                continue;
            }
            if (text.contains(expected)) {
                return;
            }
            pause();
        }
        assertEquals(expected, text, css);
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theListTellsWhatIsServedAndWhatIsNotAndWhy() {
        open("mood");
        await("#health", "ready");
        await("a.card[href='#/models/mood']", "classification · version 1");
        await("a.card[href='#/models/broken']", "unavailable");
        assertTrue(!find("a.card[href='#/models/broken'] .reason").getText().isEmpty());
        assertEquals("mood", find("main h2 [dir=auto]").getText());
    }

    @Test
    void aTextIsClassifiedByTheKeyboardAlone() {
        open("mood");
        find(".play textarea").sendKeys("a good film", Keys.chord(Keys.CONTROL, Keys.ENTER));
        await(".answer .bars", "%");
        List<WebElement> labels = browser.findElements(By.cssSelector(".answer .bar-label"));
        assertEquals(List.of("bad", "good"), labels.stream().map(WebElement::getText).sorted().toList());
        double sum = browser.findElements(By.cssSelector(".answer .bar-value")).stream()
                .mapToDouble(each -> Double.parseDouble(each.getText().replaceAll("[^0-9.]", ""))).sum();
        assertEquals(100, sum, 0.2);
        await("a.card[href='#/models/mood'] .figures", "request");
    }

    @Test
    void whatTheServerRefusesIsShownInItsWords() {
        open("mood");
        find(".play .primary").click();
        await(".wrong", "Write a text first.");
        find("details summary").click();
        WebElement request = find("details textarea");
        request.clear();
        request.sendKeys("{\"inputs\":[{\"name\":\"words\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"a\"]}]}");
        find("details .primary").click();
        await("details .wrong", "model 'mood' has no input 'words'; it has text");
    }

    @FunctionalInterface
    private interface Check<A> {
        void accept(A answers) throws IOException;
    }

    /** Runs a test with what the library answers by itself. */
    private static <A extends Answers<?>> void with(TaskModels model, Class<A> kind, Check<A> test) throws Exception {
        open(model.task());
        try (Answers<?> answers = Tasks.open(file(model), Precision.FLOAT32)) {
            test.accept(kind.cast(answers));
        }
    }

    private static List<String> texts(String css) {
        return browser.findElements(By.cssSelector(css)).stream().map(WebElement::getText).toList();
    }

    private static void write(String text) {
        find(".play textarea").sendKeys(text, Keys.chord(Keys.CONTROL, Keys.ENTER));
    }

    private static void drop(Path file) {
        find(".play .drop");
        browser.findElement(By.cssSelector(".play input[type=file]")).sendKeys(file.toString());
    }

    @Test
    void wordsAreShownWithTheirTags() throws Exception {
        with(TaskModels.TAG, TaggerAnswers.class, tagger -> {
            write("the tide turns");
            find(".legend li");
            assertEquals(List.of("the", "tide", "turns"), texts(".word > span:first-child"));
            assertEquals(tagger.tag(List.of("the", "tide", "turns")), texts(".word-tag"));
        });
    }

    @Test
    void aTranslationIsShown() throws Exception {
        with(TaskModels.TRANSLATE, TranslatorAnswers.class, translator -> {
            write("tide turns");
            List<String> words = translator.translate("tide turns").words();
            assertEquals(translator.translate("tide turns").text(), find(".result-text").getText());
            assertEquals(List.of("tide", "turns", "(end)"), texts(".attention thead th"));
            assertEquals(Stream.concat(words.stream(), Stream.of("(end)")).toList(), texts(".attention tbody th"));
            double[][] weights = translator.attention("tide turns", words);
            assertEquals(Stream.of(weights).flatMapToDouble(Arrays::stream).mapToObj(weight -> Long.toString(Math.round(100 * weight)))
                    .toList(), texts(".attention tbody td"));
        });
    }

    @Test
    void aTextGoesOnPieceByPiece() throws Exception {
        with(TaskModels.LANGUAGE_MODEL, LanguageModelAnswers.class, model -> {
            write("tide");
            String text = "";
            for (long end = System.nanoTime() + PATIENCE.toNanos(); text.length() < 150 && System.nanoTime() < end; pause()) {
                text = find(".generated").getText();
            }
            assertTrue(text.length() >= 150, text);
            assertTrue(text.startsWith("tide"), text);
            assertEquals(text.length(), model.reading().vocabulary().encode(text).length, "what the model cannot have written: " + text);
        });
    }

    @Test
    void theWordsForAGapAreShown() throws Exception {
        with(TaskModels.FILL, FillInAnswers.class, model -> {
            write("the tide __ at dawn");
            find(".answer .bars");
            assertEquals(model.fill(model.cloze("the tide __ at dawn"), 5).stream().map(FillInAnswers.Answer::word).toList(),
                    texts(".answer .bar-label"));
        });
    }

    @Test
    void aForecastIsDrawnWithItsInterval() throws Exception {
        open(TaskModels.FORECAST.task());
        drop(series());
        await(".answer h4", "tide");
        assertTrue(find(".answer .chart .band").getAttribute("d").startsWith("M"));
        find(".answer summary").click();
        assertEquals(List.of("+1", "+2", "+3"), texts(".answer tbody th"));
        browser.findElements(By.cssSelector(".answer tbody tr")).forEach(row -> {
            List<Double> numbers = row.findElements(By.tagName("td")).stream().map(each -> Double.parseDouble(each.getText())).toList();
            assertTrue(numbers.get(1) <= numbers.get(0) && numbers.get(0) <= numbers.get(2), numbers.toString());
        });
    }

    @Test
    void aForecastOfSeriesWithTimesHasTimes() throws Exception {
        Path file = models().resolve("days.safetensors");
        TaskModels.saveForecasterOfDays(file);
        open("days");
        await(".play .hint", "the oldest first");
        assertEquals("CSV: a line of names, then at least 4 moments, a day apart, the oldest first", find(".play .hint").getText());
        assertTrue(find(".play textarea").getAttribute("placeholder").startsWith("day,tide\n"));
        String rows = IntStream.range(1, 10).mapToObj(i -> "2024-02-0" + i + "," + i).collect(Collectors.joining("\n"));
        write("day,tide\n" + rows);
        await(".answer h4", "from 2024-02-10 to 2024-02-11");
        await(".answer .keys", "given, until 2024-02-09");
        await(".answer .keys", "interval of 80 %");
        assertEquals("2024-02-01", texts(".answer .below span").get(0));
        find(".answer summary").click();
        assertEquals(List.of("2024-02-10", "2024-02-11"), texts(".answer tbody th"));
    }

    @Test
    void speechIsMarkedInTheWaveOfASound() throws Exception {
        with(TaskModels.VOICE, VoiceAnswers.class, voice -> {
            Path sound = sound();
            drop(sound);
            await(".answer", "Somebody speaks");
            List<SpeechSpan> spans = voice.detect(AudioFile.read(sound));
            assertEquals(spans.stream().map(span -> String.format(Locale.ROOT, "%.2f – %.2f s", span.start(), span.end())).toList(),
                    texts(".chips li"));
            assertEquals(2 * spans.size(), browser.findElements(By.cssSelector("rect.span")).size()); // in the wave, and beside the curve
        });
    }

    @Test
    void aSoundIsTranscribed() throws Exception {
        with(TaskModels.TRANSCRIBE, TranscriberAnswers.class, transcriber -> {
            Path sound = sound();
            drop(sound);
            find(".answer .wave");
            String text = transcriber.transcribe(AudioFile.read(sound)).text();
            assertEquals(text.isEmpty() ? "Nothing was understood." : text, find(".result-text").getText());
        });
    }

    @Test
    void anImageIsShownAndDescribed() throws Exception {
        byte[] pixels = new byte[12];
        pixels[5] = (byte) 200;
        with(TaskModels.CAPTION, CaptionerAnswers.class, captioner -> {
            drop(image());
            assertEquals(captioner.caption(new GreyImage(3, 4, pixels)), find(".result-text").getText());
            assertTrue(find("canvas.picture").getSize().width > 100);
        });
    }

    @Test
    void theCallForAShellIsAnswered() throws Exception {
        assumeTrue(onPath("bash") != null && onPath("curl") != null, "needs bash and curl");
        sound();
        image();
        series();
        for (TaskModels each : TaskModels.values()) {
            open(each.task());
            await("main h2", each.task());
            String call = find("pre code").getText().replace("Once", "tide"); // the small model has few letters
            Process shell = new ProcessBuilder("bash", "-c", call).directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String answer = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.contains("\"outputs\":[{") || answer.contains("data: {\"text_output\":"), call + "\n" + answer);
        }
    }

    private static Path series() throws IOException {
        return Files.writeString(folder.resolve("series.csv"), "tide,wind\n" + IntStream.range(0, 20)
                .mapToObj(i -> Math.sin(0.3 * i) + ",3").collect(Collectors.joining("\n")));
    }

    /** Black, but for one pixel. */
    private static Path image() throws IOException {
        BufferedImage image = new BufferedImage(4, 3, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(1, 1, 0, 200);
        Path file = folder.resolve("image.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    /** Half a second of silence, half a second of a tone, and silence again. */
    private static Path sound() throws IOException {
        byte[] samples = new byte[2 * 12000];
        for (int i = 4000; i < 8000; i++) {
            short sample = (short) (20000 * Math.sin(0.3 * i));
            samples[2 * i] = (byte) sample;
            samples[2 * i + 1] = (byte) (sample >> 8);
        }
        Path file = folder.resolve("speech.wav");
        AudioFormat format = new AudioFormat(8000, 16, 1, true, false);
        AudioSystem.write(new AudioInputStream(new ByteArrayInputStream(samples), format, 12000), AudioFileFormat.Type.WAVE, file.toFile());
        return file;
    }

    @Test
    void aNarrowScreenShowsTheListOrTheModelAndNothingSticksOut() {
        browser.manage().window().setSize(new Dimension(500, 800)); // as narrow as a window gets
        try {
            open(TaskModels.TRANSLATE.task());
            write("tide turns at dawn ".repeat(9));
            find(".answer .attention");
            assertNothingSticksOut();
            open("mood");
            find(".play textarea");
            assertFalse(browser.findElement(By.cssSelector(".models")).isDisplayed());
            assertNothingSticksOut();
            browser.findElement(By.cssSelector("details summary")).click();
            find("details .primary").click();
            find("details .answer .values");
            assertNothingSticksOut();
            find("a.back").click();
            find("a.card[href='#/models/mood']");
            assertFalse(browser.findElement(By.cssSelector("main")).isDisplayed());
        } finally {
            browser.manage().window().setSize(new Dimension(1280, 900));
        }
    }

    private static void assertNothingSticksOut() {
        assertTrue((Boolean) browser.executeScript("return document.documentElement.scrollWidth <= innerWidth"));
    }
}
