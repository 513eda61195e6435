import { illegalState } from '@lifeboat/kernel';

/** The newest microversions whose answers this code knows (Nova and Cinder of the Zed release). Newer servers are asked to speak these. */
const CEILING = { compute: '2.93', volume: '3.70' } as const;

/** Nova answers one version at its root, Cinder a list with one entry. */
export interface VersionDocument {
  readonly version?: VersionEntry;
  readonly versions?: readonly (VersionEntry & { readonly status?: string })[];
}

interface VersionEntry {
  readonly version?: string;
  readonly min_version?: string;
}

const parse = (version: string): readonly [number, number] => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return [major, minor];
};

export function atLeast(have: string | undefined, want: string): boolean {
  if (!have) return false;
  const [a, b] = [parse(have), parse(want)];
  return a[0] > b[0] || (a[0] === b[0] && a[1] >= b[1]);
}

/** The lower of our ceiling and the server's newest, by its version document; undefined for a server without microversions. */
export function agreedMicroversion(service: keyof typeof CEILING, document: VersionDocument): string | undefined {
  const entry = document.version ?? document.versions?.find(({ status }) => status === 'CURRENT');
  if (!entry?.version) return undefined;
  if (entry.min_version && !atLeast(CEILING[service], entry.min_version))
    throw illegalState('openstack-too-new', `The ${service} service speaks ${entry.min_version} or newer only.`, {
      mend: `Use a newer Lifeboat: this one speaks ${CEILING[service]} at most.`,
    });
  return atLeast(entry.version, CEILING[service]) ? CEILING[service] : entry.version;
}
