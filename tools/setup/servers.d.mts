export interface ServersOptions {
  /** Data is kept in a folder of this name from one start to the next; without a name it is new, and removed by `stop`. */
  readonly name?: string;
  /** Whether PostgreSQL's commits reach the disk; `false` is faster, and loses the last commits by a kill -9 too. Default: true. */
  readonly fsync?: boolean;
  /** Default: true. */
  readonly postgres?: boolean;
  /** Default: true. */
  readonly nats?: boolean;
}

export interface ServerHandle {
  /** Of the process that runs now; undefined after `kill`. */
  pid(): number | undefined;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** After `kill`: on the same port and data; resolves when it is ready. Does nothing when it runs. */
  start(): Promise<void>;
}

export interface Servers {
  /** Logs and data of the servers. */
  readonly dir: string;
  /** Of a superuser, with its password; undefined when not asked for. */
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** What LIFEBOAT_NATS_MONITOR_URL takes. */
  readonly natsMonitorUrl: string;
  readonly postgres: ServerHandle;
  readonly nats: ServerHandle & {
    /** Kills the server and removes its whole store; `start` brings it back empty. */
    wipe(): Promise<void>;
  };
  /** Ends both in order and removes their data (unless named). */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL and nats-server (JetStream, `sync_interval: always`) on free ports of loopback; resolves when both are ready.
 * They end when this process ends, even by kill -9. Refuses with a sentence when the packages of tools/testbed are not installed.
 */
export function startServers(options?: ServersOptions): Promise<Servers>;

/** A free port of loopback that no outgoing connection will take: a server killed on it can be started on it again. */
export function freePort(): Promise<number>;
