package org.tidegate.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parser of the text of a schedule. */
final class ScheduleText {
    private final String text;
    private final Map<String, String> settings = new LinkedHashMap<>();

    private ScheduleText(String text) {
        this.text = text;
    }

    static Schedule parse(String text) {
        return new ScheduleText(text).read();
    }

    private Schedule read() {
        String[] words = text.strip().split("\\s+");
        for (String word : Arrays.asList(words).subList(1, words.length)) {
            int equals = word.indexOf('=');
            if (equals < 1 || settings.put(word.substring(0, equals), word.substring(equals + 1)) != null) {
                throw problem("\"" + word + "\" is not a setting given once, name=value");
            }
        }
        Schedule schedule = named(words[0]);
        // The remaining settings wrap the schedule in their order: a warm-up before by=epoch is counted in epochs too.
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            schedule = switch (setting.getKey()) {
                case "by" -> by(schedule, setting.getValue());
                case "warm_up" -> schedule.warmUp(integer("warm_up", setting.getValue()));
                default -> throw problem("it has no setting " + setting.getKey());
            };
        }
        return schedule;
    }

    private Schedule named(String name) {
        return switch (name) {
            case "constant" -> Schedule.constant();
            case "step" -> Schedule.step(integer("size"), number("gamma", "0.1"));
            case "multistep" -> Schedule.multistep(number("gamma", "0.1"), milestones());
            case "exponential" -> Schedule.exponential(number("gamma", null));
            case "cosine" -> settings.containsKey("period") || settings.containsKey("minimum")
                    ? Schedule.cosine(integer("period"), number("minimum", "0")) : Schedule.cosine();
            case "linear" -> Schedule.linear(number("start", null), number("end", "1"), integer("steps"));
            case "plateau" -> new ReduceOnPlateau(number("factor", "0.1"), (int) integer("patience", settings.containsKey("patience")
                    ? settings.remove("patience") : "10"), number("minimum", "0"));
            default -> throw problem("expected constant, step, multistep, exponential, cosine, linear or plateau");
        };
    }

    private Schedule by(Schedule schedule, String unit) {
        if (!unit.equals("epoch") && !unit.equals("step")) {
            throw problem("by=" + unit + " is unknown; expected epoch or step");
        }
        return unit.equals("epoch") ? schedule.byEpoch() : schedule;
    }

    private long[] milestones() {
        String list = required("milestones");
        return Arrays.stream(list.split(",")).mapToLong(part -> integer("milestones", part)).toArray();
    }

    private double number(String name, String otherwise) {
        String value = otherwise == null || settings.containsKey(name) ? required(name) : otherwise;
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw problem(name + "=" + value + " is not a number");
        }
    }

    private long integer(String name) {
        return integer(name, required(name));
    }

    private long integer(String name, String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw problem(name + "=" + value + " is not a whole number");
        }
    }

    private String required(String name) {
        String value = settings.remove(name);
        if (value == null) {
            throw problem(name + "= is missing");
        }
        return value;
    }

    private IllegalArgumentException problem(String what) {
        return new IllegalArgumentException("the schedule \"" + text + "\" is not understood: " + what);
    }
}
