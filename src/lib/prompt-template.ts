import Handlebars from "handlebars";

/**
 * What a template may name. A placeholder with `fields` is a list, to be written as
 * `{{#each name}} … {{field}} … {{/each}}`; a flag is asked for with `{{#if name}}`; any other is
 * a text.
 */
type Placeholder = { isRequired?: true; isFlag?: true; fields?: Placeholders };
export type Placeholders = { [name: string]: Placeholder };

export type PromptTemplate = {
  render(values: object): string;
  /** Names of the tags that the template itself writes, which data must therefore not contain. */
  tags: string[];
};

/**
 * Parses a Handlebars template and checks it against the placeholders it may and must use, so that
 * a typing error stops the start instead of leaving a hole in what the model is told.
 *
 * Only `{{name}}`, `{{#each}}`, `{{#if}}` and `{{#unless}}` are allowed. Values are inserted as they
 * are and never read as a template themselves.
 * @param file how the template is called in problems
 * @returns the template, or every problem found as `file:line: sentence`
 */
export function parsePromptTemplate(
  text: string,
  file: string,
  known: Placeholders,
): { template: PromptTemplate } | { problems: string[] } {
  let program: hbs.AST.Program;
  try {
    program = handlebars.parse(text);
  } catch (error) {
    return { problems: [syntaxProblem(error, file)] };
  }

  const findings = inspect(program, known);
  const lastLine = text.trimEnd().split("\n").length;
  const problems = [
    ...findings.problems,
    ...missing(known, findings.used, lastLine, ""),
    ...Object.entries(known).flatMap(([name, { fields }]) => {
      const line = findings.used.get(name);
      return fields === undefined || line === undefined
        ? []
        : missing(fields, findings.used, line, `${name}.`);
    }),
  ];
  if (problems.length > 0) {
    problems.sort((a, b) => a.line - b.line);
    return { problems: problems.map(({ line, sentence }) => `${file}:${line}: ${sentence}`) };
  }

  const compiled = handlebars.compile(program, {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
  });
  return { template: { render: (values) => compiled(values), tags: [...findings.tags] } };
}

/** The placeholders as an operator writes them, one a line. */
export function describePlaceholders(known: Placeholders): string[] {
  return Object.entries(known).map(([name, placeholder]) => {
    const required = placeholder.isRequired ? " (required)" : "";
    const fields = placeholder.fields
      ? ` with ${describePlaceholders(placeholder.fields).join(", ")}`
      : "";
    return `${written(name, placeholder)}${required}${fields}`;
  });
}

// Its own instance: a helper that someone else registers is not available to the prompts.
const handlebars = Handlebars.create();

type Problem = { line: number; sentence: string };
type Findings = {
  problems: Problem[];
  /** `name` or `list.field` → the line where it is first written out. */
  used: Map<string, number>;
  tags: Set<string>;
};
/** What names mean at some place: the whole request, or one entry of a list in it. */
type Scope = { listName: string | null; placeholders: Placeholders };

function inspect(program: hbs.AST.Program, known: Placeholders): Findings {
  const findings: Findings = { problems: [], used: new Map(), tags: new Set() };
  inspectProgram(program, [{ listName: null, placeholders: known }], findings);
  return findings;
}

function inspectProgram(
  program: hbs.AST.Program | undefined,
  scopes: Scope[],
  findings: Findings,
): void {
  for (const statement of program?.body ?? []) {
    if (isContent(statement)) collectTags(statement.value, findings.tags);
    else if (isMustache(statement)) inspectMustache(statement, scopes, findings);
    else if (isBlock(statement)) inspectBlock(statement, scopes, findings);
    else if (statement.type !== "CommentStatement") {
      report(findings, statement, "only placeholders, #each, #if and #unless can be used here");
    }
  }
}

function inspectMustache(
  mustache: hbs.AST.MustacheStatement,
  scopes: Scope[],
  findings: Findings,
): void {
  if (mustache.params.length > 0) {
    report(findings, mustache, `${original(mustache.path)} takes no further words`);
    return;
  }
  const found = resolve(mustache.path, scopes, findings);
  if (found === null) return;
  if (found.placeholder?.fields !== undefined) {
    report(findings, mustache, `{{${found.key}}} is a list: write {{#each ${found.key}}}`);
    return;
  }
  markUsed(findings, found.key, mustache);
}

