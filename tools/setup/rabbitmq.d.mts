import type { ServerHandle } from './servers.mjs';

export interface Rabbitmq extends ServerHandle {
  /** Its log and data. */
  readonly dir: string;
  /** Of an administrator, with its password; the virtual host is `/`. */
  readonly url: string;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Whether RabbitMQ is installed on this machine; the project does not bring it along. */
export function hasRabbitmq(): boolean;

/**
 * Starts a RabbitMQ of its own on free ports of loopback; resolves when it serves. It shares nothing with another RabbitMQ of the machine, and ends
 * when this process ends, even by kill -9. Refuses with a sentence when RabbitMQ is not installed.
 */
export function startRabbitmq(): Promise<Rabbitmq>;
