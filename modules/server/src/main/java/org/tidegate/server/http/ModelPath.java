/* The path of a request that is about a model. */
package org.tidegate.server.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.server.protocol.ProtocolException;

/**
 * v2/models/NAME[/versions/VERSION][/WHAT].
 *
 * @param name the model's
 * @param version the version's, empty where none is named
 * @param what is asked of it, empty for itself
 */
record ModelPath(String name, String version, String what) {
    private static final int NAME = 2; // of the parts
    private static final int VERSIONS = 3;
    private static final int VERSION = 4;

    /** The model of the parts of a path; null where they name none. */
    static ModelPath of(List<String> path) {
        if (path.size() <= NAME || !path.get(0).equals("v2") || !path.get(1).equals("models")) {
            return null;
        }
        boolean versioned = path.size() > VERSION && path.get(VERSIONS).equals("versions");
        int rest = versioned ? VERSION + 1 : NAME + 1;
        String what = path.size() == rest ? "" : path.size() == rest + 1 ? path.get(rest) : String.join("/", path.subList(rest, path.size()));
        return new ModelPath(path.get(NAME), versioned ? path.get(VERSION) : "", what);
    }

    /**
     * The parts of a path between its slashes, decoded, at least one; without those at its end that are empty.
     *
     * @param path begins with a slash
     * @throws ProtocolException if it is malformed
     */
    static List<String> parts(String path) {
        List<String> parts = new ArrayList<>(6);
        for (int from = 1; from <= path.length();) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            parts.add(decoded(path.substring(from, to)));
            from = to + 1;
        }
        while (parts.size() > 1 && parts.get(parts.size() - 1).isEmpty()) {
            parts.remove(parts.size() - 1);
        }
        return parts;
    }

    private static String decoded(String part) {
        if (part.indexOf('%') < 0) {
            return part;
        }
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ProtocolException.invalid("the path is malformed");
        }
    }
}