function inspectBlock(block: hbs.AST.BlockStatement, scopes: Scope[], findings: Findings): void {
  const kind = block.path.original;
  const [subject, ...others] = block.params;
  if (!["each", "if", "unless"].includes(kind) || subject === undefined || others.length > 0) {
    report(findings, block, `{{#${kind}}} cannot be read: use {{#each list}} or {{#if name}}`);
    return;
  }
  const found = resolve(subject, scopes, findings);
  let inner = scopes;
  if (kind === "each" && found !== null) {
    if (found.placeholder?.fields === undefined) {
      report(findings, block, `{{#each ${found.key}}}: ${found.key} is not a list`);
      return;
    }
    markUsed(findings, found.key, block);
    inner = [...scopes, { listName: found.key, placeholders: found.placeholder.fields }];
  } else if (found?.placeholder?.isFlag) {
    markUsed(findings, found.key, block);
  }
  // What stands in a block over an unknown name cannot be judged; the name itself is reported.
  if (found !== null) inspectProgram(block.program, inner, findings);
  inspectProgram(block.inverse, scopes, findings);
}

/** What a name stands for, or `null` once it has been reported as unknown. */
function resolve(
  expression: hbs.AST.Expression,
  scopes: Scope[],
  findings: Findings,
): { key: string; placeholder: Placeholder | null } | null {
  const unknown = () => {
    const list = scopes.at(-1)?.listName;
    const place = list ? ` inside {{#each ${list}}}` : "";
    report(findings, expression, `${original(expression)} is not a known placeholder${place}`);
    return null;
  };
  if (!isPath(expression)) return unknown();
  const [name, ...deeper] = expression.parts;
  if (name === undefined || deeper.length > 0) return unknown();
  if (expression.data) {
    const isPosition = scopes.length > 1 && ["index", "first", "last"].includes(name);
    return isPosition ? { key: `@${name}`, placeholder: null } : unknown();
  }
  const scope = scopes.at(-1 - expression.depth);
  if (scope === undefined || !Object.hasOwn(scope.placeholders, name)) return unknown();
  const placeholder = scope.placeholders[name] ?? {};
  return { key: scope.listName === null ? name : `${scope.listName}.${name}`, placeholder };
}

function missing(
  known: Placeholders,
  used: Map<string, number>,
  line: number,
  prefix: string,
): Problem[] {
  return Object.entries(known)
    .filter(([name, { isRequired }]) => isRequired && !used.has(prefix + name))
    .map(([name, placeholder]) => {
      const place = prefix === "" ? "" : ` inside {{#each ${prefix.slice(0, -1)}}}`;
      return { line, sentence: `${written(name, placeholder)} is missing${place}` };
    });
}

function syntaxProblem(error: unknown, file: string): string {
  const message = error instanceof Error ? error.message : String(error);
  // "Parse error on line 3: …" from the grammar, "if doesn't match each - 2:3" from what follows it.
  const line = /line (\d+)|- (\d+):\d+$/.exec(message);
  const detail = message.split("\n").at(-1) ?? message;
  return `${file}:${line?.[1] ?? line?.[2] ?? 1}: not a readable template: ${detail}`;
}

function collectTags(content: string, tags: Set<string>): void {
  for (const [, name] of content.matchAll(/<\/?([a-z][\w-]*)/gi)) {
    if (name !== undefined) tags.add(name.toLowerCase());
  }
}

function markUsed(findings: Findings, key: string, node: hbs.AST.Node): void {
  if (!findings.used.has(key)) findings.used.set(key, node.loc.start.line);
}

function report(findings: Findings, node: hbs.AST.Node, sentence: string): void {
  findings.problems.push({ line: node.loc.start.line, sentence });
}

/** How an operator writes the placeholder. */
function written(name: string, { fields, isFlag }: Placeholder): string {
  if (fields !== undefined) return `{{#each ${name}}}`;
  return isFlag ? `{{#if ${name}}}` : `{{${name}}}`;
}

function original(expression: hbs.AST.Expression): string {
  return "original" in expression ? `{{${String(expression.original)}}}` : "this expression";
}

function isContent(node: hbs.AST.Node): node is hbs.AST.ContentStatement {
  return node.type === "ContentStatement";
}

function isMustache(node: hbs.AST.Node): node is hbs.AST.MustacheStatement {
  return node.type === "MustacheStatement";
}

function isBlock(node: hbs.AST.Node): node is hbs.AST.BlockStatement {
  return node.type === "BlockStatement";
}

function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === "PathExpression";
}
