import { BundleHome, verifyBundle } from '@lifeboat/contracts';
import type { AdoptFrom, BundleRef, FoundBundle } from '@lifeboat/contracts';
import { invalidInput, LifeboatError, notFound, openSecret } from '@lifeboat/kernel';
import { SETTINGS, Sites } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { sha256 } from './bundle-files.ts';
import { directoryPlace } from './directory-place.ts';
import { HOME_FILE, openedDisks, sealedIn } from './home-file.ts';
import { isObjectStore, newestFirst, placeOf } from './place.ts';
import type { Place } from './place.ts';

type Where = Pick<BundleRef, 'place' | 'site'>;
type Files = ReadonlyMap<string, Buffer>;
type Standing = Omit<BundleRef, 'manifest'>;

/** Bundles that stand somewhere, read and verified. Writes nothing. */
@Injectable()
export class ReadBundle {
  /** The last one: it is asked for part by part. */
  private known: { readonly manifest: string; readonly home: BundleHome } | undefined;

  constructor(
    private readonly sites: Sites,
    @Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_SECRET_KEY: string },
  ) {}

  /** Of each group the newest, or the named one. */
  async find(from: AdoptFrom, groupId: string | undefined): Promise<readonly FoundBundle[]> {
    const place = await this.placeAt(from);
    const groups = (await place.groups()).filter((one) => groupId === undefined || one === groupId).toSorted();
    const found: FoundBundle[] = [];
    for (const group of groups) {
      const names = await place.names(group);
      const [name] = from.name === undefined ? newestFirst(names) : names.filter((one) => one === from.name);
      if (name !== undefined) found.push(await this.lookAt(place, { ...whereOf(from), group, name }, from.key));
    }
    return found;
  }

  /** What a home is rebuilt from. Throws what a bundle is refused for, also when it is another one than was looked at. */
  async home(bundle: BundleRef): Promise<BundleHome> {
    if (this.known?.manifest === bundle.manifest) return this.known.home;
    const home = await this.read(bundle);
    this.known = { manifest: bundle.manifest, home };
    return home;
  }

  private async read(bundle: BundleRef): Promise<BundleHome> {
    const files = await (await this.placeAt(bundle)).read(bundle.group, bundle.name);
    const manifest = files.get('manifest.json');
    if (!manifest) throw bundleGone(bundle);
    if (sha256(manifest) !== bundle.manifest) throw altered(bundle, 'it is another one than was looked at');
    return homeIn(files, bundle);
  }

  readonly key = (): string => this.settings.LIFEBOAT_SECRET_KEY;

  private async lookAt(place: Place, bundle: Standing, trusted: string | undefined): Promise<FoundBundle> {
    const files = await place.read(bundle.group, bundle.name);
    const manifest = sha256(files.get('manifest.json') ?? Buffer.alloc(0));
    const { manifest: about, key } = verifyBundle(files, trusted);
    const { format: _format, files: _files, ...rest } = about ?? { format: 1, files: {} };
    const known = {
      bundle: { ...bundle, manifest },
      ...(about && { about: rest as FoundBundle['about'] }),
      ...(key !== undefined && { key }),
    };
    try {
      this.refuseSealedByAnother(homeIn(files, bundle, trusted), bundle);
      return known;
    } catch (thrown) {
      if (!(thrown instanceof LifeboatError)) throw thrown;
      const { code, message, mend } = thrown;
      return { ...known, problem: { code, where: pathOf(bundle), message, ...(mend !== undefined && { mend }) } };
    }
  }

  /** All of it, since one that cannot be opened would be found at the worst of moments. */
  private refuseSealedByAnother({ points, entities }: BundleHome, bundle: Standing): void {
    try {
      for (const { disks } of points) openedDisks(disks, this.key());
      for (const sealed of sealedIn(entities)) openSecret(sealed, this.key());
    } catch (cause) {
      throw invalidInput(
        'bundle-sealed-by-another-key',
        `What is secret in bundle ${pathOf(bundle)} was sealed under another key than this instance has.`,
        {
          mend: 'Start the services with the LIFEBOAT_SECRET_KEY of the instance that was lost. Without it recover by the bundle as its RUNBOOK.md says.',
          cause,
        },
      );
    }
  }

  private async placeAt({ place, site }: Where): Promise<Place> {
    if (!isObjectStore(place)) return directoryPlace(place);
    if (site === undefined)
      throw invalidInput('bundle-site-unnamed', `${place} is a container, and nothing says of which site.`, {
        mend: 'Name the recovery site: "--site NAME".',
      });
    return placeOf(place, await this.sites.open(site));
  }
}

/** Throws what it is refused for. Pure. */
function homeIn(files: Files, bundle: Standing, trusted?: string): BundleHome {
  const { faults, manifest } = verifyBundle(files, trusted);
  if (faults.length > 0) throw altered(bundle, faults.join('; '));
  if (manifest?.group !== bundle.group) throw altered(bundle, `it is a bundle of group "${manifest?.group ?? ''}"`);
  const bytes = files.get(HOME_FILE);
  const parsed = bytes && BundleHome.safeParse(JSON.parse(bytes.toString()));
  if (parsed?.success) return parsed.data;
  throw invalidInput(
    'bundle-not-adoptable',
    bytes
      ? `The ${HOME_FILE} of bundle ${pathOf(bundle)} is of a form that this version does not know.`
      : `Bundle ${pathOf(bundle)} has no ${HOME_FILE}: it was made by an earlier version.`,
    { mend: 'Recover by it as its RUNBOOK.md says, and protect what runs then.' },
  );
}

const whereOf = ({ place, site }: AdoptFrom): Where => ({ place, ...(site !== undefined && { site }) });
const pathOf = ({ place, group, name }: Standing): string => `${place}/${group}/${name}`;

const altered = (bundle: Standing, why: string) =>
  invalidInput('bundle-altered', `Bundle ${pathOf(bundle)} is not as it was written: ${why}.`, {
    mend: 'Take another copy of it, or an older one: "--bundle NAME". See that the public key is the one that was written down elsewhere.',
  });

const bundleGone = (bundle: BundleRef) =>
  notFound('bundle-not-found', `There is no bundle ${pathOf(bundle)} any more.`, {
    mend: 'Look at what there is: "lifeboat adopt --from PLACE".',
  });
