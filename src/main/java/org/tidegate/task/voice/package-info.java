/**
 * Voice activity: where somebody speaks, in a recording ({@link org.tidegate.task.voice.VoiceAnswers}) or in sound as it arrives
 * ({@link org.tidegate.task.voice.VoiceStream}). The models are made elsewhere and imported; the task answers only.
 */
package org.tidegate.task.voice;
