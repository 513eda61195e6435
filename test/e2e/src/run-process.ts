import { spawn } from 'node:child_process';

export interface Ended {
  /** `null`: it was killed. */
  readonly code: number | null;
  /** Both streams. */
  readonly out: string;
}

/** Runs a program to its end; `dieAt`: it is killed as soon as that is so. */
export function runProcess(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  dieAt?: () => boolean,
): Promise<Ended> {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => said.push(text.toString()));
  const watch = setInterval(() => dieAt?.() && child.kill('SIGKILL'), 2);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, out: said.join('') });
    }),
  );
}
