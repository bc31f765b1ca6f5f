/* The page in a browser: what a user sees of models, and of their answers. */
package org.tidegate.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
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
        Path models = Files.createDirectory(folder.resolve("models"));
        TestModels.classifier(models.resolve("mood.safetensors"));
        Files.writeString(models.resolve("broken.safetensors"), "no model");
        server = Server.builder().models(models).port(0).start();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--window-size=1280,900", "--user-data-dir=" + folder.resolve("profile"));
        browser = new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile()).usingAnyFreePort().build(), options);
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

    private static Path onPath(String... names) {
        return Stream.of(names).flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(each -> Path.of(each, name)))
                .filter(Files::isExecutable).findFirst().orElse(null);
    }

    @AfterEach
    void nothingWasRefusedByTheBrowser() {
        List<LogEntry> log = browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> !entry.getMessage().contains("/infer - Failed to load resource")).toList(); // what a test made the server refuse
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

    @Test
    void aNarrowScreenShowsTheListOrTheModelAndNothingSticksOut() {
        browser.manage().window().setSize(new Dimension(500, 800)); // as narrow as a window gets
        try {
            open("mood");
            find(".play textarea");
            assertFalse(browser.findElement(By.cssSelector(".models")).isDisplayed());
            assertTrue((Boolean) browser.executeScript("return document.documentElement.scrollWidth <= innerWidth"));
            find("a.back").click();
            find("a.card[href='#/models/mood']");
            assertFalse(browser.findElement(By.cssSelector("main")).isDisplayed());
        } finally {
            browser.manage().window().setSize(new Dimension(1280, 900));
        }
    }
}
