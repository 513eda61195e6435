import { asLifeboatError } from '@lifeboat/kernel';
import type { Capabilities, ReplicationDriver, Support } from '../driver.ts';
import { askRemote } from './ask-remote.ts';
import type { DriverRequest, RemoteAddress } from './ask-remote.ts';
import { API, describeSubject, Description, OptionalVerb } from './protocol.ts';

const FRESH_MS = 30_000;
/** A description is at hand in any process that runs; who waits longer for it holds up the choice of a driver for other disks. */
const DESCRIBE_MS = 2_000;

/** The parts of a driver that its description says. */
export type Described = { -readonly [K in 'summary' | 'can']: ReplicationDriver[K] } & {
  /** The optional verbs; all of them while it is not known which are offered: asking a process that is away can be tried again. */
  offers: readonly OptionalVerb[];
  /** The process's own. */
  version?: string;
};

/** The least that can be promised of a driver that was never heard. */
const unknown = (name: string): Capabilities => ({
  consistency: 'crash-per-disk',
  carries: 'bytes',
  incremental: false,
  unplanned: false,
  whyPlanned: `the process of driver "${name}" was not heard yet`,
  rollback: 'copies',
  rights: 'member',
  leavesAtSource: [],
});

/** What a remote driver says of itself: asked for again after a while, and kept when it is away. */
export class DescriptionOf {
  readonly known: Described;
  private heardAt = -Infinity;

  constructor(
    private readonly address: RemoteAddress,
    private readonly request: DriverRequest,
  ) {
    this.known = { summary: 'Remote; was not heard yet.', can: unknown(address.name), offers: OptionalVerb.options };
  }

  /** With the reason when it cannot be used now. */
  async present(): Promise<Support> {
    if (performance.now() - this.heardAt < FRESH_MS) return { ok: true };
    try {
      const said = await askRemote({ ...this.address, timeoutMs: DESCRIBE_MS }, this.request, {
        subject: describeSubject(this.address.name),
        body: { api: API },
        answer: Description,
      });
      return this.heard(said);
    } catch (thrown) {
      return { ok: false, reason: asLifeboatError(thrown).message };
    }
  }

  private heard({ api, name, summary, can, offers, version }: Description): Support {
    if (api !== API)
      return { ok: false, reason: `the process of driver "${name}" speaks driver API ${api}, this Lifeboat ${API}` };
    if (name !== this.address.name)
      return { ok: false, reason: `the process that answers for driver "${this.address.name}" says it is "${name}"` };
    this.heardAt = performance.now();
    Object.assign(this.known, {
      summary,
      can: JSON.parse(JSON.stringify(can)) as Capabilities,
      offers: OptionalVerb.options.filter((verb) => offers.includes(verb)),
      ...(version !== undefined && { version }),
    } satisfies Described);
    return { ok: true };
  }
}
