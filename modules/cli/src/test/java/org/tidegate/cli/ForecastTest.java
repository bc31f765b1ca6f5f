package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.json.JsonObject;

/** {@code tidegate train forecast} and what can be done with its model. */
class ForecastTest {
    @TempDir
    Path folder;
    private Path data;
    private Path model;

    @BeforeEach
    void makeData() throws IOException {
        data = Files.writeString(folder.resolve("weather.csv"), csv(400));
        model = folder.resolve("model.safetensors");
    }

    /** Twelve lines are a year. */
    private static String csv(int lines) {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("date,temp,wind,sky\n");
        for (int t = 0; t < lines; t++) {
            text.append(String.format(Locale.ROOT, "2001-%d,%.3f,%.3f,%s%n", t, 12 + 8 * Math.sin(Math.PI * t / 6)
                + random.nextGaussian() / 3,
                3 + random.nextGaussian(), t % 2 == 0 ? "rain" : "sun"));
        }
        return text.toString();
    }

    private Run train(Object... more) {
        List<Object> words = new ArrayList<>(List.of("train", "forecast", "--data", data, "--out", model, "--target", "temp",
            "--window", 12,
            "--hidden", 12, "--epochs", 12, "--batch", 16, "--lr", "1e-2", "--threads", 1));
        words.addAll(List.of(more));
        return Run.of(words.toArray());
    }

    @Test
    void aModelIsTrainedTestedDrawnAndUsed() throws IOException {
        Path chart = folder.resolve("test.png");
        Run run = train("--period", 12, "--chart", chart).succeeded();
        assertTrue(run.out().contains("left out, as they hold no numbers: date, sky"), run.out());
        assertTrue(run.out().contains("tested on the last 80 moments:") && run.out().matches("(?s).*\\bexamples +80\\b.*"), run.out());
        assertTrue(run.out().matches("(?s).*beats baselines +(yes|NO), .*"), run.out());
        assertTrue(run.out().matches("(?s).*seasonal rmse +[\\d.]+, of the value 12 before.*"), run.out());
        assertTrue(run.out().matches("(?s).*linear rmse +[\\d.]+, of a linear autoregression.*"), run.out());
        assertTrue(run.out().contains("a linear path reads 12 moments, a season has 12"), run.out());
        assertTrue(run.out().matches("(?s).*coverage +[\\d.]+ %.*"), run.out());
        assertEquals(1000, ImageIO.read(chart.toFile()).getWidth());

        JsonObject json = JsonObject.parse(Run.of("evaluate", "--model", model, "--data", data, "--json", "--chart",
            folder.resolve("all.png")).succeeded().lastLine());
        assertTrue(json.number("rmse") < 1 && json.number("persistence_rmse") > 2, json.toString());
        assertEquals(0.9, json.number("coverage"), 0.12);
        assertTrue(json.flag("beats_persistence"));
        assertTrue(Files.size(folder.resolve("all.png")) > 1000);

        Run answer = Run.of("predict", "--model", model, data, "--chart", folder.resolve("next.png")).succeeded();
        assertTrue(answer.out().startsWith("temp +1 ") && answer.out().contains("90 % between"), answer.out());
        assertTrue(Files.size(folder.resolve("next.png")) > 1000);
    }

