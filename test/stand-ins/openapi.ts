import { existsSync, readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import addFormatsModule from "ajv-formats";
import { parse } from "yaml";

type RequestToCheck = { method: string; path: string; query?: string; body: unknown };

export type RequestChecker = {
  /** What is wrong with the request by the API description; empty when it is right. */
  violations(request: RequestToCheck): string[];
};

type Json = Record<string, unknown>;
type Parameter = { name: string; in: string; required?: boolean; schema?: Json };
type Operation = {
  parameters?: Parameter[];
  requestBody?: { content?: { "application/json"?: { schema?: Json } } };
};

/** Intercom's description of its API, which is not part of this repository. */
const description = new URL("../../../shared/intercom/openapi-2.16.yaml", import.meta.url);

/** Checks requests against the API description, or is `null` where that is not at hand. */
export function createRequestChecker(): RequestChecker | null {
  if (!existsSync(description)) return null;
  const document = toJsonSchema(parse(readFileSync(description, "utf8"))) as {
    paths: Record<string, Record<string, Operation>>;
    components: Json;
  };
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false, logger: false });
  // The package is CommonJS: its function arrives wrapped.
  addFormatsModule.default(ajv);
  ajv.addSchema({ $id: "api", components: document.components }, "api", false, false);
  const validators = new Map<Json, ValidateFunction>();

  return {
    violations(request) {
      const found = operationOf(request.method, request.path);
      if (found === null) return [`${request.method} ${request.path} does not exist`];
      return [
        ...parameterViolations(found.operation, request.query ?? ""),
        ...pathViolations(found.operation, found.values),
        ...bodyViolations(found.operation, request.body),
      ];
    },
  };

  /** The operation whose path fits, a fixed segment before a placeholder. */
  function operationOf(method: string, path: string) {
    const candidates = Object.entries(document.paths)
      .map(([template, operations]) => {
        const operation = operations[method.toLowerCase()];
        const values = matchPath(template, path);
        return operation && values ? { operation, values } : null;
      })
      .filter((candidate) => candidate !== null)
      .sort((one, other) => one.values.size - other.values.size);
    return candidates[0] ?? null;
  }

  function parameterViolations(operation: Operation, query: string): string[] {
    const known = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
    const given = new URLSearchParams(query);
    const missing = known.filter(({ name, required }) => required === true && !given.has(name));
    const unknown = [...given.keys()].filter((key) => !known.some(({ name }) => name === key));
    const wrong = known.flatMap(({ name, schema = {} }) => {
      const value = given.get(name);
      return value === null ? [] : check(schema, fromText(value, schema), `query.${name}`);
    });
    return [
      ...missing.map(({ name }) => `query.${name} is required`),
      ...unknown.map((name) => `query.${name} is unknown`),
      ...wrong,
    ];
  }

  function pathViolations(operation: Operation, values: Map<string, string>): string[] {
    return (operation.parameters ?? [])
      .filter((parameter) => parameter.in === "path")
      .flatMap(({ name, schema = {} }) =>
        check(schema, fromText(values.get(name) ?? "", schema), `path.${name}`),
      );
  }

  function bodyViolations(operation: Operation, body: unknown): string[] {
    const schema = operation.requestBody?.content?.["application/json"]?.schema;
    if (schema === undefined) {
      return body === null || body === undefined ? [] : ["body is not expected"];
    }
    if (body === null || body === undefined) return ["body is required"];
    return check(schema, body, "body");
  }

  function check(schema: Json, value: unknown, where: string): string[] {
    const validate = validators.get(schema) ?? ajv.compile(schema);
    validators.set(schema, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${where}${instancePath} ${message ?? "is wrong"}`,
    );
  }
}

function matchPath(template: string, path: string): Map<string, string> | null {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const values = new Map<string, string>();
  for (const [index, segment] of wanted.entries()) {
    const [, placeholder] = /^\{(.+)\}$/.exec(segment) ?? [];
    if (placeholder !== undefined) values.set(placeholder, given[index] ?? "");
    else if (segment !== given[index]) return null;
  }
  return values;
}

function fromText(value: string, schema: Json): unknown {
  return schema.type === "integer" && /^-?\d+$/.test(value) ? Number(value) : value;
}

/**
 * OpenAPI 3.0 to JSON Schema: `nullable` becomes a type; `oneOf` becomes `anyOf`, because the
 * description's alternatives overlap; an object takes no fields but those described, so that a
 * misspelt one is found.
 */
function toJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (typeof value !== "object" || value === null) return value;
  const converted: Json = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === "example" || key === "examples" || key === "nullable") continue;
    if (key === "$ref") converted[key] = String(inner).replace(/^#/, "api#");
    else converted[key === "oneOf" ? "anyOf" : key] = toJsonSchema(inner);
  }
  const isClosed = "properties" in value && !("allOf" in value);
  if (isClosed && !("additionalProperties" in value)) converted.additionalProperties = false;
  if ((value as Json).nullable !== true) return converted;
  return { anyOf: [converted, { type: "null" }] };
}
