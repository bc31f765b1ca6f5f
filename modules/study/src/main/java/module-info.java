/** Experiments with recurrent networks: language models compared, memory, gradients. */
module org.tidegate.study {
    requires transitive org.tidegate;

    exports org.tidegate.study;

    provides org.tidegate.task.TaskFormat with org.tidegate.study.WindowLanguageModelFormat;
}
