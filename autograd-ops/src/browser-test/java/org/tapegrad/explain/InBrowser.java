package org.tapegrad.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.tapegrad.Explanation;

/** A page of the explorer in Debian's chromium, one browser for all tests of a class. */
abstract class InBrowser {
  static final String SHOWN = "const shown = performance.getEntriesByName('shown')[0]; ";

  static ChromeDriver browser;

  @BeforeAll
  static void start() throws IOException {
    Files.createDirectories(Path.of("target", "explorer"));
    Path driver = Path.of("/usr/bin/chromedriver");
    assertTrue(Files.exists(driver), "Debian's chromium and chromium-driver are needed");
    ChromeOptions options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile()).build(),
            options);
  }

  @AfterAll
  static void quit() {
    browser.quit();
  }

  /** No script error, nothing refused by the page's policy, no warning. */
  @AfterEach
  void theConsoleIsEmpty() {
    List<String> console =
        browser.manage().logs().get(LogType.BROWSER).getAll().stream()
            .map(entry -> entry.toString())
            .toList();
    assertEquals(List.of(), console);
  }

  void open(Explanation explanation, String title) throws IOException {
    Path file =
        Path.of("target", "explorer", title.replaceAll("[^a-z0-9]+", "-") + ".html")
            .toAbsolutePath();
    Files.createDirectories(file.getParent());
    TapeExplorer.write(explanation, file, TapeExplorer.Options.DEFAULT.withTitle(title));
    browser.manage().window().setSize(new Dimension(1500, 950));
    colours("light");
    browser.get(file.toUri().toString());
    waitUntilShown();
  }

  static void waitUntilShown() {
    new WebDriverWait(browser, Duration.ofSeconds(60))
        .until(b -> browser.executeScript(SHOWN + "return shown ? true : null"));
  }

  WebElement one(String css) {
    return browser.findElement(By.cssSelector(css));
  }

  String text(String css) {
    return one(css).getText();
  }

  void press(CharSequence... keys) {
    one("#tape").sendKeys(keys);
  }

  void look(String name) throws IOException {
    Files.write(
        Path.of("target", "explorer", name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
  }

  void colours(String scheme) {
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  void checkAccessibility() {
    List<String> violations =
        new AxeBuilder()
            .analyze(browser).getViolations().stream()
                .map(rule -> rule.getId() + " " + rule.getNodes())
                .toList();
    assertEquals(List.of(), violations);
  }
}
