import { command, event } from '@lifeboat/contracts';
import { z } from 'zod';
import { every, minutes, saga, seconds, to } from '../definition.ts';

/** A little saga of the specs: move a household. It has every feature that a definition can have. */
const message = <T>(name: string, data: z.ZodType<T>, sample: NoInfer<T>) =>
  event({ context: 'data', name, summary: 'Of the specs.', data, sample });
const order = <T, A>(name: string, data: z.ZodType<T>, sample: NoInfer<T>, answer: ReturnType<typeof message<A>>) =>
  command({ context: 'data', name, summary: 'Of the specs.', data, sample, answer });

const house = z.object({ house: z.string(), viewing: z.number().optional() });
const done = message('done', z.object({}), {});
export const Move = order('move', house, { house: 'h-1' }, done);
export const RentVan = order(
  'rent-van',
  house,
  { house: 'h-1' },
  message('rented', z.object({ van: z.string() }), { van: 'v-1' }),
);
export const ReturnVan = order('return-van', house, { house: 'h-1' }, done);
export const PackBooks = order(
  'pack-books',
  z.object({ van: z.string() }),
  { van: 'v-1' },
  message('packed', z.object({ boxes: z.number() }), { boxes: 3 }),
);
export const UnpackBooks = order(
  'unpack-books',
  z.object({ van: z.string(), because: z.string() }),
  { van: 'v-1', because: '' },
  done,
);
export const PackTools = order('pack-tools', z.object({ van: z.string() }), { van: 'v-1' }, done);
export const UnpackTools = order('unpack-tools', z.object({ van: z.string() }), { van: 'v-1' }, done);
export const Inspect = order('inspect', z.object({ boxes: z.number() }), { boxes: 3 }, done);
export const HandOverKeys = order('hand-over-keys', house, { house: 'h-1' }, done);
export const SayGoodbye = order('say-goodbye', house, { house: 'h-1' }, done);

export const move = saga('move', 1, Move)
  .onePer((s) => s.house)
  .deadline(minutes(60))
  .step('rent van', {
    send: (s) => to(RentVan, { house: s.house }),
    keep: ({ van }) => ({ van }),
    undo: (s) => to(ReturnVan, { house: s.house }),
    withinMs: minutes(5),
    retry: every(seconds(10), 1),
  })
  .both(
    'pack books',
    {
      send: (s) => to(PackBooks, { van: s.van }),
      keep: ({ boxes }) => ({ boxes }),
      undo: (s, why) => to(UnpackBooks, { van: s.van, because: why.code }),
      retry: every(seconds(10), 1),
    },
    'pack tools',
    { send: (s) => to(PackTools, { van: s.van }), undo: (s) => to(UnpackTools, { van: s.van }) },
  )
  .step('inspect', { send: (s) => to(Inspect, { boxes: s.boxes }) })
  .hold('viewing', {
    word: 'commit',
    forMs: (s) => (s.viewing === undefined ? undefined : minutes(s.viewing)),
    whenOver: (s) => (s.boxes > 99 ? 'go on' : 'undo'),
  })
  .pivot('hand over keys', { send: (s) => to(HandOverKeys, { house: s.house }), retry: every(seconds(10), 2) })
  .step('say goodbye', { send: (s) => to(SayGoodbye, { house: s.house }) })
  .end();
