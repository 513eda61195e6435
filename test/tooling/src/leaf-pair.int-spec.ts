import { ListSites, RenewLeases } from '@lifeboat/contracts';
import {
  ask,
  Bus,
  buryEnvelope,
  consume,
  ensureStreams,
  listDeadLetters,
  serve,
  subscriptions,
} from '@lifeboat/messaging';
import { invalidInput } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { canStartLeafPair, startLeafPair } from '../../../tools/setup/leaf-pair.mjs';
import type { LeafPair } from '../../../tools/setup/leaf-pair.mjs';
import { PROJECT_ROOT } from './project-root.ts';

const SITE = 'alpha';
const PHASE = 200;
const SUBJECT = `lifeboat.site.${SITE}.notification.site-changed.v1`;

const envelopeOf = (id: string, type = SUBJECT) => ({
  id,
  type,
  source: 'lifeboat/spec',
  time: new Date().toISOString(),
  attempt: 1,
  data: { id },
});

const fail = (thrown: unknown): void => {
  throw thrown;
};

async function stored(bus: Bus, stream: string): Promise<number> {
  const manager = await jetstreamManager(await bus.connection());
  return (await manager.streams.info(stream)).state.messages;
}

const can = canStartLeafPair();
const name = 'a site behind a leaf node, as deploy/nats has it';

(can ? describe : describe.skip)(can ? name : `NOT TESTED, since there is no openssl here: ${name}`, () => {
  let pair: LeafPair;
  let hub: Bus;
  let leaf: Bus;
  const heard: string[] = [];
  const ending = new AbortController();

  const addLeaf = (...more: readonly string[]): string =>
    execFileSync(process.execPath, ['deploy/nats/add-leaf.mjs', pair.hub.url, SITE, ...more], {
      cwd: PROJECT_ROOT,
      encoding: 'utf8',
    });
  const say = async (phase: string): Promise<void> => {
    for (let i = 0; i < PHASE; i++) await leaf.publish(SUBJECT, envelopeOf(`${phase}-${i}`));
  };
  const arrives = (phase: string): Promise<unknown> =>
    until(`all of ${phase}`, async () => {
      const there = new Set(heard.filter((id) => id.startsWith(`${phase}-`)));
      return there.size === PHASE ? true : undefined;
    });

  beforeAll(async () => {
    pair = await startLeafPair({ site: SITE });
    [hub, leaf] = [new Bus(pair.hub.url, 'spec-hub'), new Bus(pair.leaf.url, 'spec-leaf')];
    for (const bus of [hub, leaf]) await ensureStreams(await bus.connection());
    expect(addLeaf()).toBe(`NOTIFICATIONS: ${SITE}\nDEAD: ${SITE}\n`);
    void consume(hub, subscriptions.siteChanges('spec'), async ({ id }) => void heard.push(id), {
      concurrency: 16,
      signal: ending.signal,
      onProblem: () => undefined,
    });
  }, 60_000);

  afterAll(async () => {
    ending.abort();
    await Promise.all([hub.close(), leaf.close()]);
    await pair.stop();
  }, 30_000);

  it('is heard at the hub', async () => {
    await say('linked');
    await arrives('linked');
  }, 60_000);

  it('goes on while the link is cut, and is heard when it is healed', async () => {
    pair.cut();
    await say('cut');
    await pause(500);
    expect(heard.filter((id) => id.startsWith('cut-'))).toEqual([]);
    pair.heal();
    await arrives('cut');
  }, 90_000);

  it.each(['hub', 'leaf'] as const)(
    'is heard when the server of the %s was killed meanwhile',
    async (which) => {
      const phase = `killed ${which}`;
      const saying = say(phase).catch((thrown: unknown) => thrown);
      await pause(100);
      await pair[which].kill();
      await pair[which].start();
      await saying;
      await say(phase); // what was not taken is sent again, as everybody does
      await arrives(phase);
    },
    90_000,
  );

  it('is still heard after a service has started at the hub, which declares the streams anew', async () => {
    await ensureStreams(await hub.connection());
    await say('declared');
    await arrives('declared');
  }, 60_000);

  it('has each message stored once at either side', async () => {
    expect(await stored(leaf, 'NOTIFICATIONS')).toBe(5 * PHASE);
    expect(await stored(hub, 'NOTIFICATIONS')).toBe(5 * PHASE);
  });

  it('has its dead letters listed at the hub', async () => {
    await buryEnvelope(leaf, envelopeOf('poisoned'), invalidInput('notification-unreadable', 'It is no JSON.'));
    const [letter] = await until('the letter', async () => {
      const letters = await listDeadLetters(hub);
      return letters.length > 0 ? letters : undefined;
    });
    expect(letter).toMatchObject({ id: 'poisoned', subject: SUBJECT });
  }, 30_000);

  it('gives the hub no commands by the way, and gets none', async () => {
    await leaf.publish('lifeboat.cmd.protection.x.v1', envelopeOf('up', 'lifeboat.cmd.protection.x.v1'));
    await hub.publish('lifeboat.cmd.protection.y.v1', envelopeOf('down', 'lifeboat.cmd.protection.y.v1'));
    expect([await stored(hub, 'COMMANDS'), await stored(leaf, 'COMMANDS')]).toEqual([1, 1]);
  });

  it('has the leases of its groups renewed by the hub, and can ask nothing else of it', async () => {
    await serve(hub, RenewLeases, async () => ({ leases: [{ groupId: 'shop', outcome: 'released' }] }), fail);
    await serve(hub, ListSites, async () => ({ sites: [] }), fail);
    const asked = { site: SITE, agent: 'fence-1', leases: [] };
    const answer = await until('the answer', () => ask(leaf, RenewLeases, asked).catch(() => undefined));
    expect(answer).toEqual({ leases: [{ groupId: 'shop', outcome: 'released' }] });
    await expect(ask(leaf, ListSites, {})).rejects.toMatchObject({ code: 'service-away' });
  });

  it('is no longer heard when it is removed', async () => {
    expect(addLeaf('remove')).toBe('NOTIFICATIONS: no leaf\nDEAD: no leaf\n');
  });
});