    @Test
    void theCalendarOfTheLinesIsReadWhereItIsAskedForOrHelps() throws IOException {
        StringBuilder text = new StringBuilder("n,when,mnth,temp,load\n");
        Random random = new Random(2);
        for (int t = 0; t < 500; t++) {
            LocalDateTime time = LocalDateTime.of(2024, 1, 20, 0, 0).plusHours(t);
            text.append(String.format(Locale.ROOT, "%d,%s,%d,%.2f,%.2f%n", t, time, time.getMonthValue(), random.nextGaussian(),
                    (time.getHour() > 12 ? 4 : 0) + random.nextGaussian()));
        }
        Path hours = Files.writeString(folder.resolve("hours.csv"), text.toString());
        List<Object> words = List.of("train", "forecast", "--data", hours, "--out", model, "--target", "load", "--window", 4, "--hidden", 4,
                "--epochs", 1, "--transform", "none", "--threads", 1);
        Run run = Run.of(words.toArray()).succeeded();
        assertTrue(run.out().contains("left out, as they say again what the times say: mnth"), run.out());
        assertTrue(run.out().contains("from temp, load, hour of the last 4"), run.out());
        assertTrue(Run.of("predict", "--model", model, hours).succeeded().out().startsWith("load +1  2024-02-09T20:00"));
        Run.of("evaluate", "--model", model, "--data", Files.writeString(folder.resolve("bare.csv"), "temp,load\n1,2\n3,4\n5,6\n1,2\n3,4\n"))
                .failed("the forecaster reads the hour of each moment's time, and the series has no times");
        List<Object> more = new ArrayList<>(words);
        more.addAll(List.of("--calendar", "weekday,hour"));
        assertTrue(Run.of(more.toArray()).succeeded().out().contains("from temp, load, weekday and hour of the last 4"));
        more.set(more.size() - 1, "none");
        assertTrue(Run.of(more.toArray()).succeeded().out().contains("from temp, load of the last 4"));
        more.set(more.size() - 1, "hour,tide");
        Run.of(more.toArray()).failed("--calendar hour,tide: \"tide\" is no part of a calendar; expected one of [hour, weekday, month]");
        train("--calendar", "month").failed("--calendar month is read from the lines' times");
    }

    @Test
    void aHorizonOfSeveralTargetsIsAnsweredStepByStep() {
        List<Object> words = List.of("train", "forecast", "--data", data, "--out", model, "--target", "temp,wind", "--horizon", 3,
            "--residual",
            "--window", 12, "--hidden", 8, "--epochs", 2, "--batch", 16, "--interval", 0.5, "--threads", 1);
        Run run = Run.of(words.toArray()).succeeded();
        assertTrue(run.out().matches("(?s).*\\btemp +3\\b.*\\bwind +1\\b.*"), run.out());
        JsonObject json = JsonObject.parse(Run.of("predict", "--model", model, "--json", data).succeeded().lastLine());
        List<JsonObject> forecast = json.objects("forecast");
        assertEquals(6, forecast.size());
        assertEquals("wind", forecast.get(1).string("target"));
        assertEquals(3L, forecast.get(5).wholeNumber("step"));
        assertEquals(0.5, json.number("probability"));
    }

    @Test
    void quantilesAreTrainedMeasuredAnsweredAndDrawn() throws IOException {
        Path chart = folder.resolve("test.png");
        Run run = train("--loss", "quantile", "--levels", "0.05,0.5,0.95", "--chart", chart).succeeded();
        assertTrue(run.out().matches("(?s).*loss +[\\d.]+ scaled pinball loss.*"), run.out());
        assertTrue(run.out().matches("(?s).*width +[\\d.]+, of the intervals on average.*"), run.out());
        assertTrue(run.out().matches("(?s).*persistence pinball +[\\d.]+, of the last value again.*"), run.out());
        assertTrue(run.out().contains("90 % of the truths shall lie in the intervals"), run.out());
        assertEquals(1000, ImageIO.read(chart.toFile()).getWidth());
        JsonObject json = JsonObject.parse(Run.of("evaluate", "--model", model, "--data", data, "--json", "--chart",
                folder.resolve("all.png")).succeeded().lastLine());
        assertEquals(0.9, json.number("coverage"), 0.15);
        assertEquals(List.of(0.05, 0.5, 0.95), json.objects("quantiles").stream().map(each -> each.number("level")).toList());
        assertTrue(json.number("pinball") < json.number("persistence_pinball"), json.toString());
        assertTrue(Files.size(folder.resolve("all.png")) > 1000);
        Run answer = Run.of("predict", "--model", model, data, "--chart", folder.resolve("next.png")).succeeded();
        assertTrue(answer.out().matches("temp \\+1 +[\\d.-]+   q0.05 +[\\d.-]+   q0.5 +[\\d.-]+   q0.95 +[\\d.-]+\\s*"), answer.out());
        JsonObject one = JsonObject.parse(Run.of("predict", "--model", model, "--json", data).succeeded().lastLine());
        assertEquals(0.9, one.number("probability"));
        JsonObject forecast = one.objects("forecast").get(0);
        assertEquals(List.of("target", "step", "value", "low", "high", "q0.05", "q0.5", "q0.95"), List.copyOf(forecast.keys()));
        assertEquals(List.of(forecast.number("low"), forecast.number("value"), forecast.number("high")),
                List.of(forecast.number("q0.05"), forecast.number("q0.5"), forecast.number("q0.95")));
    }

