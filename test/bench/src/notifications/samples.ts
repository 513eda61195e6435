import { PROJECT_ROOT } from '@lifeboat/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FIXTURES = 'apps/notification-bridge/src/reading/fixtures/notifications.json';
const ID = '<id>';
const TIME = '<time>';
/** Ready but for what differs, cut where that stands: who makes them shares a core with the broker. */
const samples = (
  JSON.parse(readFileSync(join(PROJECT_ROOT, FIXTURES), 'utf8')) as readonly {
    readonly message: Readonly<Record<string, unknown>>;
  }[]
).map(({ message }) => {
  const inner = JSON.stringify({ message_id: ID, timestamp: TIME, ...without(message) });
  const [head = '', between = '', tail = ''] = JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': inner }).split(
    /<id>|<time>/,
  );
  return { head, between, tail };
});

function without({ message_id: _id, timestamp: _time, ...rest }: Readonly<Record<string, unknown>>) {
  return rest;
}

/** A notification recorded from a real cloud, in oslo.messaging's envelope, with an id and a time of its own. */
export function notification(index: number, id: string, at = new Date()): Buffer {
  const { head, between, tail } = samples[index % samples.length] as (typeof samples)[number];
  return Buffer.from(`${head}${id}${between}${at.toISOString().replace('Z', '')}${tail}`);
}
