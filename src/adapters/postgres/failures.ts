/** Where a database is, as a person may read it. */
export type Address = { server: string; database: string; user: string };

/** The server, database and user that a URL names; never the password. */
export function addressOf(url: string): Address {
  const { hostname, port, pathname, username, searchParams } = new URL(url);
  const host = decodeURIComponent(hostname || searchParams.get("host") || "localhost");
  const user = decodeURIComponent(username) || "the system's user";
  return {
    server: host.startsWith("/") ? host : `${host}:${port || "5432"}`,
    database: decodeURIComponent(pathname.slice(1)) || user,
    user,
  };
}

/** What the system says when a server cannot be reached. */
const networkWords: Record<string, string> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ENOENT: "there is no socket of that name",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "the host's name cannot be looked up",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that host",
};

/** Of certificates: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const certificateCodes = [
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

/** What is wrong, as a sentence without its full stop, and what a person can do, in whole ones. */
export type Trouble = { what: string; remedy: string };

/** Something about the database itself makes it unusable. */
export class UnfitDatabase extends Error {
  override readonly name = "UnfitDatabase";
  readonly trouble: Trouble;

  constructor(what: string, remedy: string) {
    super(what);
    this.trouble = { what, remedy };
  }
}

/**
 * What a failed call is said to have come to: a code and, where they cannot hold anything that was
 * stored, the server's words. Those about values (classes 22 and 23 of
 * https://www.postgresql.org/docs/current/errcodes-appendix.html) quote them.
 */
export function resultOf(error: unknown): string {
  const { code, message } = partsOf(error);
  const network = networkWords[code];
  if (network !== undefined) return `${network} (${code})`;
  if (isState(code)) return /^2[23]/.test(code) ? `error ${code}` : `${message} (${code})`;
  if (isTimeout(error)) return "it does not answer";
  if (code !== "") return code;
  return message || "failed";
}

/** Whether the same call may succeed soon without anybody changing anything. */
export function isPassing(error: unknown): boolean {
  const { code, message } = partsOf(error);
  if (unreadableFile(error) !== null) return false;
  if (networkWords[code] !== undefined || isTimeout(error)) return true;
  // Connections, transactions in the way, resources, an operator's intervention, the system.
  if (isState(code)) return /^(08|40|53|55|57|58)/.test(code);
  return /terminated|closed|not queryable/i.test(message);
}

/** Why the database cannot be used and what to do, for whoever starts the service; never with the password. */
export function whyUnusable(error: unknown, address: Address, schema: string): Trouble {
  const { what, remedy } = troubleOf(error, address, schema);
  return {
    what: `PostgreSQL at ${address.server}, database "${address.database}": ${what}`,
    remedy,
  };
}

function troubleOf(error: unknown, { server, database, user }: Address, schema: string): Trouble {
  const { code, message } = partsOf(error);
  if (error instanceof UnfitDatabase) return error.trouble;
  if (code === "28P01") {
    return {
      what: `the password of the user "${user}" is wrong`,
      remedy: "Mend it in MEMORY_URL.",
    };
  }
  if (/client password must be a string/.test(message)) {
    return {
      what: "it asks for a password, and MEMORY_URL holds none",
      remedy: `Write it behind the user's name: postgres://${user}:PASSWORD@${server}/${database}.`,
    };
  }
  if (code === "28000") {
    return {
      what: `it refuses the user "${user}" (${message})`,
      remedy:
        "Name another user in MEMORY_URL, or let this one in (pg_hba.conf); where it asks for encryption, add ?sslmode=require to MEMORY_URL.",
    };
  }
  if (code === "3D000") {
    return {
      what: "there is no such database",
      remedy: `Create it (createdb ${database}), or name another one in MEMORY_URL.`,
    };
  }
  if (code === "42501") {
    return {
      what: `the user "${user}" may not create what is needed there (${message})`,
      remedy: `As the database's owner: GRANT CREATE ON DATABASE "${database}" TO "${user}"; or, where the schema ${schema} is there already: ALTER SCHEMA ${schema} OWNER TO "${user}".`,
    };
  }
  if (code === "25006") {
    return {
      what: "it is a copy that can only be read",
      remedy: "Name the server in MEMORY_URL that is written to.",
    };
  }
  if (code === "53300") {
    return {
      what: `it has no connection left (${message})`,
      remedy: "Raise max_connections there, or close what holds them.",
    };
  }
  const file = unreadableFile(error);
  if (file !== null) {
    return {
      what: `the file ${file} cannot be read (${code})`,
      remedy: "Name the one that is meant in MEMORY_URL (sslrootcert), and let this user read it.",
    };
  }
  if (/does not support SSL/.test(message)) {
    return {
      what: "it speaks no TLS",
      remedy:
        "Switch TLS on there, or, in a network that you trust, leave sslmode out of MEMORY_URL.",
    };
  }
  if (certificateCodes.includes(code)) {
    return {
      what: `its certificate cannot be trusted (${code})`,
      remedy:
        "Name the authority that signed it (sslrootcert=FILE in MEMORY_URL), or, in a network that you trust, encrypt without looking at it (sslmode=require).",
    };
  }
  return {
    what: resultOf(error),
    remedy:
      "Look whether it runs, and whether host and port in MEMORY_URL are right and let this machine in.",
  };
}

/** Several addresses of one host fail together, without words of their own. */
function partsOf(error: unknown): { code: string; message: string } {
  const first = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  if (!(first instanceof Error)) return { code: "", message: String(first) };
  return { code: "code" in first ? String(first.code) : "", message: first.message };
}

/** What an address names for TLS is read from files. */
function unreadableFile(error: unknown): string | null {
  const isReading = error instanceof Error && "syscall" in error && error.syscall === "open";
  return isReading && "path" in error ? String(error.path) : null;
}

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "TimeoutError" || /timeout/i.test(error.message);
}

/** Five letters and figures are one of PostgreSQL's states; what the system says is longer. */
export function isState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}
