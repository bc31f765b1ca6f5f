package org.tidegate.onnx.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the operators have told of the graph's inputs: which of their dimensions are time, batch or columns, which inputs are ids, lengths or
 * carried states. A walk through the graph that learns something begins again, so that each walk sees all that is known.
 */
final class Knowledge {
    /** A dimension of an input. */
    record Place(String input, int dimension) {}

    /** Ends a walk that has learned something. */
    static final class Learned extends RuntimeException {
        private static final long serialVersionUID = 1;

        Learned() {
            super(null, null, false, false);
        }
    }

    private final Map<Place, RowAxis.Role> roles = new HashMap<>();
    private final Set<Place> guessed = new HashSet<>();
    private final Set<String> ids = new HashSet<>();
    private final Set<String> lengths = new HashSet<>();
    private final Set<String> carried = new HashSet<>();
    private final Set<String> neverCarried = new HashSet<>();
    private final Set<String> perSequence = new HashSet<>();
    private int dropped; // how often guesses were taken back

    RowAxis.Role role(Place place) {
        return roles.getOrDefault(place, RowAxis.Role.UNKNOWN);
    }

    /** An operator needs the dimension to be that. False if another one needs something else. */
    boolean learn(Place place, RowAxis.Role role) {
        RowAxis.Role before = role(place);
        if (before == role && !guessed.contains(place)) {
            return true;
        }
        if (before != RowAxis.Role.UNKNOWN && !guessed.remove(place)) {
            return before == role;
        }
        roles.put(place, role);
        if (before == role) {
            return true;
        }
        throw new Learned();
    }

    /** As {@link #guess}, from the shape that stands in the file alone: the first to be taken back. */
    void guessByShape(Place place, RowAxis.Role role) {
        if (dropped == 0) {
            guess(place, role);
        }
    }

    /** As {@link #learn}, until an operator says otherwise. */
    void guess(Place place, RowAxis.Role role) {
        if (dropped < 2 && role(place) == RowAxis.Role.UNKNOWN) {
            guessed.add(place);
            roles.put(place, role);
            throw new Learned();
        }
    }

    /** Nobody says what it is: that. */
    void decide(Place place, RowAxis.Role role) {
        roles.put(place, role);
        throw new Learned();
    }

    boolean isIds(String input) {
        return ids.contains(input);
    }

    void learnIds(String input) {
        learn(ids, input);
    }

    boolean isLengths(String input) {
        return lengths.contains(input);
    }

    boolean hasLengths() {
        return !lengths.isEmpty();
    }

    void learnLengths(String input) {
        learn(lengths, input);
    }

    boolean isCarried(String input) {
        return carried.contains(input);
    }

    void learnCarried(Set<String> inputs) {
        if (carried.addAll(inputs)) {
            throw new Learned();
        }
    }

    boolean mayBeCarried(String input) {
        return !neverCarried.contains(input);
    }

    /** Inputs that looked like carried states are not. */
    Learned notCarried(Set<String> inputs) {
        carried.removeAll(inputs);
        neverCarried.addAll(inputs);
        return new Learned();
    }

    boolean isPerSequence(String input) {
        return perSequence.contains(input);
    }

    void learnPerSequence(String input) {
        learn(perSequence, input);
    }

    boolean hasTime() {
        return roles.containsValue(RowAxis.Role.TIME);
    }

    /** Takes back what was guessed: then nothing is guessed from shapes, and the second time nothing at all. */
    void dropGuesses() {
        if (dropped < 2 && !guessed.isEmpty()) {
            dropped++;
            roles.keySet().removeAll(guessed);
            guessed.clear();
            throw new Learned();
        }
    }

    /** The size that the file says of all dimensions of that role; 0 where it says none, or several. */
    long known(RowAxis.Role role, Request request) {
        Set<Long> sizes = new HashSet<>();
        roles.forEach((place, of) -> {
            if (of == role) {
                sizes.add(request.size(place));
            }
        });
        return sizes.size() == 1 ? sizes.iterator().next() : 0;
    }

    private static void learn(Set<String> set, String input) {
        if (set.add(input)) {
            throw new Learned();
        }
    }
}
