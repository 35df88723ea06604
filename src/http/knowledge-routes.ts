import express, { type ErrorRequestHandler, Router } from "express";
import { z } from "zod";
import type { SourceState } from "../core/knowledge/source-states.ts";
import type { AdminRoutes } from "./admin-guard.ts";

/** What is answered from besides the help center, and what may be added over HTTP. */
export type KnowledgeImports = {
  states(): SourceState[];
  /** @returns what became of it, or in words why nothing did */
  take(
    name: string,
    isInternal: boolean,
    zip: Buffer,
  ): Promise<
    { files: number; leftOut: { file: string; why: string }[] } | { status: number; error: string }
  >;
  /** @returns whether there was an import of that name */
  remove(name: string): Promise<boolean>;
};

const zipTypes = ["application/zip", "application/octet-stream"];
const maximumBytes = "50mb";
const wanted = z.object({
  name: z.string().trim().min(1),
  audience: z.enum(["customers", "internal"]).default("customers"),
});

/**
 * `GET /knowledge` says how it stands with each source, `POST /knowledge/import?name=…` takes a zip
 * of files, `DELETE /knowledge/import?name=…` removes one.
 */
export function createKnowledgeRoutes(imports: KnowledgeImports): AdminRoutes {
  const routes = Router();
  // Types that no page of another origin can send without asking first.
  const zip = express.raw({ type: zipTypes, limit: maximumBytes });

  routes.get("/", (_request, response) => {
    response.json({ sources: imports.states() });
  });

  routes.post("/import", zip, async (request, response) => {
    const asked = wanted.safeParse(request.query);
    const body: unknown = request.body;
    if (!asked.success || !Buffer.isBuffer(body) || body.length === 0) {
      response.status(400).json({
        error:
          "Send a zip as the body with Content-Type: application/zip, to /knowledge/import?name=NAME, with &audience=internal where it is for teammates only.",
      });
      return;
    }
    const { name, audience } = asked.data;
    const taken = await imports.take(name, audience === "internal", body);
    if ("error" in taken) response.status(taken.status).json({ error: taken.error });
    else response.status(201).json({ name, audience, ...taken });
  });

  routes.delete("/import", async (request, response) => {
    const name = String(request.query.name ?? "");
    if (await imports.remove(name)) response.status(204).end();
    else response.status(404).json({ error: `There is no import "${name}".` });
  });

  routes.use(sayThatItIsTooLarge);
  return { at: "/knowledge", door: "forPrograms", routes };
}

const sayThatItIsTooLarge: ErrorRequestHandler = (error, _request, response, next) => {
  if (error instanceof Error && "type" in error && error.type === "entity.too.large") {
    const limit =
      "A zip may have 50 MB: import it in parts, or name its folder in KNOWLEDGE_SOURCES.";
    response.status(413).json({ error: limit });
  } else next(error);
};
