import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

/**
 * PostgreSQL compiled to WebAssembly, with the extension `vector` at hand (nothing has created it
 * yet), spoken to over a socket like any other. It needs no installation. It is one session behind
 * all connections: what one transaction does, the others wait for, so it cannot show what several
 * processes do to each other; that is for the real one in `postgres-server.ts`.
 */
export async function startPglite() {
  const database = await PGlite.create({ extensions: { vector } });
  const server = new PGLiteSocketServer({
    db: database,
    host: "127.0.0.1",
    port: 0,
    maxConnections: 40,
  });
  await server.start();
  return {
    url: `postgres://postgres:none@${server.getServerConn()}/postgres`,
    async stop() {
      await server.stop();
      await database.close();
    },
  };
}
