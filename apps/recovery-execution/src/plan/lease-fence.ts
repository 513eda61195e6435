import { EndLease } from '@lifeboat/contracts';
import type { FencePrimary, DataOf, HookResult, Lease, LeaseOfAgent } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { Asker } from '@lifeboat/service-kit';
import { Injectable } from '@nestjs/common';

/** A minute for a guest to shut down before Nova powers it off, and as long again for calls, and clocks that do not run alike. */
const MARGIN_SECONDS = 120;

type Of = Pick<DataOf<typeof FencePrimary>, 'groupId' | 'runId' | 'site'>;

/** The agents at the primary end their leases before this does; that they stopped the servers rests on them. */
@Injectable()
export class LeaseFence {
  constructor(private readonly asker: Asker) {}

  /** `undefined`: it has not run out yet. Throws what `failed` makes of a refusal, and retryable errors as they are. */
  async end(
    { ttl, margin = MARGIN_SECONDS }: Lease,
    { groupId, runId, site }: Of,
    failed: (error: LifeboatError) => LifeboatError,
  ): Promise<HookResult | undefined> {
    try {
      const { over, leases } = await this.asker.ask(EndLease, { groupId, runId, site, marginSeconds: margin });
      if (!over) return undefined;
      const said = leases.map((lease) => leaseText(lease, margin)).join(' ');
      return { hook: `lease of ${ttl} s`, outcome: 'done', at: new Date().toISOString(), said };
    } catch (thrown) {
      const error = asLifeboatError(thrown);
      throw error.retryable ? error : failed(error);
    }
  }
}

/** For people: what is known, and on whom it rests. */
export function leaseText(
  { agent, ttlSeconds, grantedAt, heldSince, fencedAt, stopped }: LeaseOfAgent,
  marginSeconds: number,
): string {
  const ranOut = new Date(Date.parse(grantedAt) + ttlSeconds * 1_000).toISOString();
  const held = heldSince === undefined ? 'never said that it held the lease' : `held the lease since ${heldSince}`;
  const acted =
    fencedAt === undefined
      ? 'It has not said that it stopped the servers: that it did rests on it.'
      : `It says that none ran any more at ${fencedAt}, and that it stopped ${stopped.map(({ name }) => name).join(', ') || 'none'}: that rests on it.`;
  return `Agent ${agent} ${held}; granted last at ${grantedAt}, it ran out at ${ranOut} at the latest, and ${marginSeconds} s more were waited. ${acted}`;
}
