/* The registry of playgrounds, by the task that a model's platform names. */

import { taskOf } from './models.js';
import { caption } from './tasks/caption.js';
import { classify } from './tasks/classify.js';
import { fill } from './tasks/fill.js';
import { forecast } from './tasks/forecast.js';
import { lm } from './tasks/lm.js';
import { tag } from './tasks/tag.js';
import { transcribe } from './tasks/transcribe.js';
import { translate } from './tasks/translate.js';
import { voice } from './tasks/voice.js';

const TASKS = { caption, classify, fill, forecast, lm, tag, transcribe, translate, voice };

/** The playground of a model's task; null for models that take and give tensors. */
export function playground(model) {
  return TASKS[taskOf(model)]?.(model) ?? null;
}
