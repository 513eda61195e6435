import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const LOWEST = 15_000;
const TRIES = 50;

/**
 * A free TCP port on loopback, below the range from which the kernel takes the local ports of outgoing connections:
 * a server that is killed and started again must find its port still free.
 */
export async function freePort() {
  const highest = ephemeralStart();
  for (let i = 0; highest > LOWEST && i < TRIES; i++) {
    const port = LOWEST + Math.floor(Math.random() * (highest - LOWEST));
    if ((await listen(port)) === port) return port;
  }
  return listen(0);
}

function ephemeralStart() {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)[0]);
  } catch {
    return 32_768; // not Linux: the usual beginning
  }
}

/** Resolves to the port that could be bound, or undefined. */
function listen(port) {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const bound = server.address().port;
      server.close(() => resolve(bound));
    });
  });
}
