import { connectorOf, deviceOf, openDevice } from '@lifeboat/replication-blocks';
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const MIB = 1024 * 1024;

/** Debian's tgt, which Cinder's LVM back end can export by, on a port of our own. */
describe('a LUN of a real iSCSI target', () => {
  const [control, port] = [String(randomInt(1_000, 9_000)), randomInt(20_000, 30_000)];
  const iqn = 'iqn.2010-10.org.openstack:volume-5f6c';
  const connector = connectorOf({ host: 'worker', ip: '127.0.0.1' });
  const info = {
    driver_volume_type: 'iscsi',
    target_portal: `127.0.0.1:${port}`,
    target_iqn: iqn,
    target_lun: 1,
    auth_method: 'CHAP',
    auth_username: 'volume',
    auth_password: randomBytes(8).toString('hex'),
  };
  let folder: string;
  let tgtd: ChildProcess;
  const tgtadm = (...args: string[]) =>
    execFileSync('tgtadm', ['-C', control, '--lld', 'iscsi', ...args], { stdio: 'pipe' });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lifeboat-iscsi-spec-'));
    const lun = join(folder, 'lun');
    await writeFile(lun, '');
    await truncate(lun, 16 * MIB);
    tgtd = spawn('tgtd', ['-f', '-C', control, '--iscsi', `portal=127.0.0.1:${port}`], { stdio: 'ignore' });
    const answers = (): boolean => {
      try {
        return tgtadm('--mode', 'target', '--op', 'show').length >= 0;
      } catch {
        return false;
      }
    };
    while (!answers()) await pause(50);
    tgtadm('--mode', 'target', '--op', 'new', '--tid', '1', '--targetname', iqn);
    tgtadm('--mode', 'logicalunit', '--op', 'new', '--tid', '1', '--lun', '1', '--backing-store', lun);
    tgtadm('--mode', 'account', '--op', 'new', '--user', 'volume', '--password', info.auth_password);
    tgtadm('--mode', 'account', '--op', 'bind', '--tid', '1', '--user', 'volume');
    tgtadm('--mode', 'target', '--op', 'bind', '--tid', '1', '--initiator-address', 'ALL');
  });
  afterAll(async () => {
    tgtd.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it('is read and written as Cinder attached it, without the kernel', async () => {
    const bytes = randomBytes(2 * MIB);
    const expected = Buffer.alloc(16 * MIB);
    {
      await using device = await openDevice(deviceOf(info, { connector }), { writable: true });
      expect(device.size).toBe(16 * MIB);
      await device.write(1_000_001, bytes);
      await device.zero(2_000_000, 100_000);
      await device.flush();
    }
    bytes.copy(expected, 1_000_001);
    expected.fill(0, 2_000_000, 2_100_000);
    expect((await readFile(join(folder, 'lun'))).equals(expected)).toBe(true);
    await using device = await openDevice(deviceOf(info, { connector }));
    const read = Buffer.alloc(16 * MIB, 1);
    await device.read(0, read);
    expect(read.equals(expected)).toBe(true);
  });

  it('lets nobody in with another password, and nobody sees the right one', async () => {
    const wrong = deviceOf({ ...info, auth_password: 'not-it-at-all' }, { connector });
    await expect(openDevice(wrong)).rejects.toMatchObject({ kind: 'forbidden', code: 'device-forbids' });
    await using device = await openDevice(deviceOf(info, { connector }));
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(info.auth_password);
    await device.flush();
  });

  it('that is not exported is not found', () =>
    expect(openDevice(deviceOf({ ...info, target_iqn: `${iqn}-not` }, { connector }))).rejects.toMatchObject({
      kind: 'not-found',
      code: 'device-not-found',
    }));
});
