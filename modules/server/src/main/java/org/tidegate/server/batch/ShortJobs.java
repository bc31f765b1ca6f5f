/* Which jobs the thread that reads may run. */
package org.tidegate.server.batch;

/** What is known of the jobs of a queue: how long they take, and how often they have company. Its owner's lock guards it. */
final class ShortJobs {
    private static final double SHORT = 200e3; // nanoseconds for which what is not read yet may be kept
    private static final double NEWEST = 0.1; // share of the last run in what is known
    private static final double NEWEST_COMPANY = 1.0 / 32;
    private static final double CROWDED = 0.2; // from here on the thread that reads had better read

    private double company; // the share of jobs, of the last ones above all, that found another waiting or running
    private Object group; // of the jobs that ran alone lately; null before the first
    private double nanoseconds; // of their runs, the last ones above all
    private double bytes; // of them

    /**
     * Notes that a job has come.
     *
     * @param alone whether none waits and none runs
     * @return whether it may be run by the thread that has read it: jobs like it took little time, and most have no company. A smaller one is
     *     not taken to be faster, and of another group nothing is known.
     */
    boolean came(Batcher.Job job, boolean alone) {
        company += NEWEST_COMPANY * ((alone ? 0 : 1) - company);
        return alone && company < CROWDED && job.group().equals(group) && nanoseconds * Math.max(1, job.bytes() / bytes) < SHORT;
    }

    /** Notes that a job was run by itself. */
    void ran(Batcher.Job job, long took) {
        double newest = job.group().equals(group) ? NEWEST : 1;
        group = job.group();
        nanoseconds += newest * (took - nanoseconds);
        bytes += newest * (Math.max(1, job.bytes()) - bytes);
    }
}
