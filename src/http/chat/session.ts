import type { Clock } from "../../core/ports.ts";
import type { PendingReview } from "../../core/reviewing/review-standing.ts";
import type {
  DraftView,
  Entry,
  Mode,
  Outgoing,
  SessionView,
  Settings,
  Situation,
} from "./protocol.ts";

const maxEntries = 400;
/** With the ellipsis as long as a name that is given; a list cuts it where its width ends. */
const maxNameLength = 99;

type Listener = (event: Outgoing) => void;

/** One conversation on the page: what stands in it, and who is looking. */
export type Session = {
  id: string;
  conversationId: string;
  /** Begun from a real conversation, whose tags and ages then count as in production. */
  isFromIntercom: boolean;
  settings: Settings;
  view(): SessionView;
  entries(): Entry[];
  mode(): Mode;
  /** Who writes, from where and when, and when that was set, in milliseconds since 1970. */
  situation(): { situation: Situation | null; setAt: number };
  isFull(): boolean;
  isTyping(): boolean;
  /** Milliseconds since 1970 when somebody last did anything here. */
  usedAt(): number;
  listenerCount(): number;

  /** Adds an entry, or replaces the one with the same id, and tells everybody who looks. */
  put(entry: Entry): void;
  change(changes: {
    name?: string | undefined;
    customerName?: string | undefined;
    mode?: Mode | undefined;
    situation?: Situation | null | undefined;
  }): void;
  typing(): void;
  removed(): void;
  /** @returns the function that ends it */
  listen(listener: Listener): () => void;

  /** Drafts that wait for a verdict, by id. */
  pending: Map<string, { review: PendingReview; view: DraftView; at: number }>;
  /** What is known of the answers that stand here, by the ids of their messages. */
  answered: Map<string, PendingReview>;
};

export function createSession(options: {
  id: string;
  conversationId: string;
  isFromIntercom: boolean;
  settings: Settings;
  name: string;
  customerName: string;
  mode: Mode;
  situation: Situation | null;
  clock: Clock;
}): Session {
  const { id, clock } = options;
  const createdAt = clock();
  const listeners = new Set<Listener>();
  const entries = new Map<string, Entry>();
  let { name, customerName, mode, situation } = options;
  let situationSetAt = createdAt;
  let isTyping = false;
  let usedAt = createdAt;

  const tell = (event: Outgoing) => {
    for (const listener of listeners) listener(event);
  };
  const view = (): SessionView => ({
    id,
    name: name || nameFrom([...entries.values()]),
    customerName,
    mode,
    settings: options.settings,
    situation,
    createdAt,
  });

  return {
    id,
    conversationId: options.conversationId,
    isFromIntercom: options.isFromIntercom,
    settings: options.settings,
    pending: new Map(),
    answered: new Map(),
    view,
    entries: () => [...entries.values()],
    mode: () => mode,
    situation: () => ({ situation, setAt: situationSetAt }),
    isFull: () => entries.size >= maxEntries,
    isTyping: () => isTyping,
    usedAt: () => usedAt,
    listenerCount: () => listeners.size,
    put(entry) {
      const nameBefore = view().name;
      const isNew = !entries.has(entry.id);
      entries.set(entry.id, entry);
      usedAt = clock();
      if (isNew && !isCustomers(entry)) isTyping = false;
      tell(entry);
      if (view().name !== nameBefore) tell({ type: "session", session: view() });
    },
    change(changes) {
      name = changes.name ?? name;
      customerName = changes.customerName ?? customerName;
      mode = changes.mode ?? mode;
      if (changes.situation !== undefined) {
        situation = changes.situation;
        situationSetAt = clock();
      }
      usedAt = clock();
      tell({ type: "session", session: view() });
    },
    typing() {
      isTyping = true;
      tell({ type: "typing" });
    },
    removed: () => tell({ type: "removed" }),
    listen(listener) {
      listeners.add(listener);
      usedAt = clock();
      return () => void listeners.delete(listener);
    },
  };
}

/** A session without a name of its own goes by what the customer wrote first. */
function nameFrom(entries: Entry[]): string {
  const first = entries.find(isCustomers);
  if (first === undefined) return "New session";
  const [line = ""] = first.text.split("\n");
  return line.length <= maxNameLength
    ? line
    : `${line.slice(0, maxNameLength).trimEnd().toWellFormed()}…`;
}

function isCustomers(entry: Entry): entry is Extract<Entry, { type: "message"; role: "customer" }> {
  return entry.type === "message" && entry.role === "customer";
}
