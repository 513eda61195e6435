import { deterministicId, external, invalidInput, notFound } from '@lifeboat/kernel';
import { tagsOf } from '@lifeboat/replication-driver-api';
import type { DriverIo, Mark, PointOfDisk } from '@lifeboat/replication-driver-api';
import { findImagesNamed } from '../openstack/images.ts';
import type { Image } from '../openstack/images.ts';

interface Server {
  readonly status: string;
  readonly 'OS-EXT-STS:task_state': string | null;
  readonly image: { readonly id: string } | '' | null;
}

/** Nova takes properties, but a name is what Glance lets us look for at once; it is the same for every try, and nobody else's. */
const nameOf = (mark: Mark): string => `lifeboat-${deterministicId(...tagsOf(mark))}`;

/** Oldest first, the remembered one before all. */
export const findServerImages = (remembered: string | undefined, io: DriverIo): Promise<readonly Image[]> =>
  findImagesNamed(io.source, nameOf(io.mark('snapshot')), remembered);

export async function serverOf({ disk }: PointOfDisk, { source }: DriverIo): Promise<Server> {
  const { server } = await source.compute.get<{ server: Server }>(`/servers/${disk.id}`).catch((thrown: unknown) => {
    if ((thrown as { kind?: string }).kind !== 'not-found') throw thrown;
    throw notFound('disk-gone', `Server "${disk.name}" (${disk.id}) is not at ${source.site} any more.`, {
      mend: 'Take a new point: it captures what is there now.',
      cause: thrown,
    });
  });
  if (!server.image)
    throw invalidInput(
      'server-has-no-ephemeral-root',
      `Server "${disk.name}" is booted from a volume: its image would hold no bytes.`,
      { mend: 'Carry the volume.' },
    );
  return server;
}

/** Nova has read the disk: what follows is only the upload. */
export const isTaken = (server: Server): boolean =>
  !['image_snapshot', 'image_snapshot_pending'].includes(server['OS-EXT-STS:task_state'] ?? '');

/** `requestedAt` goes along as a property: our clock, found again after a crash. */
export const REQUESTED_AT = 'lifeboat_requested_at';

/** Answers the image's id, for the memo. */
export async function requestServerImage({ disk }: PointOfDisk, io: DriverIo): Promise<string | undefined> {
  const mark = io.mark('snapshot');
  const createImage = { name: nameOf(mark), metadata: { ...mark, [REQUESTED_AT]: io.now() } };
  const asked = io.source.compute.post<{ readonly image_id: string } | undefined>(`/servers/${disk.id}/action`, {
    createImage,
  });
  const made = await asked.catch((thrown: unknown) => {
    if ((thrown as { kind?: string }).kind !== 'conflict') throw thrown;
    throw external(
      'server-busy',
      `Nova of ${io.source.site} takes no image of server "${disk.name}" now: it is at something else.`,
      { retry: 'yes', cause: thrown },
    );
  });
  return made?.image_id;
}
