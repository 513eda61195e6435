import type { Finding, ResolvedSwitch } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import type { Rebuild } from '@lifeboat/openstack-entity-api';
import type { Sites } from '@lifeboat/service-kit';
import type { PlansFile } from '../plan/plans-file.ts';
import { kindOf } from './kinds.ts';
import type { Checking } from './switch-kind.ts';

interface Found {
  readonly blockers: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** What stands in the way of each switch, looked for where it would be made. Nothing at the site that the group leaves is called, unless it comes home. */
export async function trafficFindings(
  traffic: readonly ResolvedSwitch[],
  {
    run,
    home,
    file,
    sites,
  }: { readonly run: Rebuild; readonly home: boolean; readonly file: PlansFile; readonly sites: Sites },
): Promise<Found> {
  const found = await Promise.all(
    traffic.map(async (one, i): Promise<Found> => {
      const { key, kind, what } = kindOf(one);
      const where = `plan, spec.traffic[${i}].${key}`;
      if (!home && siteOf(one) === run.source) return { blockers: [], warnings: [atPrimary(where, run.source)] };
      const checking: Checking = {
        file,
        where,
        cloud: (site) => sites.open(site),
        target: run.cloud.site,
        topology: run.topology,
        signal: run.signal,
      };
      const blockers = await kind.blockers(what, checking).catch((thrown: unknown) => [notFoundOut(thrown, checking)]);
      return { blockers, warnings: [] };
    }),
  );
  return { blockers: found.flatMap((one) => one.blockers), warnings: found.flatMap((one) => one.warnings) };
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