    @Test
    void aTrainingIsResumedAsItWasBegunWhereNoOptionSaysOtherwise() {
        List<Object> words = List.of("train", "forecast", "--data", data, "--out", model, "--target", "temp", "--threads", 1);
        Run.of(with(words, "--epochs", 1, "--transform", "none", "--linear", 0, "--window", 20, "--period", 0, "--hidden", 5, "--valid",
                0.2)).succeeded();
        Run more = Run.of(with(words, "--resume", "--epochs", 2)).succeeded();
        assertTrue(more.out().contains("256 moments to train on, 64 held out") && more.out().contains("of the last 20"), more.out());
        Run.of(with(words, "--resume", "--epochs", 3, "--linear", 4)).failed("another network than the options describe");
        Run.of(with(words, "--resume", "--epochs", 3, "--hidden", 6)).failed("another network than the options describe");
    }

    @Test
    void shortSeriesHaveASmallNetworkAndHoldOutMore() {
        Run run = Run.of("train", "forecast", "--data", data, "--out", model, "--target", "temp", "--threads", 1, "--epochs", 1);
        assertTrue(run.succeeded().out().contains("280 moments to train on, 40 held out, 80 to test on"), run.out());
        assertTrue(run.out().contains("rnn = recurrent inputs cell=lstm size=8\n"), run.out());
    }

    @Test
    void eachLossHasItsOptionsAndNoOthers() {
        assertTrue(train("--loss", "mae").succeeded().out().contains("loss = l1 forecast truth"));
        assertTrue(train("--loss", "huber", "--delta", 0.5).succeeded().out()
                .contains("loss = huber forecast truth delta=0.5"));
        assertTrue(train("--loss", "quantile").succeeded().out().contains("levels=0.1,0.5,0.9"));
        train("--loss", "quantile", "--levels", "0.2,0.8", "--resume")
                .failed("another network than the options describe (loss.levels is ");
        train("--loss", "quantile", "--levels", "0.5,0.1")
                .failed("the levels of the quantiles are [0.5, 0.1]; expected each to be more");
        train("--loss", "quantile", "--levels", "10,50,90")
                .failed("a level of the quantiles is 10.0; expected more than 0 and less than 1");
        train("--loss", "quantile", "--levels", "0.1,half")
                .failed("--levels 0.1,half: \"half\" is no number; expected such as 0.1,0.5,0.9");
        train("--loss", "quantile", "--levels", ",").failed("there are no levels of the quantiles; expected one or more");
        train("--levels", "0.1,0.9").failed("--levels 0.1,0.9 are those of --loss quantile; give that, or leave them out");
        train("--loss", "mae", "--delta", 1).failed("--delta 1.0 is that of --loss huber; give that, or leave it out");
        train("--loss", "huber", "--delta", 0).failed("the delta is 0.0; expected a number more than 0");
        train("--loss", "quantile", "--interval", 0.8)
                .failed("--interval 0.8 and --loss quantile exclude each other: the outermost --levels");
    }

    @Test
    void aStreamIsTrainedAndResumedToTheBit() throws IOException {
        Object[] words = {"train", "forecast", "--data", data, "--out", model, "--target", "temp", "--columns", "temp", "--stateful",
            "--window", 10, "--linear", 0,
            "--batch", 2, "--hidden", 8, "--threads", 1, "--schedule", "constant", "--epochs", 4};
        Run.of(words).succeeded();
        byte[] straight = predictions();
        words[words.length - 1] = 2;
        Run.of(words).succeeded();
        assertFalse(Arrays.equals(straight, predictions()));
        words[words.length - 1] = 4;
        Run.of(with(List.of(words), "--resume")).succeeded();
        assertArrayEquals(straight, predictions());
        Run.of(with(List.of(words), "--resume", "--interval", 0.5)).failed("another network than the options describe (interval is 0.9)");
        words[12] = 20;
        Run.of(with(List.of(words), "--resume")).failed("another network than the options describe (window is 10)");
        words[12] = 10;
        words[words.length - 1] = 5;
        Run.of(with(List.of(words), "--resume", "--test", 0.3)).failed("its training data was 280 moments, CRC-32 ");
    }

