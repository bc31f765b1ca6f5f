/**
 * Audio: sound files and lists of recordings ({@link org.tidegate.audio.AudioFile}, {@link org.tidegate.audio.RecordingIndex}), conversion
 * of the sample rate ({@link org.tidegate.audio.Resampler}), features ({@link org.tidegate.audio.LogMel}, {@link org.tidegate.audio.Mfcc})
 * and data augmentation ({@link org.tidegate.audio.SpeechAugmentation}).
 */
package org.tidegate.audio;
