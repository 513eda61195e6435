import type { Cloud } from '@lifeboat/openstack-client';
import { createContext, Script } from 'node:vm';
import type { Tried } from './probe.ts';

/** Of the end of the console, as much as Nova keeps by default. */
const LINES = 2_000;
const MATCH_MS = 500;
const SAID_CHARACTERS = 200;

/** Passes when one of its lines matches. */
export async function tryConsole(cloud: Cloud, serverId: string, pattern: string): Promise<Tried> {
  const { output } = await cloud.compute.post<{ output: string }>(`/servers/${serverId}/action`, {
    'os-getConsoleOutput': { length: LINES },
  });
  const lines = output.split('\n').map((line) => line.replace(/\r$/, ''));
  const found = lineThatFits(lines, pattern);
  if (found !== undefined) return { passed: true, said: brief(found) };
  const last = lines.findLast((line) => line.trim() !== '');
  return { passed: false, said: last === undefined ? 'it says nothing yet' : `its last line is: ${brief(last)}` };
}

const brief = (line: string): string => line.slice(0, SAID_CHARACTERS);

/** The pattern is a user's, the lines are a guest's: together they may take for ever, so that their time is limited. Throws when it is over. */
export function lineThatFits(lines: readonly string[], pattern: string): string | undefined {
  const script = new Script('lines.find((line) => new RegExp(pattern).test(line))');
  return script.runInContext(createContext({ lines, pattern }), { timeout: MATCH_MS }) as string | undefined;
}
