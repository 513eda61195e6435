import type { Json } from '@lifeboat/kernel';
import type { Aftershock, Entity, Topology } from '@lifeboat/openstack-entity-api';
import { many, one } from '../../fields.ts';
import { findingsIn, userDataText } from './user-data.ts';

const answer = (code: string, message: string, mend: string): Aftershock => ({
  code,
  about: 'carry-over',
  message,
  mend,
});

type Words = Readonly<Record<string, Json>>;
const wordsOf = (value: unknown): Words => (value ?? {}) as Words;

interface Facts {
  readonly kept: Entity;
  readonly all: Topology;
  /** Of the image it boots from, or of its root volume. */
  readonly image: Words;
  /** Extra specs. */
  readonly extra: Words;
  readonly flavor: Words;
  readonly userData: string | undefined;
}

function factsOf(kept: Entity, all: Topology, userData: string | undefined): Facts {
  const [imageRef, flavorRef] = [one(kept, 'image'), one(kept, 'flavor')];
  const [root] = many(kept, 'volumes');
  const flavor = wordsOf(flavorRef && all.get(flavorRef)?.spec);
  const fromVolume = kept.spec['boots_from'] === 'volume';
  const image = fromVolume
    ? wordsOf(root && all.get(root)?.spec['image_metadata'])
    : wordsOf(imageRef && all.get(imageRef)?.spec['properties']);
  return { kept, all, image, flavor, extra: wordsOf(flavor['extra_specs']), userData };
}

const RESTING = /^(PAUSED|SUSPENDED|SHELVED|SHELVED_OFFLOADED)$/;
const HOST_SPECS = /^(resources|trait|pci_passthrough|hw):(?!tpm)|^(resources|trait)\d/;

/** Each a question and its one answer: what cannot be carried, when it concerns a server, and what stands for it. */
const QUESTIONS: readonly ((facts: Facts) => Aftershock | false)[] = [
  () =>
    answer(
      'admin-password',
      'The password that Nova made for it is known to nobody: the accounts are what its root disk holds.',
      'Keep a way in that is on the disk (an account, an SSH key); a root disk started anew from its image has only what the image and user data give it.',
    ),
  ({ kept }) =>
    kept.spec['boots_from'] === 'image' &&
    answer(
      'injected-files',
      'Files that were injected when it was made are shown by no API: they come with a copied root disk, and not with one started from the image.',
      'Put them into user data or the image.',
    ),
  ({ kept }) =>
    one(kept, 'keypair') !== undefined &&
    answer(
      'private-key',
      'Of its keypair only the public half is known.',
      'See that whoever logs in after a recovery has the private key at hand.',
    ),
  ({ kept, all }) => {
    const addresses = many(kept, 'ports').flatMap((port) =>
      all
        .referringTo(port)
        .filter(({ kind }) => kind === 'floating-ip')
        .map(({ name }) => name),
    );
    return (
      addresses.length > 0 &&
      answer(
        'floating-ip-address',
        `Its floating IP ${addresses.join(', ')} is the provider's: at the target it gets another one, unless the same range is served there and an administrator asks.`,
        'Reach it by a name, and change the record with the failover.',
      )
    );
  },
  ({ image }) =>
    image['hw_firmware_type'] === 'uefi' &&
    answer(
      'nvram',
      'It boots by UEFI, whose variables (boot order, enrolled keys) are on the hypervisor.',
      'Install the fallback boot loader (\\EFI\\BOOT\\BOOTX64.EFI), and do not depend on keys enrolled by hand.',
    ),
  ({ image, extra }) =>
    (image['hw_tpm_version'] !== undefined || extra['hw:tpm_version'] !== undefined) &&
    answer(
      'vtpm',
      'What its virtual TPM holds is on the hypervisor, under a key of its owner.',
      'Keep a recovery key for disks that are sealed to the TPM, and enrol the new one.',
    ),
  ({ extra }) => {
    const asked = Object.keys(extra).filter((key) => HOST_SPECS.test(key));
    return (
      asked.length > 0 &&
      answer(
        'host-devices',
        `Its flavor asks hosts for ${asked.join(', ')}.`,
        'See that the target has hosts that offer it, or map the flavor to one that asks for less.',
      )
    );
  },
  ({ flavor }) =>
    (Number(flavor['ephemeral'] ?? 0) > 0 || Number(flavor['swap'] ?? 0) > 0) &&
    answer(
      'ephemeral-disks',
      'Its flavor gives it ephemeral or swap disks: they stand at the target, empty.',
      'Keep nothing there that is not made again.',
    ),
  ({ kept }) =>
    RESTING.test(String(kept.observed['status'] ?? '')) &&
    answer(
      'memory',
      `It was ${String(kept.observed['status']).toLowerCase().replace('_', ' ')}: its memory is not carried, and it stands switched off.`,
      'Start it when it is wanted.',
    ),
  ({ userData }) =>
    findingsIn(userDataText(userData) ?? '').applicationCredential &&
    answer(
      'application-credential',
      'Its user data holds an application credential, which is of the source cloud and known to no other.',
      'Make one at the target, and give it to the guest after the recovery.',
    ),
];

/** What of a server no one can carry, with the answer to each. */
export const carryOverAnswers = (kept: Entity, all: Topology, userData: string | undefined): readonly Aftershock[] => {
  const facts = factsOf(kept, all, userData);
  return QUESTIONS.map((question) => question(facts)).filter((shock) => shock !== false);
};
