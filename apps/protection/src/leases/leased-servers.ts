import { ReadServers } from '@lifeboat/contracts';
import type { OutputOf } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import { Asker, LOGGER } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { Inject, Injectable } from '@nestjs/common';

/** To find out who belongs to a group all of its project is read. */
const FRESH_MS = 10_000;
const PATIENCE_MS = 60_000;

type Answer = OutputOf<typeof ReadServers>;

/** Which servers the lease of a group is about, as far as that is known now: no agent waits for it, it is learnt for the next that asks. */
@Injectable()
export class LeasedServers {
  private readonly known = new Map<string, Answer & { readonly at: number }>();
  private readonly asking = new Set<string>();

  constructor(
    private readonly asker: Asker,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** `undefined` while nobody has told: the agents keep to what they were told before. */
  of(groupId: string, site: string): Answer['servers'] | undefined {
    const known = this.known.get(groupId);
    if (!known || performance.now() - known.at > FRESH_MS) void this.learn(groupId);
    // Those of the site that the group has left are none of this one's.
    return known?.site === site ? known.servers : undefined;
  }

  private async learn(groupId: string): Promise<void> {
    if (this.asking.has(groupId)) return;
    this.asking.add(groupId);
    try {
      const answer = await this.asker.ask(ReadServers, { groupId }, { timeoutMs: PATIENCE_MS });
      this.known.set(groupId, { ...answer, at: performance.now() });
    } catch (thrown) {
      this.log.warn({ err: asLifeboatError(thrown), groupId }, 'which servers a lease is about is not known now');
    } finally {
      this.asking.delete(groupId);
    }
  }
}
