import type { Finding, ResolvedSwitch } from '@lifeboat/contracts';
import { asLifeboatError, timedOut } from '@lifeboat/kernel';
import type { Rebuild } from '@lifeboat/openstack-entity-api';
import type { Sites } from '@lifeboat/service-kit';
import { setTimeout as pause } from 'node:timers/promises';
import type { PlansFile } from '../plan/plans-file.ts';
import { kindOf } from './kinds.ts';
import type { Checking } from './switch-kind.ts';

/** A run that is in a hurry waits no longer for what may be lost as well. */
const LOOK_MS = 20_000;

interface Found {
  readonly blockers: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** What stands in the way of each switch, looked for where it would be made. Nothing at the site that the group leaves is called, unless it comes home by plan. */
export async function trafficFindings(
  traffic: readonly ResolvedSwitch[],
  {
    run,
    callsSource,
    file,
    sites,
  }: { readonly run: Rebuild; readonly callsSource: boolean; readonly file: PlansFile; readonly sites: Sites },
): Promise<Found> {
  const found = await Promise.all(
    traffic.map(async (one, i): Promise<Found> => {
      const { key, kind, what } = kindOf(one);
      const where = `plan, spec.traffic[${i}].${key}`;
      if (!callsSource && siteOf(one) === run.source) return { blockers: [], warnings: [atPrimary(where, run.source)] };
      const checking: Checking = {
        file,
        where,
        cloud: (site) => sites.open(site),
        target: run.cloud.site,
        topology: run.topology,
        signal: run.signal,
      };
      const looked = Promise.race([kind.blockers(what, checking), tooLate()]);
      return { blockers: await looked.catch((thrown: unknown) => [notFoundOut(thrown, checking)]), warnings: [] };
    }),
  );
  return { blockers: found.flatMap((one) => one.blockers), warnings: found.flatMap((one) => one.warnings) };
}

async function tooLate(): Promise<never> {
  await pause(LOOK_MS, undefined, { ref: false });
  throw timedOut('switch-not-looked-at', `did not answer within ${LOOK_MS / 1_000} s.`);
}

const siteOf = ({ designate, members }: ResolvedSwitch): string | undefined => (designate ?? members)?.site;

const atPrimary = (where: string, site: string): Finding => ({
  code: 'plan-switch-at-primary',
  where,
  message: `is at ${site}, where the group runs: a failover without that site leaves it as it is, and says so.`,
  mend: 'Let what leads to the group stand at a third site, or at the recovery site.',
});

function notFoundOut(thrown: unknown, { signal, where }: Checking): Finding {
  signal.throwIfAborted();
  const { code, message, mend } = asLifeboatError(thrown);
  return { code, where, message, ...(mend !== undefined && { mend }) };
}
