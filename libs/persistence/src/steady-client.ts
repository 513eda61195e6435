import pg from 'pg';

/**
 * A client that never lacks a listener for `error`. Pool and TypeORM hand theirs on between two turns of the event loop; a server that dies with its first
 * answer on the way says both in one packet, and without a listener the farewell would end the process. Nothing is lost by it: whoever uses the client is
 * told by the query.
 */
export class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
