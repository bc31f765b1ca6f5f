package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Markdown document of the project.
 *
 * @param path the file
 * @param text what it holds
 */
record Document(Path path, String text) {
    private static final Pattern FENCE = Pattern.compile("^```([^\n`]*)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern CLASS = Pattern.compile("^public (?:final )?class (\\w+)", Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    /** All documents: those of the root folder, of docs/, and what explains the core and the benchmarks. */
    static List<Document> all(Path root) throws IOException {
        List<Document> all = new ArrayList<>();
        List<Path> files = new ArrayList<>(markdown(root, 1));
        files.addAll(markdown(root.resolve("docs"), Integer.MAX_VALUE));
        files.addAll(markdown(root.resolve("native"), 1));
        files.addAll(markdown(root.resolve("benchmarks"), 1));
        for (Path file : files) {
            all.add(new Document(file, Files.readString(file)));
        }
        return all;
    }

    private static List<Path> markdown(Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
        }
    }

    /** The contents of its code blocks of a language, {@code ```language} and nothing more. */
    List<String> blocks(String language) {
        return FENCE.matcher(text).results().filter(block -> block.group(1).equals(language)).map(block -> block.group(2)).toList();
    }

    /** Its Java programs by the names of their classes; a Java block without a public class is an error. */
    Map<String, String> programs() {
        Map<String, String> programs = new LinkedHashMap<>();
        for (String block : blocks("java")) {
            Matcher name = CLASS.matcher(block);
            if (!name.find()) {
                throw new IllegalStateException(path + " has a java block without a public class, which no test can run; make it a class, or"
                        + " mark what is another library's as \"java dl4j\", for example:\n" + block);
            }
            if (programs.put(name.group(1), block) != null) {
                throw new IllegalStateException(path + " has two programs " + name.group(1));
            }
        }
        return programs;
    }

    /** The command lines that it shows, without their comments; not those of the tests and the benchmarks, which the launcher reads. */
    List<String> commands() {
        return text.lines().map(String::strip).filter(line -> line.matches("(\\./)?tidegate (?!test|bench|soak|package).*"))
                .map(line -> line.replaceAll(" +# .*", "")).toList();
    }

    /** The options that its text names as code. */
    List<String> options() {
        return CODE.matcher(prose()).results().flatMap(code -> OPTION.matcher(code.group(1)).results().map(MatchResult::group)).distinct()
                .toList();
    }

    /** Its links to other documents, or to places in this one. */
    List<String> links() {
        return LINK.matcher(prose()).results().map(link -> link.group(1)).filter(link -> !link.matches("[a-z]+:.*")).toList();
    }

    /** The anchors of its headings, as GitHub makes them. */
    List<String> anchors() {
        Map<String, Integer> seen = new HashMap<>();
        return HEADING.matcher(prose()).results().map(heading -> {
            String anchor = heading.group(1).replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1").strip().toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-');
            int before = seen.merge(anchor, 1, Integer::sum) - 1;
            return before == 0 ? anchor : anchor + "-" + before;
        }).toList();
    }

    /** The text without its code blocks. */
    private String prose() {
        return FENCE.matcher(text).replaceAll("");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
