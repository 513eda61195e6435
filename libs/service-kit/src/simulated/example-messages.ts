import { command, event, request } from '@lifeboat/contracts';
import { z } from 'zod';

// Messages of a context of specs only. `effect` is what a handler leaves in its database, once.

export const EffectMade = event({
  context: 'image',
  name: 'effect-made',
  summary: 'A spec’s effect was made.',
  data: z.object({ effect: z.string(), byProcess: z.number() }),
  sample: { effect: 'a', byProcess: 1 },
});

export const MakeEffect = command({
  context: 'image',
  name: 'make-effect',
  summary: 'Make an effect in one decision; `afterwards` fails after it.',
  data: z.object({ effect: z.string(), afterwards: z.enum(['refuse', 'fail-twice', 'break']).optional() }),
  answer: EffectMade,
  sample: { effect: 'a' },
});

export const MakeEffectSlowly = command({
  context: 'image',
  name: 'make-effect-slowly',
  summary: 'Make an effect in many steps, each of which leaves a part of it.',
  data: z.object({ effect: z.string(), steps: z.number(), stepMs: z.number() }),
  answer: EffectMade,
  sample: { effect: 'a', steps: 2, stepMs: 10 },
});

export const GiveUpEffect = command({
  context: 'image',
  name: 'give-up-effect',
  summary: 'End what still makes an effect slowly.',
  data: z.object({ effect: z.string() }),
  answer: EffectMade,
  sample: { effect: 'a' },
});

export const ReadEffects = request({
  context: 'image',
  name: 'read-effects',
  summary: 'The effects so far.',
  input: z.object({ prefix: z.string() }),
  output: z.object({ effects: z.array(z.string()) }),
});
