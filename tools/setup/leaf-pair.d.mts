import type { ServerHandle } from './servers.mjs';

export interface LeafPair {
  /** Logs and data of both. */
  readonly dir: string;
  readonly hub: ServerHandle & { readonly url: string };
  readonly leaf: ServerHandle & { readonly url: string };
  /** Breaks the link between them, at once, until `heal`. */
  cut(): void;
  heal(): void;
  /** Ends both and removes their data. */
  stop(): Promise<void>;
}

/** Whether there is `openssl`, which makes the hub's certificate. */
export function canStartLeafPair(): boolean;

/** Starts a hub and the leaf node of one site by deploy/nats/{hub,leaf}.conf; resolves when both serve. They end when this process ends. */
export function startLeafPair(options: { readonly site: string }): Promise<LeafPair>;
