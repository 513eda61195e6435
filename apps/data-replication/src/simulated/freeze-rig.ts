import { DiscardDisks, ReplicateDisks } from '@lifeboat/contracts';
import type { Disk, Quiesce } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { until } from '@lifeboat/testing';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataBench } from './data-bench.ts';

const MINUTE = 60_000;
const GIB_BYTES = 16 * 1024 ** 2;

/** A hook of the drivers file. */
export const HELD = 'shop';

/** Writes down when it was asked and when it had answered, in ms, and does as files beside it say: takes its time, fails, or did not hold. */
const HOLD_PROGRAM = `#!/bin/sh
now() { date +%s%3N; }
echo "$LIFEBOAT_VERB asked $(now) $LIFEBOAT_POINT $LIFEBOAT_KEY $LIFEBOAT_SECONDS" >> "$1/held"
[ -f "$1/slow-$LIFEBOAT_VERB" ] && sleep "$(cat "$1/slow-$LIFEBOAT_VERB")"
[ -f "$1/fail-$LIFEBOAT_VERB" ] && { echo 'the database is in recovery' >&2; exit 1; }
[ -f "$1/say-$LIFEBOAT_VERB" ] && cat "$1/say-$LIFEBOAT_VERB"
echo "$LIFEBOAT_VERB done $(now) $LIFEBOAT_POINT $LIFEBOAT_KEY $LIFEBOAT_SECONDS" >> "$1/held"
`;

interface Call {
  readonly verb: 'quiesce' | 'unquiesce';
  readonly what: 'asked' | 'done';
  readonly at: number;
  readonly key: string;
  readonly seconds: string;
}

/** What a test of freezes has at hand. */
export class FreezeRig {
  private constructor(readonly bench: DataBench) {}

  /** A bench whose drivers file has the hook. */
  static async start(): Promise<FreezeRig> {
    const drivers = async (dir: string) => {
      await writeFile(join(dir, 'hold'), HOLD_PROGRAM, { mode: 0o755 });
      const action = { command: [join(dir, 'hold'), dir], timeoutSeconds: 20 };
      const file = (site: string, of: string): string => join(dir, site, 'disks', `${of}-%s.raw`);
      const site = (name: string) => ({
        volumes: { '*': { kind: 'file', volume: file(name, 'volume'), snapshot: file(name, 'snapshot') } },
      });
      return {
        hook: { hooks: { [HELD]: { quiesce: action, unquiesce: action } } },
        'block-stream': { folder: join(dir, 'trees'), sites: { alpha: site('alpha'), beta: site('beta') } },
      };
    };
    return new FreezeRig(await DataBench.start(GIB_BYTES, { drivers }));
  }

  get dir(): string {
    return this.bench.dir;
  }

  async calls(pointId: string): Promise<readonly Call[]> {
    const lines = (await readFile(join(this.dir, 'held'), 'utf8').catch(() => '')).trim().split('\n');
    return lines.flatMap((line) => {
      const [verb, what, at, point, key = '', seconds = ''] = line.split(' ');
      if (point !== pointId) return [];
      return [{ verb: verb as Call['verb'], what: what as Call['what'], at: Number(at), key, seconds }];
    });
  }

  /** When the hook said so first; waits for it. */
  moment(pointId: string, verb: Call['verb'], what: Call['what']): Promise<number> {
    const found = async () => (await this.calls(pointId)).find((call) => call.verb === verb && call.what === what)?.at;
    return until(`${verb} ${what}`, found, { timeoutMs: MINUTE, everyMs: 20 });
  }

  /** The last thing that was done is that it was let go of. */
  async letGo(pointId: string): Promise<void> {
    const last = async () => {
      const call = (await this.calls(pointId)).at(-1);
      return call?.verb === 'unquiesce' && call.what === 'done' ? call : undefined;
    };
    await until('the application to be let go of', last, { timeoutMs: MINUTE, everyMs: 20 });
  }

  async tells(name: string, text: string): Promise<void> {
    await writeFile(join(this.dir, name), text);
  }

  async tellsNothing(): Promise<void> {
    for (const verb of ['quiesce', 'unquiesce'])
      for (const what of ['slow', 'fail', 'say']) await rm(join(this.dir, `${what}-${verb}`), { force: true });
  }

  point(disks: readonly Disk[], quiesce: Partial<Quiesce> = {}) {
    const command = this.command(disks, quiesce);
    return { pointId: command.pointId, answer: this.bench.ask(ReplicateDisks, command) };
  }

  /** One that is never answered: it is given up. */
  async tellPoint(disks: readonly Disk[]): Promise<string> {
    const command = this.command(disks, {});
    await this.bench.tell(ReplicateDisks, command);
    return command.pointId;
  }

  /** Two drivers that know nothing of the hook. */
  private command(disks: readonly Disk[], quiesce: Partial<Quiesce>) {
    return {
      groupId: 'grp-3',
      pointId: newId(),
      source: 'alpha',
      target: 'beta',
      disks: [...disks],
      rules: [{ driver: 'block-stream', tag: 'streamed' }, { driver: 'image-transfer' }],
      quiesce: { hook: HELD, need: 'preferred' as const, atMostSeconds: 60, ...quiesce },
    };
  }

  /** When the primary was asked for snapshots, and had made them: when they were last seen in the making and first seen complete. */
  snapshots(since: number) {
    const requests = this.bench.simulators.alpha.requests({ since });
    return requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/snapshots'));
  }

  /** By what the tasks of the point were answered. */
  async taken(pointId: string): Promise<readonly { readonly requestedAt: string; readonly completedAt: string }[]> {
    const rows = await this.bench.query<{ result: { requestedAt: string; completedAt: string } }>(
      `select result from data.task where owner_id = $1 and request->>'verb' = 'snapshot' and state = 'done'`,
      [pointId],
    );
    return rows.map(({ result }) => result);
  }

  discard(pointId: string) {
    return this.bench.ask(DiscardDisks, { groupId: 'grp-3', pointId, sourceLost: false });
  }

  /** Snapshots at the primary take so long. */
  slowSnapshots(ms: number): void {
    this.bench.simulators.alpha.faults.add({ kind: 'latency', method: 'POST', path: '/snapshots$', ms });
  }
}
