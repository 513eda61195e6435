import { external } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import type { Quota } from '@lifeboat/openstack-client';

type Amounts = Readonly<Record<string, number>>;

export function sumOf(needs: readonly Amounts[]): Amounts {
  const sum: Record<string, number> = {};
  for (const [quota, amount] of needs.flatMap((one) => Object.entries(one))) sum[quota] = (sum[quota] ?? 0) + amount;
  return sum;
}

/** Pure. Says of every quota that is too small by how much; quotas that the site does not tell are not judged. */
export function quotaShortage(
  site: string,
  needed: Amounts,
  quotas: ReadonlyMap<string, Quota>,
): LifeboatError | undefined {
  const short = Object.entries(needed).flatMap(([name, amount]) => {
    const quota = quotas.get(name);
    return quota && quota.limit >= 0 && quota.used + amount > quota.limit ? [{ name, amount, ...quota }] : [];
  });
  if (short.length === 0) return undefined;
  const said = short.map(
    ({ name, amount, limit, used }) => `${name} needs ${amount} more, ${used} of ${limit} are used`,
  );
  return external('quota-too-small', `The quota of the project at ${site} is too small: ${said.join('; ')}.`, {
    mend: 'Raise it, or free something; nothing was made yet.',
    data: { site, short },
  });
}
