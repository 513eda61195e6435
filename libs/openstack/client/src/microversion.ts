/** The newest microversions whose answers this code knows (Nova and Cinder of the Zed release). Newer servers are asked to speak these. */
const CEILING = { compute: '2.93', volume: '3.70' } as const;

const parse = (version: string): readonly [number, number] => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return [major, minor];
};

export function atLeast(have: string | undefined, want: string): boolean {
  if (!have) return false;
  const [a, b] = [parse(have), parse(want)];
  return a[0] > b[0] || (a[0] === b[0] && a[1] >= b[1]);
}

/** The lower of our ceiling and the server's newest, by its version document. */
export async function agreeMicroversion(
  service: keyof typeof CEILING,
  readDocument: () => Promise<string>,
): Promise<string | undefined> {
  const document = JSON.parse(await readDocument()) as {
    version?: { version?: string };
    versions?: readonly { version?: string; status?: string }[];
  };
  const newest = document.version?.version || document.versions?.find((v) => v.status === 'CURRENT')?.version;
  if (!newest) return undefined;
  return atLeast(newest, CEILING[service]) ? CEILING[service] : newest;
}
