import type { Disk, SitePair } from './driver.ts';
import type { DriverRegistry } from './registry.ts';

/** Which driver a policy wants for which disks. A rule without conditions fits every disk. */
export interface DriverRule {
  readonly driver: string;
  readonly diskKind?: Disk['kind'] | undefined;
  readonly volumeType?: string | undefined;
  /** Which of the driver's settings: a hook, a database. */
  readonly named?: string | undefined;
  /** Of the disk's own metadata: `key`, or `key=value`. */
  readonly tag?: string | undefined;
}

export interface Choice {
  /** Undefined when no driver can carry the disk. */
  readonly driver?: string;
  /** As the rule that decided says: goes with the disk from here on. */
  readonly named?: string;
  /** One line for every driver: chosen or not, and why. */
  readonly reasons: readonly { readonly driver: string; readonly chosen: boolean; readonly reason: string }[];
}

const fits = (rule: DriverRule, disk: Disk): boolean =>
  (rule.diskKind === undefined || rule.diskKind === disk.kind) &&
  (rule.volumeType === undefined || rule.volumeType === disk.volumeType) &&
  (rule.tag === undefined || bearsTag(disk, rule.tag));

function bearsTag({ metadata = {} }: Disk, tag: string): boolean {
  const [key = '', ...value] = tag.split('=');
  return Object.hasOwn(metadata, key) && (value.length === 0 || metadata[key] === value.join('='));
}

const said = (rule: DriverRule): string => {
  const conditions = [
    rule.diskKind && `disk kind ${rule.diskKind}`,
    rule.volumeType && `volume type ${rule.volumeType}`,
    rule.tag && `tag ${rule.tag}`,
  ].filter(Boolean);
  return `the policy's rule for ${conditions.length > 0 ? conditions.join(' and ') : 'all disks'}`;
};

/**
 * The first rule that fits decides, and is not gone against: a disk that its driver cannot carry is refused, for the policy said how it
 * is to be carried. Without a rule the first registered driver that supports the disk carries it, of those that need no rule.
 */
export async function chooseDriver(
  disk: Disk,
  rules: readonly DriverRule[],
  drivers: DriverRegistry,
  sites: SitePair,
): Promise<Choice> {
  const rule = rules.find((one) => fits(one, disk));
  // A rule that names no driver there is must not look like one whose driver refuses.
  if (rule) drivers.get(rule.driver);
  let chosen: string | undefined;
  const answers = await Promise.all(
    drivers.all.map(async (driver) => ({
      name: driver.name,
      byRule: driver.can.chosen === 'by-rule',
      answer: await driver.supports(rule?.driver === driver.name ? namedBy(rule, disk) : disk, sites),
    })),
  );
  const reasons = answers.map(({ name, byRule, answer }) => {
    if (byRule && !rule) return { driver: name, chosen: false, reason: "only a policy's rule chooses it" };
    if (!answer.ok) return { driver: name, chosen: false, reason: answer.reason };
    if (rule && rule.driver !== name)
      return { driver: name, chosen: false, reason: `${said(rule)} names ${rule.driver}` };
    if (chosen !== undefined) return { driver: name, chosen: false, reason: `${chosen} comes before it` };
    chosen = name;
    return { driver: name, chosen: true, reason: rule ? said(rule) : 'the first that can carry it' };
  });
  return {
    ...(chosen !== undefined && { driver: chosen, ...(rule?.named !== undefined && { named: rule.named }) }),
    reasons,
  };
}

const namedBy = ({ named }: DriverRule, disk: Disk): Disk => ({ ...disk, ...(named !== undefined && { named }) });
