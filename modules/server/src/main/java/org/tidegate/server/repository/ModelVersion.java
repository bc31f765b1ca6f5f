/* A version of a model, served or not. */
package org.tidegate.server.repository;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.server.model.ServedModel;
import org.tidegate.server.repository.Folder.Candidate;
import org.tidegate.server.repository.Folder.Stamp;
import org.tidegate.server.repository.ModelStatus.State;

/** The file of a version as it was seen and opened, and the model that is served. Changed by one thread at a time, read by any. */
final class ModelVersion {
    /** Opens a version's file. */
    @FunctionalInterface
    interface Opener {
        ServedModel open(String model, String version, Path file) throws IOException;
    }

    private static final System.Logger LOG = System.getLogger(ModelVersion.class.getName());

    private final String model;
    private final String number;
    private final List<ServedModel> leaving;
    private Stamp seen; // at the last look
    private Stamp opened; // null where the file has yet to be opened
    private volatile ServedModel served;
    private volatile ModelStatus status;

    /** leaving: receives models before they are served no more, for the sequences that they have open. */
    ModelVersion(String model, String number, List<ServedModel> leaving) {
        this.model = model;
        this.number = number;
        this.leaving = leaving;
        tell(State.LOADING, "waits to be loaded");
    }

    /** The model that is served, null for none. */
    ServedModel served() {
        return served;
    }

    ModelStatus status() {
        return status;
    }

    /**
     * Takes note of the file. A change counts when two looks in a row have seen the same: no file is read that is still being written.
     *
     * @param stamp of the file as it is now
     * @return whether it counts
     */
    boolean counts(Stamp stamp) {
        boolean same = stamp.equals(seen);
        seen = stamp;
        return same;
    }

    /** Whether the file has yet to be opened. */
    boolean isNew(Stamp stamp) {
        return !stamp.equals(opened);
    }

    /** Whether the file that was opened last is not the one that is served. */
    boolean hasFailed() {
        return !status.reason().isEmpty();
    }

    /** Opens the file and serves it in place of what was served before, which stays where this fails. */
    void open(Candidate file, Opener opener) {
        if (served == null) {
            tell(State.LOADING, "");
        }
        opened = file.stamp();
        ServedModel before = served;
        try {
            ServedModel found = opened(file, opener);
            leave(before);
            served = found;
        } catch (IOException | RuntimeException | Error e) { // it would say for ever that it loads
            opened = ModelFile.isPassing(e) ? null : opened;
            fail(ModelFile.reason(e, file.path()), e);
            return;
        }
        tell(State.READY, "");
        LOG.log(Level.INFO, "{0} {1}: {2}", model, number, before == null ? "served" : "replaced");
        close(before);
    }

    /** Others are looked at though one cannot be freed. */
    private void close(ServedModel before) {
        try {
            if (before != null) {
                before.close();
            }
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, model + " " + number + " could not be closed", e);
        }
    }

    private ServedModel opened(Candidate file, Opener opener) throws IOException {
        if (!file.problem().isEmpty()) {
            throw new IllegalArgumentException(file.problem());
        }
        ServedModel found = opener.open(model, number, file.path());
        if (!Folder.stamp(file.path()).equals(file.stamp())) {
            found.close();
            throw new IOException(file.shown() + " was changed while it was read");
        }
        return found;
    }

    private void fail(String reason, Throwable failure) {
        String told = served == null ? reason : reason + "; the file before it is served";
        if (told.equals(status.reason())) {
            return; // the same once more
        }
        tell(served == null ? State.UNAVAILABLE : State.READY, told);
        LOG.log(Level.WARNING, "{0} {1}: {2}", model, number, told);
        LOG.log(Level.DEBUG, "why", failure);
    }

    /** Serves it no more; requests in progress are answered, and then it is freed. */
    void retire(String reason) {
        ServedModel before = served;
        leave(before);
        served = null;
        opened = null;
        tell(State.UNAVAILABLE, reason);
        if (before != null) {
            LOG.log(Level.INFO, "{0} {1}: {2}", model, number, reason);
            close(before);
        }
    }

    /** Before it is served no more, so that no step of its sequences comes between. */
    private void leave(ServedModel before) {
        if (before != null) {
            leaving.add(before);
        }
    }

    private void tell(State state, String reason) {
        status = new ModelStatus(model, number, state, reason);
    }
}