    @Test
    void transformsArePickedGivenInspectedAndRefused() throws IOException {
        List<Object> words = List.of("train", "forecast", "--data", data, "--out", model, "--target", "temp", "--columns", "temp",
                "--hidden", 4, "--epochs", 1, "--threads", 1);
        Run given = Run.of(with(words, "--transform", "difference+seasonal", "--period", 12, "--linear", 3)).succeeded();
        assertTrue(given.out().contains("; learns difference+seasonal of temp, a linear path reads 3 moments, a season has 12"),
                given.out());
        String inspected = Run.of("inspect", model).succeeded().out();
        assertTrue(inspected.contains("learns difference+seasonal of temp"), inspected);
        assertTrue(Run.of("predict", "--model", model, data).succeeded().out().matches("(?s)temp \\+1 +-?[\\d.]+ .*"));
        Run.of(with(words, "--transform", "root")).failed("no transform \"root\"");
    }

    @Test
    void whenTheLastValueIsNotBeatenTheOutputSaysSo() throws IOException {
        Random random = new Random(3);
        StringBuilder walk = new StringBuilder("price\n");
        double price = 100;
        for (int t = 0; t < 300; t++) {
            price += random.nextGaussian();
            walk.append(price).append('\n');
        }
        Path prices = Files.writeString(folder.resolve("prices.csv"), walk.toString());
        Run run = Run.of("train", "forecast", "--data", prices, "--out", model, "--window", 5, "--hidden", 4, "--epochs", 1, "--valid",
            0, "--transform", "none", "--linear", 0,
            "--threads", 1).succeeded();
        assertTrue(run.out().matches("(?s).*NO, [^:\\n]+ is as close or closer: RMSE .*"), run.out());
        assertTrue(run.out().contains("no intervals"), run.out());
        assertTrue(Run.of("predict", "--model", model, prices).succeeded().out().matches("(?s)price \\+1 +[\\d.]+\\s*"));
    }

    @Test
    void aSeriesThatIsTooShortSaysHowManyLinesTheChosenSettingsTake() throws IOException {
        for (int lines = 1; lines <= 2; lines++) {
            Path few = Files.writeString(folder.resolve("few.csv"), "sales\n1\n3\n".substring(0, 6 + 2 * lines));
            Run run = Run.of("train", "forecast", "--data", few, "--out", model, "--epochs", 1);
            run.failed("has " + lines + (lines == 1 ? " line" : " lines") + " of values: " + lines + " to train on, 0 held out, 0 to test on;");
            run.failed("a window of 1 (chosen; --window sets it), a horizon of 1, --valid and --test these take at least 4.");
            assertFalse(run.out().contains("moments to train on"), run.out());
        }
        String values = IntStream.range(0, 12).mapToObj(t -> t * 7 % 5 + "." + t + "\n").collect(Collectors.joining());
        Path eight = Files.writeString(folder.resolve("eight.csv"), "sales\n" + values.substring(0, 8 * 4));
        Object[] settings = {"--window", 2, "--horizon", 3, "--period", 0, "--linear", 1, "--epochs", 1};
        String said = Run.of(with(List.of("train", "forecast", "--data", eight, "--out", model), settings)).failed("a window of 2, a horizon").err();
        int least = Integer.parseInt(said.replaceAll("(?s).*take at least (\\d+)\\. .*", "$1"));
        for (int lines : new int[] {least - 1, least}) {
            Path enough = Files.writeString(folder.resolve("enough.csv"), IntStream.range(0, lines)
                    .mapToObj(t -> t * 7 % 5 + "." + t + "\n").collect(Collectors.joining("", "sales\n", "")));
            Run run = Run.of(with(List.of("train", "forecast", "--data", enough, "--out", model, "--threads", 1), settings));
            assertEquals(lines == least, run.code() == 0, run.out() + run.err());
        }
    }

