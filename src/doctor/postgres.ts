import { type Check, createFindings } from "./check.ts";

/** Whether the memory in this database can be used, and how well it finds. Nothing is changed. */
export async function checkPostgres(where: { url: string; schema: string }): Promise<Check[]> {
  const findings = createFindings("postgres");
  // Loaded here only: an installation without PostgreSQL needs none of it.
  const { openDatabase, DatabaseError } = await import("../adapters/postgres/database.ts");
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const database = openDatabase({ ...where, log: silent });
  try {
    const { version, shape, newestShape, mayCreate, vectors } = await database.inspect();
    findings.ok("server", `PostgreSQL ${version}`);
    const { schema } = where;
    if (shape === newestShape) findings.ok("shape", `the schema ${schema} is up to date`);
    else if (mayCreate) {
      const now = shape === 0 ? "is not there yet" : `has shape ${shape} of ${newestShape}`;
      findings.ok("shape", `the schema ${schema} ${now}; the next start sees to it`);
    } else {
      findings.wrong(
        "failed",
        "shape",
        `the schema ${schema} has to be ${shape === 0 ? "made" : "changed"}, and this user may not`,
        "Let the user create in this database (GRANT CREATE ON DATABASE … TO …), or in the schema if it is there.",
        "MEMORY_URL",
      );
    }
    if (vectors === "there") findings.ok("vectors", "the extension vector is there");
    else {
      findings.unproved(
        "vectors",
        vectors === "at hand"
          ? "the extension vector is not made yet (CREATE EXTENSION vector); only EMBEDDING_MODEL needs it"
          : "the extension vector is not installed on that server; only EMBEDDING_MODEL needs it",
      );
    }
  } catch (error) {
    const { what, remedy } =
      error instanceof DatabaseError
        ? error.trouble
        : { what: "it cannot be looked at", remedy: "See whether it runs." };
    findings.wrong("failed", "usable", what, remedy, "MEMORY_URL");
  } finally {
    database.close();
  }
  return findings.checks;
}
