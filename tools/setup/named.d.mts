import type { ServerHandle } from './servers.mjs';

export interface Named extends ServerHandle {
  /** Its configuration and data. */
  readonly dir: string;
  readonly port: number;
  /** Of the key that may update the zone. */
  readonly keyFile: string;
  /** The folder of `named`, `dig` and `nsupdate`. */
  readonly programs: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** The folder of BIND's programs: installed, or unpacked from Debian's packages. Undefined where they can be had from nowhere. */
export function namedPrograms(): string | undefined;

/** Starts a BIND of its own on a free port of loopback, which serves one zone (`shop.example.`). Ends when this process ends, even by kill -9. */
export function startNamed(options: { readonly zone: string }): Promise<Named>;