    @Test
    void wrongDataAndOptionsAreErrorsThatSayWhatToDo() throws IOException {
        Object[] start = {"train", "forecast", "--data", data, "--out", model};
        Run.of(start).failed("--target is missing: which of temp, wind shall be forecast?");
        Run.of(with(List.of(start), "--target", "sky")).failed("line 2, column 4 (sky): 'rain' is not a number");
        Run.of(with(List.of(start), "--target", "temp", "--columns", "temp,date")).failed("line 2, column 1 (date)");
        Run.of(with(List.of(start), "--target", "temp", "--columns", "temp", "--horizon", 0)).failed("must not be among the columns");
        Run.of(with(List.of(start), "--target", "temp", "--window", 500)).failed("take at least");
        Run.of(with(List.of(start), "--target", "temp", "--test", 0, "--chart",
            folder.resolve("c.png"))).failed("--test 0 leaves none");
        Run.of(with(List.of(start), "--target", "temp", "--valid", data)).failed("is no number; expected a fraction such as 0.1");
        Run.of(with(List.of(start), "--target", "temp", "--valid", 0, "--patience", 2)).failed("--patience 2");
        Run.of(with(List.of(start), "--target", "temp", "--period", 5_000)).failed("take at least 5,001. Give a longer series");
        train().succeeded();
        Path few = Files.writeString(folder.resolve("few.csv"), "temp,wind\n1,2\n");
        Run.of("predict", "--model", model, few).failed(few + " has 1 lines of values; a forecast reads the last");
        Run.of("evaluate", "--model", model, "--data", data, data).failed("one series; got 2 files");
        Run.of("evaluate", "--model", model, "--data", data, "--beam", 2).failed("--beam");
        Path other = Files.writeString(folder.resolve("other.csv"), "temp\n1\n");
        Run.of("predict", "--model", model, other).failed("has no column 'wind'");
    }

    @Test
    void anIndexWithoutANameIsNoInput() throws IOException {
        StringBuilder indexed = new StringBuilder(",temp\n");
        StringBuilder plain = new StringBuilder("temp\n");
        List<String> lines = Files.readAllLines(data);
        for (int t = 1; t < lines.size(); t++) {
            String temp = lines.get(t).split(",")[1];
            indexed.append(t - 1).append(',').append(temp).append('\n');
            plain.append(temp).append('\n');
        }
        data = Files.writeString(folder.resolve("indexed.csv"), indexed);
        Run run = train().succeeded();
        assertTrue(run.out().contains("left out, as they only count the lines: column 1"), run.out());
        data = Files.writeString(folder.resolve("plain.csv"), plain);
        assertEquals(figure(run, "rmse"), figure(train().succeeded(), "rmse"));
        data = folder.resolve("indexed.csv");
        assertTrue(train("--columns", "temp,column 1").succeeded().out().contains("temp of the next moment from temp, column 1"));
    }

    /** The lines of the data with a date each, from a Monday on. */
    private List<String> dated(String header, LocalDate first) throws IOException {
        List<String> lines = new ArrayList<>(List.of(header));
        List<String> values = Files.readAllLines(data);
        for (int t = 1; t < values.size(); t++) {
            lines.add(first.plusDays(t - 1) + "," + values.get(t).split(",")[1]);
        }
        return lines;
    }

