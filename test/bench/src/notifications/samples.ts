import { PROJECT_ROOT } from '@lifeboat/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FIXTURES = 'apps/notification-bridge/src/reading/fixtures/notifications.json';
const samples = (
  JSON.parse(readFileSync(join(PROJECT_ROOT, FIXTURES), 'utf8')) as readonly {
    readonly message: Readonly<Record<string, unknown>>;
  }[]
).map((sample) => sample.message);

/** A notification recorded from a real cloud, in oslo.messaging's envelope, with an id and a time of its own. */
export function notification(index: number, id: string, at = new Date()): Buffer {
  const message = { ...samples[index % samples.length], message_id: id, timestamp: at.toISOString().replace('Z', '') };
  return Buffer.from(JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': JSON.stringify(message) }));
}
