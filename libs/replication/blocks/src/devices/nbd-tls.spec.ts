import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openNbd } from './nbd.ts';

const MIB = 1024 * 1024;

const there = spawnSync('qemu-nbd', ['--version']).status === 0 && spawnSync('openssl', ['version']).status === 0;
if (!there) console.log('qemu-nbd or openssl is not installed: the tests of NBD over TLS are skipped.');

/** An authority and what it has signed, in the files that QEMU looks for. */
function certify(folder: string, authority: string): void {
  mkdirSync(join(folder, authority));
  const at = (name: string) => join(folder, authority, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const key = (name: string) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at(name)];
  openssl('req', '-x509', ...key('ca-key.pem'), '-out', at('ca-cert.pem'), '-subj', `/CN=${authority}`, '-days', '2');
  for (const who of ['server', 'client']) {
    const usage = `subjectAltName=DNS:mover.example,IP:127.0.0.1\nextendedKeyUsage=${who}Auth\nkeyUsage=digitalSignature\n`;
    writeFileSync(at('extensions'), usage);
    openssl('req', ...key(`${who}-key.pem`), '-out', at(`${who}.csr`), '-subj', `/CN=${who}`);
    openssl(
      'x509',
      '-req',
      '-in',
      at(`${who}.csr`),
      '-CA',
      at('ca-cert.pem'),
      '-CAkey',
      at('ca-key.pem'),
      '-CAcreateserial',
      '-out',
      at(`${who}-cert.pem`),
      '-days',
      '2',
      '-extfile',
      at('extensions'),
    );
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

(there ? describe : describe.skip)('an NBD server that asks for certificates', () => {
  const bytes = randomBytes(8 * MIB);
  let folder: string;
  let port: number;
  let server: ChildProcess;
  const tls = (authority: string) => ({
    ca: readFileSync(join(folder, 'ours', 'ca-cert.pem')),
    cert: readFileSync(join(folder, authority, 'client-cert.pem')),
    key: readFileSync(join(folder, authority, 'client-key.pem')),
  });
  const at = () => ({ host: '127.0.0.1', port });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lifeboat-tls-spec-'));
    certify(folder, 'ours');
    certify(folder, 'theirs');
    writeFileSync(join(folder, 'disk'), bytes);
    port = await freePort();
    const credentials = `tls-creds-x509,id=tls,endpoint=server,verify-peer=yes,dir=${join(folder, 'ours')}`;
    server = spawn(
      'qemu-nbd',
      [
        '--object',
        credentials,
        '--tls-creds',
        'tls',
        '--bind',
        '127.0.0.1',
        '--port',
        String(port),
        '--persistent',
        '--shared',
        '8',
        '--export-name',
        'vdb',
        '--format',
        'raw',
        join(folder, 'disk'),
      ],
      { stdio: 'ignore' },
    );
    const listens = () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
        void pause(1_000).then(() => socket.destroy());
      });
    while (!(await listens())) await pause(20);
  });
  afterAll(() => {
    server.kill();
    rmSync(folder, { recursive: true });
  });

  it('is read and written over TLS by whom it knows, who knows it', async () => {
    await using device = await openNbd({ at: at(), exportName: 'vdb', tls: tls('ours'), writable: true });
    const read = Buffer.alloc(8 * MIB);
    await Promise.all(
      Array.from({ length: 32 }, (_, n) =>
        device.read(n * (MIB / 4), read.subarray(n * (MIB / 4), (n + 1) * (MIB / 4))),
      ),
    );
    expect(read.equals(bytes)).toBe(true);
    await device.write(MIB, Buffer.alloc(3 * MIB, 7));
    await device.flush();
    expect(
      readFileSync(join(folder, 'disk'))
        .subarray(MIB, 4 * MIB)
        .equals(Buffer.alloc(3 * MIB, 7)),
    ).toBe(true);
  });

  it('is known by the name in its certificate', async () => {
    const named = (serverName: string) => openNbd({ at: at(), exportName: 'vdb', tls: { ...tls('ours'), serverName } });
    await (await named('mover.example')).close();
    await expect(named('other.example')).rejects.toMatchObject({ kind: 'forbidden', code: 'nbd-tls-refused' });
  });

  it('lets nobody in without a certificate, or with one of another authority', async () => {
    await expect(openNbd({ at: at(), exportName: 'vdb' })).rejects.toMatchObject({ code: 'nbd-wants-tls' });
    // With TLS 1.3 the server's refusal comes after our side of the handshake is done.
    await expect(openNbd({ at: at(), exportName: 'vdb', tls: tls('theirs') })).rejects.toMatchObject({
      code: expect.stringMatching(/^nbd-(tls-refused|unreachable)$/) as string,
    });
  });

  it('is not trusted when another authority has signed it', async () => {
    const ca = readFileSync(join(folder, 'theirs', 'ca-cert.pem'));
    await expect(openNbd({ at: at(), exportName: 'vdb', tls: { ...tls('ours'), ca } })).rejects.toMatchObject({
      code: 'nbd-tls-refused',
    });
  });

  it('says which export it does not have', () =>
    expect(openNbd({ at: at(), exportName: 'vdz', tls: tls('ours') })).rejects.toMatchObject({
      kind: 'not-found',
      code: 'nbd-export-not-found',
    }));
});

(there ? describe : describe.skip)('an NBD server without TLS', () => {
  it('gets no request in the clear from whom wants TLS', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lifeboat-tls-spec-'));
    certify(folder, 'ours');
    writeFileSync(join(folder, 'disk'), Buffer.alloc(MIB));
    const path = join(folder, 'socket');
    const server = spawn('qemu-nbd', ['--socket', path, '--format', 'raw', join(folder, 'disk')], { stdio: 'ignore' });
    const ended = new Promise((resolve) => server.once('close', resolve));
    const of = (name: string) => readFileSync(join(folder, 'ours', name));
    const tls = {
      ca: of('ca-cert.pem'),
      cert: of('client-cert.pem'),
      key: of('client-key.pem'),
      serverName: 'mover.example',
    };
    const open = (): Promise<unknown> =>
      openNbd({ at: { path }, tls }).catch((thrown: { code?: string }) =>
        thrown.code === 'nbd-unreachable' ? pause(20).then(open) : thrown,
      );
    expect(await open()).toMatchObject({ kind: 'forbidden', code: 'nbd-without-tls' });
    server.kill();
    await ended;
    rmSync(folder, { recursive: true });
  });
});
