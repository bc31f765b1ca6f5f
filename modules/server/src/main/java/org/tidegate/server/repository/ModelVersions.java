/* The versions of a model. */
package org.tidegate.server.repository;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.repository.Folder.Candidate;
import org.tidegate.server.repository.Folder.Contents;
import org.tidegate.server.repository.Folder.Stamp;
import org.tidegate.server.repository.ModelStatus.State;
import org.tidegate.server.sequence.SequenceRequest;

/** All that goes by one name. Changed by one thread at a time, read by any. */
final class ModelVersions {
    /** How a look at the files is meant. */
    enum Look {
        /** What has not changed since the look before is opened. */
        SETTLED,
        /** What has changed is opened at once. */
        NOW,
        /** What has changed is opened at once, and what has failed is tried again. */
        AGAIN
    }

    static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
    private static final String UNLOADED = "it was unloaded; load it to serve it again";

    private static final System.Logger LOG = System.getLogger(ModelVersions.class.getName());

    private final String name;
    private final NavigableMap<Long, ModelVersion> versions = new ConcurrentSkipListMap<>();
    private final List<ServedModel> leaving = new CopyOnWriteArrayList<>(); // served no more, but for the sequences that are open
    private volatile String problem = "";
    private volatile boolean unloaded;

    ModelVersions(String name) {
        this.name = name;
    }

    /** Serves what lies in the folder, unless the model was unloaded. */
    void update(Contents contents, Look look, ModelVersion.Opener opener) {
        leaving.removeIf(ServedModel::isFreed);
        if (!problem.equals(contents.problem())) {
            problem = contents.problem();
            LOG.log(Level.WARNING, "{0}: {1}", name, problem.isEmpty() ? "in order" : problem);
        }
        Set<Long> numbers = new TreeSet<>(versions.keySet());
        numbers.addAll(contents.versions().keySet());
        for (long number : numbers) {
            ModelVersion version = versions.computeIfAbsent(number, key -> new ModelVersion(name, Long.toString(key), leaving));
            Candidate file = contents.versions().get(number);
            boolean counts = version.counts(file == null ? Stamp.NONE : file.stamp()) || look != Look.SETTLED;
            if (file == null && counts) {
                versions.remove(number);
                version.retire("its file is gone");
            } else if (unloaded) {
                version.retire(UNLOADED);
            } else if (file != null && counts && (version.isNew(file.stamp()) || look == Look.AGAIN && version.hasFailed())) {
                version.open(file, opener);
            }
        }
    }

    /** Lets {@link #update} serve it again. */
    void allow() {
        unloaded = false;
    }

    /** Serves none of it until it is allowed again. */
    void unload() {
        unloaded = true;
        versions.values().forEach(version -> version.retire(UNLOADED));
    }

    /** Ends its service for good, and that of all sequences. */
    void close() {
        Stream.concat(served().stream(), leaving.stream()).forEach(model -> {
            model.close();
            model.sequences().end();
        });
    }

    /** Whether nothing is to be known of it. */
    boolean isForgotten() {
        return versions.isEmpty() && problem.isEmpty() && !unloaded && leaving.isEmpty();
    }

    /** The model that is served as a version, as the newest where it is empty; null for none. */
    ServedModel served(String version) {
        if (version.isEmpty()) {
            return versions.descendingMap().values().stream().map(ModelVersion::served).filter(Objects::nonNull).findFirst().orElse(null);
        }
        ModelVersion found = NUMBER.matcher(version).matches() ? versions.get(Long.parseLong(version)) : null;
        return found == null ? null : found.served();
    }

    /**
     * The model that has a sequence open, also one that is served no more; null for none. The start of a sequence has none, and ends those of its
     * name.
     *
     * @param version that the request names; empty for any
     */
    ServedModel holder(SequenceRequest sequence, String version) {
        for (ServedModel model : Stream.concat(versions.descendingMap().values().stream().map(ModelVersion::served).filter(Objects::nonNull),
                leaving.stream()).toList()) {
            if ((version.isEmpty() || version.equals(model.version())) && model.sequences().has(sequence.id())) {
                if (!sequence.start()) {
                    return model;
                }
                model.sequences().end(sequence.id());
            }
        }
        return null;
    }

    /** The models that are served, in the order of their versions. */
    List<ServedModel> served() {
        return versions.values().stream().map(ModelVersion::served).filter(Objects::nonNull).toList();
    }

    /** Of each version, and of what is none. */
    List<ModelStatus> statuses() {
        List<ModelStatus> statuses = new ArrayList<>(versions.values().stream().map(ModelVersion::status).toList());
        if (!problem.isEmpty()) {
            statuses.add(new ModelStatus(name, "", State.UNAVAILABLE, problem));
        }
        return statuses;
    }
}
