import { basename, resolve } from "node:path";
import { list } from "./forms.ts";

/** A folder of knowledge as KNOWLEDGE_SOURCES names it. */
export type KnowledgeSource = {
  name: string;
  path: string;
  /** For teammates only. */
  isInternal: boolean;
};

const internal = /^internal:\s*/i;

/** `handbook=./docs, internal:runbook=./ops`; without a name the folder's own serves. */
export const knowledgeSources = list.transform((entries, context): KnowledgeSource[] => {
  const sources = entries.map((entry) => {
    const [, name = null, path = ""] =
      /^(?:([^=/\\.:]*?)\s*=\s*)?(.*)$/.exec(entry.replace(internal, "")) ?? [];
    const isInternal = internal.test(entry);
    return { name: name ?? (path === "" ? "" : basename(resolve(path))), path, isInternal };
  });
  const names = sources.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  const address = sources.find(({ path }) => /^[a-z][a-z+.-]+:\/\//i.test(path));
  const incomplete = entries[sources.findIndex(({ name, path }) => name === "" || path === "")];
  const complain = (message: string) => context.addIssue({ code: "custom", message });
  if (address !== undefined) {
    complain(
      `names the address ${withoutPassword(address.path)}: addresses are not supported yet, only folders on this machine`,
    );
  } else if (incomplete !== undefined) {
    complain(
      `must be folders such as handbook=./docs, separated by commas; "${incomplete}" is none`,
    );
  } else if (twice !== undefined) {
    complain(`names two sources "${twice}": give each a name of its own, such as handbook=./docs`);
  }
  return sources;
});

function withoutPassword(address: string): string {
  return address.replace(/\/\/[^/]*@/, "//");
}