    @Test
    void theNewestLineFirstIsLearnedAsTheOldestFirstIsAndAnswersHaveTheirTimes() throws IOException {
        List<String> lines = dated("when,temp", LocalDate.of(2023, 1, 2));
        data = Files.write(folder.resolve("forward.csv"), lines);
        Run forward = train("--horizon", 2).succeeded();
        assertTrue(forward.out().contains("time from when: 2023-01-02 to 2024-02-05, every day"), forward.out());
        assertTrue(forward.out().contains("tested on the last 80 moments, 2023-11-18 to 2024-02-05:"), forward.out());
        String answer = Run.of("predict", "--model", model, data).succeeded().out();
        assertTrue(answer.matches("temp \\+1  2024-02-06 +[\\d.]+ [^\\n]*\\Rtemp \\+2  2024-02-07 +[^\\n]*\\R"), answer);
        Collections.reverse(lines.subList(1, lines.size()));
        data = Files.write(folder.resolve("backward.csv"), lines);
        Run again = Run.of("predict", "--model", model, data).succeeded();
        assertEquals(answer, again.out());
        assertTrue(again.err().contains("backward.csv: the newest line stands first"), again.err());
        Run backward = train("--horizon", 2).succeeded();
        assertTrue(backward.out().contains("the newest line stands first"), backward.out());
        assertEquals(figure(forward, "rmse"), figure(backward, "rmse"));
        JsonObject json = JsonObject.parse(Run.of("predict", "--model", model, "--json", data).succeeded().lastLine());
        assertEquals(List.of("2024-02-06", "2024-02-07"), json.objects("forecast").stream().map(each -> each.string("time")).toList());
        Run.of("evaluate", "--model", model, "--data", data, "--chart", folder.resolve("all.png")).succeeded();
        Run.of("predict", "--model", model, data, "--chart", folder.resolve("next.png")).succeeded();
        assertEquals(1000, ImageIO.read(folder.resolve("next.png").toFile()).getWidth());
        lines.set(5, lines.get(4));
        Files.write(data, lines);
        Run.of("predict", "--model", model, data).failed("line 6, column 1 (when): the time ");
        assertTrue(train("--time", "none").succeeded().out().contains("left out, as they hold no numbers: when"));
        assertTrue(Run.of("predict", "--model", model, data).succeeded().out().matches("temp \\+1 +[\\d.]+ [^\\n]*\\R"));
        assertTrue(Run.of("predict", "--model", model, data).err().contains("for most lines the newest line stands first, as when has it"));
        Path backwards = folder.resolve("backwards.csv");
        lines = dated("when,temp", LocalDate.of(2023, 1, 2));
        Collections.reverse(lines.subList(1, lines.size()));
        Files.write(backwards, lines);
        for (List<Object> words : List.<List<Object>>of(List.of("predict", "--model", model, backwards),
                List.of("evaluate", "--model", model, "--data", backwards))) {
            Run.of(words.toArray()).failed("backwards.csv: the newest line stands first, as when has it, and the model was trained");
        }
        train("--time", "temp").failed("and the others are no times of one form; expected such as 2024-01-31");
    }

    @Test
    void linesOfAnotherStepThanTheLearnedOneAreAnsweredWithAWarning() throws IOException {
        data = Files.write(folder.resolve("days.csv"), dated("when,temp", LocalDate.of(2023, 1, 2)));
        train().succeeded();
        assertEquals("", Run.of("predict", "--model", model, data).succeeded().err());
        List<String> lines = new ArrayList<>(List.of("when,temp"));
        for (int t = 0; t < 48; t++) {
            lines.add(String.format(Locale.ROOT, "2023-01-%02d %02d:00,%d", 2 + t / 24, t % 24, t % 7));
        }
        Path hours = Files.write(folder.resolve("hours.csv"), lines);
        String warning = "the lines are an hour apart, those that the model was trained on a day: its answers are of no use for them";
        Run run = Run.of("predict", "--model", model, "--json", hours).succeeded();
        assertTrue(run.err().contains("hours.csv: " + warning), run.err());
        assertEquals(warning, JsonObject.parse(run.lastLine()).string("warning"));
        assertTrue(Run.of("evaluate", "--model", model, "--data", hours).succeeded().err().contains(warning));
        Run fed = Run.fed(String.join("\n", lines), "predict", "--model", model, "-").succeeded();
        assertTrue(fed.err().startsWith("standard input: the lines are"), fed.err());
    }

    @Test
    void valuesThatStandForMissingOnesAreNoTruths() throws IOException {
        train("--missing", "carry").succeeded();
        List<String> whole = Files.readAllLines(data);
        List<String> lines = new ArrayList<>(whole.subList(0, 60));
        Path all = Files.write(folder.resolve("all.csv"), lines);
        JsonObject before = JsonObject.parse(Run.of("evaluate", "--model", model, "--data", all, "--json").succeeded().lastLine());
        for (int t = 0; t < 5; t++) {
            lines.add("2001,NA,1,x");
        }
        Path more = Files.write(folder.resolve("more.csv"), lines);
        Run run = Run.of("evaluate", "--model", model, "--data", more, "--json").succeeded();
        JsonObject after = JsonObject.parse(run.lastLine());
        for (String figure : List.of("rmse", "mae", "loss", "persistence_rmse", "coverage", "width")) {
            assertEquals(before.number(figure), after.number(figure), 1e-12, figure);
        }
        assertEquals(5, after.wholeNumber("missing_truths"));
        lines.subList(13, lines.size()).replaceAll(line -> "2001,NA,1,x");
        Files.write(more, lines);
        Run.of("evaluate", "--model", model, "--data", more).failed("values of temp that forecasts are judged by are missing");
    }

