import { gunzipSync } from 'node:zlib';

const GZIP = [0x1f, 0x8b];
const MOST_BYTES = 1_000_000;

/** What Nova keeps in base64, and cloud-init takes gzipped too, as text. `undefined` where it is neither. Never to be shown: it is full of passwords. */
export function userDataText(base64: string | undefined): string | undefined {
  if (!base64) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (!GZIP.every((byte, i) => bytes[i] === byte)) return bytes.toString('utf8');
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Lines, counted from 1, that hold one of the words. */
export const linesWith = (text: string, words: readonly string[]): readonly number[] =>
  text.split('\n').flatMap((line, i) => (words.some((word) => line.includes(word)) ? [i + 1] : []));

export interface CloudInitFindings {
  /** Steps of cloud-init that run once in each new instance, as named in the text. */
  readonly steps: readonly string[];
  /** It partitions or formats disks even when they hold something. */
  readonly overwrites: boolean;
  readonly applicationCredential: boolean;
  /** Disks by what changes with the volume's id. */
  readonly disksById: boolean;
}

const STEPS = ['runcmd', 'bootcmd', 'users', 'chpasswd', 'ssh_keys', 'write_files', 'packages', 'mounts', 'swap'];

/** By cloud-init's own words (its modules of the frequency "once per instance"), without understanding the rest. Pure. */
export function findingsIn(text: string): CloudInitFindings {
  const named = (module: string): boolean => new RegExp(`^\\s*${module}\\s*:`, 'm').test(text);
  const script = /^#!/m.test(text);
  return {
    steps: [...(script ? ['its script'] : []), ...[...STEPS, 'disk_setup', 'fs_setup'].filter(named)],
    overwrites:
      /^\s*(-\s*)?overwrite\s*:\s*(true|yes|on)\s*$/im.test(text) && (named('disk_setup') || named('fs_setup')),
    applicationCredential: /application_credential|OS_APPLICATION_CREDENTIAL/i.test(text),
    disksById: text.includes('/dev/disk/by-id/'),
  };
}
