package org.tidegate.data;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How far zones are ahead of UTC. */
final class ZoneNames {
    /**
     * Abbreviations of one meaning: those of RFC 5322, and others that no second zone in use shares. BST, IST, AST, ADT, ECT, SST and the
     * like are missing. CET is an hour in the summer, too: who changes the clock writes CEST then.
     */
    private static final Map<String, String> ABBREVIATIONS = Map.ofEntries(
            Map.entry("Z", "Z"), Map.entry("UT", "Z"), Map.entry("UTC", "Z"), Map.entry("GMT", "Z"), Map.entry("WET", "Z"),
            Map.entry("WEST", "+1"), Map.entry("CET", "+1"), Map.entry("MEZ", "+1"), Map.entry("CEST", "+2"), Map.entry("MESZ", "+2"),
            Map.entry("EET", "+2"), Map.entry("EEST", "+3"), Map.entry("MSK", "+3"), Map.entry("SAST", "+2"), Map.entry("JST", "+9"),
            Map.entry("KST", "+9"), Map.entry("HKT", "+8"), Map.entry("AWST", "+8"), Map.entry("ACST", "+09:30"),
            Map.entry("ACDT", "+10:30"), Map.entry("AEST", "+10"), Map.entry("AEDT", "+11"), Map.entry("NZST", "+12"),
            Map.entry("NZDT", "+13"), Map.entry("EST", "-5"), Map.entry("EDT", "-4"), Map.entry("CST", "-6"), Map.entry("CDT", "-5"),
            Map.entry("MST", "-7"), Map.entry("MDT", "-6"), Map.entry("PST", "-8"), Map.entry("PDT", "-7"), Map.entry("AKST", "-9"),
            Map.entry("AKDT", "-8"), Map.entry("HST", "-10"));

    private ZoneNames() {}

    /**
     * How far a zone is ahead of UTC; of the hour that a clock shows twice, the first time.
     *
     * @param name an offset, an abbreviation of one meaning, or a name of the tz database
     * @param time what the clock on the wall shows there
     * @throws DateTimeException if there is no such zone, or its clocks leap over this time
     */
    static ZoneOffset offset(String name, LocalDateTime time) {
        String fixed = ABBREVIATIONS.get(name.toUpperCase(Locale.ROOT));
        if (fixed != null) {
            return ZoneOffset.of(fixed);
        }
        if (name.chars().allMatch(Character::isLetter)) {
            throw new DateTimeException("an abbreviation of no zone, or of several");
        }
        List<ZoneOffset> offsets = ZoneId.of(name).getRules().getValidOffsets(time);
        if (offsets.isEmpty()) {
            throw new DateTimeException("no time of this zone");
        }
        return offsets.get(0);
    }
}
