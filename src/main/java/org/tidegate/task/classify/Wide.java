package org.tidegate.task.classify;

/**
 * Whether a classifier has a wide path, naive Bayes over its tokens beside the recurrent layers, and which texts it counts: those of the
 * first training of a new model. Later trainings leave the counts as they are.
 */
public enum Wide {
    /** There is none. */
    OFF,
    /** It counts the texts that are learned from. */
    LEARNED,
    /** It counts the held-out texts, too; each is measured by the counts of all others. */
    ALL
}
