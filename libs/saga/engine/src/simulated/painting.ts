import { command, event } from '@lifeboat/contracts';
import { z } from 'zod';
import { every, minutes, saga, seconds, to } from '../definition.ts';

/** A second saga of the specs: paint a house, room by room. How many there are its first step finds out. */
const Room = z.object({ name: z.string(), dries: z.number().optional() });
const surveyed = event({
  context: 'data',
  name: 'surveyed',
  summary: 'Of the specs.',
  data: z.object({ rooms: z.array(Room) }),
  sample: { rooms: [{ name: 'hall' }, { name: 'attic', dries: 30 }] },
});
const painted = event({
  context: 'data',
  name: 'painted',
  summary: 'Of the specs.',
  data: z.object({ litres: z.number() }),
  sample: { litres: 2 },
});
const house = z.object({ house: z.string() });
const inHouse = z.object({ house: z.string(), room: z.string() });
const of = { context: 'data', summary: 'Of the specs.' } as const;

export const Survey = command({ ...of, name: 'survey', data: house, sample: { house: 'h-1' }, answer: surveyed });
export const Paint = command({
  ...of,
  name: 'paint',
  data: inHouse,
  sample: { house: 'h-1', room: 'hall' },
  answer: painted,
});
export const Strip = command({
  ...of,
  name: 'strip',
  data: inHouse,
  sample: { house: 'h-1', room: 'hall' },
  answer: painted,
});
export const Bill = command({ ...of, name: 'bill', data: house, sample: { house: 'h-1' }, answer: painted });

export const painting = saga('painting', 1, Survey)
  .onePer((s) => s.house)
  .deadline(minutes(60))
  .step('survey', { send: (s) => to(Survey, { house: s.house }), keep: ({ rooms }) => ({ rooms }) })
  .forEach(
    'room',
    (s) => s.rooms,
    (each) =>
      each
        .step('paint', {
          send: (s) => to(Paint, { house: s.house, room: s.room.name }),
          keep: ({ litres }) => ({ litres }),
          undo: (s) => to(Strip, { house: s.house, room: s.room.name }),
          retry: every(seconds(10), 1),
        })
        .hold('let dry', {
          only: ({ dries }) => dries !== undefined,
          word: 'go-on',
          forMs: (s) => minutes(s.room.dries ?? 0),
          whenOver: () => 'go on',
          says: (s) => `Is the ${s.room.name} dry?`,
        }),
  )
  .pivot('bill', { send: (s) => to(Bill, { house: s.house }) })
  .end();
