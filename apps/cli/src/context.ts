import { LifeboatApi } from '@lifeboat/api-client';
import type { Command } from 'commander';

export interface GlobalOptions {
  readonly json: boolean;
  readonly gateway: string;
}

export const DEFAULT_GATEWAY = 'http://127.0.0.1:8480';

/** The options that every command has, and the API they lead to. */
export function contextOf(command: Command): { readonly api: LifeboatApi; readonly options: GlobalOptions } {
  const options = command.optsWithGlobals<GlobalOptions>();
  return { api: new LifeboatApi(options.gateway), options };
}
