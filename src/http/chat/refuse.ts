import type { Response } from "express";

/** Says no, with a sentence for whoever reads it on the page. */
export function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error });
}
