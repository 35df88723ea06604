/** In words for whoever starts the service: why it cannot listen, and what to do about it. */
export function whyNotListening(
  error: NodeJS.ErrnoException,
  { host, port, isMock }: { host: string; port: number; isMock: boolean },
): string {
  const other = `PORT=${port + 1} make ${isMock ? "mock" : "start"}`;
  switch (error.code) {
    case "EADDRINUSE":
      return `PORT=${port} is in use: another program listens there, perhaps this service, started before. End that one, or choose another port: ${other}`;
    case "EACCES":
      return `PORT=${port} may not be used by this user: ports below 1024 are for the system. Choose another one, such as PORT=8000; nginx or the container can listen on ${port} before it.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST=${host} is no address of this machine. Leave HOST unset to listen on all of them.`;
    default:
      return `HOST=${host} and PORT=${port} cannot be listened on (${error.code ?? error.message}). Choose another port: ${other}`;
  }
}
