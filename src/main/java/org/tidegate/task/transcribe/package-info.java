/**
 * Speech recognition, letter by letter, with CTC. {@link org.tidegate.task.transcribe.Transcriber} is trained on recordings,
 * {@link org.tidegate.task.transcribe.TranscriberAnswers} give {@link org.tidegate.task.transcribe.Transcription}s, and a
 * {@link org.tidegate.task.transcribe.SpeechStream} transcribes audio as it arrives.
 */
package org.tidegate.task.transcribe;