    @Test
    void missingValuesAreFilledAsTheModelSays() throws IOException {
        Path whole = data;
        List<String> lines = new ArrayList<>(Files.readAllLines(data));
        for (int t = 5; t < lines.size(); t += 7) {
            String[] fields = lines.get(t).split(",");
            lines.set(t, fields[0] + ',' + fields[1] + ",NA,5");
        }
        data = Files.write(folder.resolve("gaps.csv"), lines);
        train().failed("gaps.csv, line 6, column 3 (wind): the value is missing ('NA')");
        Run masked = train("--missing", "mask").succeeded();
        assertTrue(masked.out().contains("wind lacks 57 values, the first in line 6: carried forward, with a mask"), masked.out());
        assertTrue(masked.out().contains("from temp, wind, wind is missing of"), masked.out());
        Run.of("predict", "--model", model, data).succeeded();
        Run.of("evaluate", "--model", model, "--data", data).succeeded();
        String[] fields = lines.get(lines.size() - 1).split(",");
        lines.set(lines.size() - 1, fields[0] + ",," + fields[2] + ",x");
        Path more = Files.write(folder.resolve("more.csv"), lines);
        Run.of("predict", "--model", model, more).succeeded(); // a column that lacked nothing in training has no mask
        train("--missing", "interpolate").succeeded();
        Run.of("predict", "--model", model, more).succeeded();
        data = whole;
        train("--missing", "mask").succeeded();
        assertTrue(Run.of("predict", "--model", model, more).succeeded().err().contains("temp lacks 1 value, in line "),
                "without any mask it is carried forward, too");
    }

    @Test
    void aColumnThatNeverChangesWhereTheModelLearnsIsLeftOutOrNamed() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(data));
        lines.replaceAll(line -> line + (line.startsWith("date") ? ",mode" : ",3"));
        lines.set(lines.size() - 1, lines.get(lines.size() - 1).replaceAll(",3$", ",900000"));
        data = Files.write(folder.resolve("constant.csv"), lines);
        Run run = train().succeeded();
        assertTrue(run.out().contains("left out, as they never change where the model learns: mode"), run.out());
        assertTrue(run.out().contains("from temp, wind of the last 12"), run.out());
        train("--columns", "temp,mode").failed("constant.csv, column mode: it is 3.0 in all 280 lines that are trained on");
    }

    private static String figure(Run run, String name) {
        return run.out().lines().filter(line -> line.startsWith(name + " ")).findFirst().orElseThrow();
    }

    @Test
    void namesWithCommasAreGivenInQuotes() throws IOException {
        String text = Files.readString(data).replace(',', ';').replace("temp", "\"Temp, max\"").replace("wind", "\"5\"\" wind, kt\"");
        Files.writeString(data, text);
        List<Object> words = List.of("train", "forecast", "--data", data, "--out", model, "--window", 12, "--hidden", 4, "--epochs", 1);
        assertTrue(Run.of(with(words, "--target", "\"Temp, max\"", "--columns", "\"5\"\" wind, kt\",\"Temp, max\"")).succeeded().out()
                .contains("a forecaster of Temp, max of the next moment from 5\" wind, kt, Temp, max of"));
        assertTrue(Run.of("predict", "--model", model, data).succeeded().out().startsWith("Temp, max +1"));
        Run.of(with(words, "--target",
                "Temp, max")).failed("has no column 'Temp'; it has date, \"Temp, max\", \"5\"\" wind, kt\", sky. A name"
                + " with a comma stands in double quotes");
        Run.of(with(words, "--target", "\"Temp")).failed("is no list of columns, from its character 1 on");
    }

    private byte[] predictions() throws IOException {
        return Run.of("predict", "--model", model, data, "--json").succeeded().lastLine().getBytes(StandardCharsets.UTF_8);
    }

    private static Object[] with(List<?> words, Object... more) {
        List<Object> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return all.toArray();
    }
}
