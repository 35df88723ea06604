import type { Config } from "../config.ts";
import { placeOf } from "../core/knowledge-source.ts";

type Row = {
  part: string;
  state: "real" | "real, read only" | "embedded" | "mocked";
  change: string;
};

/** For mock mode: what is real, what is embedded, what is stood in for, and how to change it. */
export function mockSetupTable(config: Config): string {
  const { intercom, model, policy } = config;
  const sources = policy.sources.map((source) => `${source.name}=${placeOf(source)}`).join(", ");
  const rows: Row[] = [
    {
      part: "Intercom",
      state: intercom === null ? "mocked" : "real, read only",
      change:
        intercom === null
          ? "MOCK_READS_INTERCOM=true reads your workspace, never writes to it"
          : "MOCK_READS_INTERCOM=false leaves your workspace alone",
    },
    {
      part: "Slack",
      state: "mocked",
      change: "MOCK_MODE=false with SLACK_BOT_TOKEN asks in Slack",
    },
    {
      part: "Model",
      state: model === null ? "mocked" : "real",
      change:
        model === null
          ? "OPENAI_API_KEY or OPENAI_BASE_URL; until then a built-in drafter quotes what is recalled"
          : `${model.model}; OPENAI_MODEL names another, without OPENAI_API_KEY and OPENAI_BASE_URL it is mocked`,
    },
    memoryRow(config),
  ];
  if (sources !== "") {
    const change = `${sources}; without KNOWLEDGE_SOURCES (and sources in the policy file) it is the demo's`;
    rows.push({ part: "Articles", state: "real", change });
  }
  const width = (column: "part" | "state") => Math.max(...rows.map((row) => row[column].length));
  const [partWidth, stateWidth] = [width("part"), width("state")];
  return rows
    .map(({ part, state, change }) => {
      return `  ${part.padEnd(partWidth)}  ${state.padEnd(stateWidth)}  ${change}`;
    })
    .join("\n");
}

function memoryRow({ mem0, memoryUrl }: Config): Row {
  const part = "Memory";
  if (mem0 !== null) {
    return {
      part,
      state: "real",
      change:
        "recalls from Mem0, remembers in a namespace of its own; without MEM0_API_KEY it is embedded",
    };
  }
  if (memoryUrl !== null) {
    return {
      part,
      state: "real",
      change: "PostgreSQL, in a schema of its own; without MEMORY_URL it is embedded",
    };
  }
  return {
    part,
    state: "embedded",
    change:
      "MEM0_API_KEY recalls from Mem0, MEMORY_URL keeps it in PostgreSQL; until then a file under DATA_DIR/mock serves",
  };
}
