/**
 * Sound: WAV files and lists of recordings, {@link org.tidegate.audio.WavFile} and {@link org.tidegate.audio.RecordingIndex}. Where its
 * rate is another, a {@link org.tidegate.audio.Resampler} brings it to the network's; {@link org.tidegate.audio.LogMel} and
 * {@link org.tidegate.audio.Mfcc} make features of it, {@link org.tidegate.audio.SpeechAugmentation} varies it in training.
 */
package org.tidegate.audio;
